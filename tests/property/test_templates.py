"""Laws of text with expressions in it, and of the functions that write and read text."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from tests.support.expressions import ANY, SCOPE, SOUP, attempt, check
from tests.support.scope import StillScope
from workflows.errors import ExpressionError
from workflows.expressions.expression import compile_expression
from workflows.expressions.template import has_template, parse_template, resolve, resolve_params, walk_templates

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
TEMPLATES = st.text(alphabet="$ {}a'\n", max_size=20)


@given(TEMPLATES)
def test_escaping_gives_any_text_back(text: str) -> None:
    escaped = re.sub(r"\$\{\{", "$${{", text)

    assert text == resolve(escaped, SCOPE)


@given(
    st.recursive(
        JSON | TEMPLATES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEMPLATES, inner, max_size=3)
    )
)
def test_walking_finds_templates_where_there_are_some(value: JsonValue) -> None:
    assert has_template(value) is bool(list(walk_templates(value)))


@given(JSON, st.sampled_from(["${{ secret('t') }}", "{'secret': 't'}", "$${{ secret('t') }}"]))
def test_a_value_never_becomes_a_template_or_a_secret(value: JsonValue, text: str) -> None:
    scope = StillScope({"value": value, "text": text, "tree": {"secret": text, "parts": [text]}})

    params, slots = resolve_params(
        {"a": "${{ value }}", "b": "${{ text }}", "c": "${{ tree }}", "d": "=${{ text }}"}, scope
    )

    assert () == slots
    assert {"a": value, "b": text, "c": scope.values["tree"], "d": "=" + text} == params


@given(ANY)
def test_the_end_of_an_expression_is_found(text: str) -> None:
    try:
        compile_expression(text.strip())
    except ExpressionError:
        assume(False)  # noqa: FBT003 - hypothesis takes it positionally

    template = parse_template(f"before ${{{{{text}}}}} after }}}}")

    assert [text.strip()] == [each.expression.text for each in template.expressions]
    assert ("before ", " after }}") == (template.parts[0], template.parts[-1])


@given(SOUP)
@settings(max_examples=300)
def test_any_template_gives_a_value_or_an_expression_error(text: str) -> None:
    try:
        resolve(text, SCOPE)
    except ExpressionError as error:
        check(error, text)


@given(
    st.integers(-(10**12), 10**12), st.integers(0, 4), st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "")])
)
def test_reading_a_written_number_gives_it_back(number: int, digits: int, marks: tuple[str, str]) -> None:
    decimal, group = marks
    text = f"number(format_number({number}, {digits}, {decimal!r}, {group!r}), {decimal!r})"

    assert number == attempt(text)


@given(st.dates(), st.sampled_from(["%d.%m.%Y", "%-d/%-m/%Y", "%Y%m%d", "%B %d, %Y", "%j/%Y", "%Y-%b-%d"]))
def test_reading_a_written_date_gives_it_back(day: date, pattern: str) -> None:
    assert day.isoformat() == attempt(
        f"date_parse(date_format('{day}', '{pattern}'), '{pattern.replace('-d', 'd').replace('-m', 'm')}')"
    )


FIRST, LAST = datetime.fromisoformat("0100-01-01"), datetime.fromisoformat("9900-01-01")


@given(st.datetimes(FIRST, LAST), st.timedeltas(timedelta(days=-9999), timedelta(days=9999)))
def test_dates_move_by_what_lies_between_them(start: datetime, length: timedelta) -> None:
    start, seconds = start.replace(microsecond=0), int(length.total_seconds())
    end = attempt(f"date_add('{start.isoformat()}', seconds={seconds})")

    assert (start + timedelta(seconds=seconds)).isoformat() == end
    assert seconds == attempt(f"date_diff('{start.isoformat()}', '{end}', 'seconds')")


@given(JSON)
def test_json_text_gives_its_value_back(value: JsonValue) -> None:
    scope = StillScope({"value": value})

    assert value == compile_expression("parse_json(json(value))").evaluate(scope)
