from __future__ import annotations

import pytest
from pydantic import JsonValue

from workflows.params import params_problems
from workflows.selector import check_selector, check_xpath

SCHEMA: dict[str, JsonValue] = {
    "properties": {
        "css": {"type": "string", "format": "css"},
        "xpath": {"type": "string", "format": "xpath"},
        "name_regex": {"type": "string", "format": "regex"},
    }
}


@pytest.mark.parametrize(
    ("selector", "wrong"),
    [
        ("#1a", r"expected a name after '#'; one that begins with a digit is written [id='1a'] at character 2"),
        ("a..b", "expected a name after '.' at character 3"),
        ("a >", "expected an element, found the end at character 4"),
        ("a > > b", "expected an element, found '>' at character 5"),
        ("a)", "unexpected ')' at character 2"),
        ("[=x]", "expected the name of an attribute at character 2"),
        ("[a!x]", "expected '=' or ']' at character 3"),
        ("[a=1]", "expected a value; one that is more than a word needs quotes at character 4"),
        ("[a=b c]", "expected ']' at character 6"),
        ("a:", "expected a name after ':' at character 3"),
        ("a:chekced", "there is no ':chekced'; did you mean ':checked'? at character 3"),
        ("a:zzzzz", "there is no ':zzzzz' at character 3"),
        ("a:contains(b)", "there is no ':contains' at character 3"),
        ("a:not(b", "expected ')' at character 8"),
        ("li:nth-child(x)", "expected a number, 'odd', 'even' or such as '2n+1' at character 14"),
        ("a:has-text('x", "this quote is never closed at character 12"),
        (":not(" * 30, "it is nested too deeply at character 106"),
        ("tex=Pay", "there is no kind of selector 'tex'; did you mean 'text'?"),
        ("zzzzz=Pay", "there is no kind of selector 'zzzzz'; use one of css, xpath, text, role, id"),
        ("a >> //b[", "unexpected end of source at character 4"),
        (
            "xpath=//a[contains(b)]",
            "'fn:contains' function: Too few arguments, expected at least 2 arguments at character 5",
        ),
    ],
)
def test_what_is_wrong_with_a_selector_is_told_with_its_place(selector: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        check_selector(selector)

    assert wrong == str(caught.value)


@pytest.mark.parametrize(
    "selector",
    [
        "a:has-text('(now) \\'x') >> b",
        ":near(a, 12.5)",
        "a:lang(de)",
        "text=it's >> b",
        "internal:role=button",
        "a:-webkit-any(b)",
        "a:text-matches(a(b)c)",
        "a, b",
        "[a] [b='c' i]",
        "a\\:b:nth-child(2 of .c)",
        "li:nth-child(2)",
        "a:checked",
        "*",
        "p:has(> b)",
        "a ~ b",
    ],
)
def test_what_browsers_can_read_is_let_pass(selector: str) -> None:
    check_selector(selector)


@pytest.mark.parametrize(("path", "wrong"), [("(" * 1500, "nested too deeply"), ("a" * 2001, "longer than 2000")])
def test_an_expression_is_read_within_bounds(path: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        check_xpath(path)


def test_a_parameter_that_cannot_be_read_is_a_problem_of_the_document() -> None:
    found = [*params_problems(SCHEMA, {"css": "a >", "xpath": "//a[", "name_regex": "Report ("})]

    assert [
        (("css",), "'a >' cannot be read as a CSS selector: expected an element, found the end at character 4"),
        (("xpath",), "'//a[' cannot be read as an XPath expression: unexpected end of source at character 4"),
        (
            ("name_regex",),
            (
                "'Report (' cannot be read as a regular expression: missing ), unterminated subpattern "
                "(at character 8 of the pattern)"
            ),
        ),
    ] == [(place, wrong) for place, _, wrong, _ in found]


@pytest.mark.parametrize("value", ["#${{ row.id }}", "#fine", 12])
def test_what_is_not_known_yet_or_no_text_is_not_read(value: JsonValue) -> None:
    assert [] == [*params_problems({"properties": {"css": {"format": "css"}}}, {"css": value})]
