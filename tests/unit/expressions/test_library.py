"""The functions and methods of expressions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import JsonValue

from workflows.errors import ExpressionError
from workflows.expressions.function import Function
from workflows.expressions.library import FUNCTIONS, GROUPS, METHODS

ALL = [*FUNCTIONS.values(), *(method for group in METHODS.values() for method in group.values())]


@pytest.mark.parametrize("function", ALL, ids=lambda function: function.usage)
def test_each_example_gives_what_it_says(function: Function, evaluate: Callable[..., JsonValue]) -> None:
    result = evaluate(function.example)

    assert function.result == result
    assert type(function.result) is type(result)
    assert function.name in function.example


@pytest.mark.parametrize("function", ALL, ids=lambda function: function.usage)
def test_each_function_is_documented_in_one_line(function: Function) -> None:
    assert function.summary.endswith(".") or function.summary.endswith("`.") or ":" in function.summary
    assert len(function.summary) > 10


def test_each_function_has_one_name() -> None:
    assert sum(map(len, GROUPS.values())) == len(FUNCTIONS)
    assert not {name for methods in METHODS.values() for name in methods} & {"format", "encode", "translate"}


@pytest.mark.parametrize(
    ("name", "usage"),
    [
        ("round", "round(value, digits=null)"),
        ("first", "first(values, fallback=…)"),
        ("min", "min(*values, by=null)"),
        ("sorted", "sorted(values, by=null, *, reverse=false)"),
        ("join", "join(values, separator='')"),
        ("date_add", "date_add(moment, **lengths)"),
        ("uuid", "uuid()"),
    ],
)
def test_usage_shows_parameters_as_they_are_written(name: str, usage: str) -> None:
    assert usage == FUNCTIONS[name].usage


RESULTS: list[tuple[str, JsonValue]] = [
    ("int(' 12 ')", 12),
    ("[floor(1.5), ceil(-1.5), floor(7), sqrt(2.25)]", [1, -1, 7, 1.5]),
    ("[similarity('', ''), similarity('abc', ''), similarity('kitten', 'sitting')]", [1.0, 0.0, 1 - 3 / 7]),
    ("[random() * 16 ** 12, shuffled([1, 2, 3]), shuffled([])]", [1.0, [2, 3, 1], []]),
    ("int(-3.9) + int(true)", -2),
    ("float(3)", 3.0),
    ("float(' 1e3 ')", 1000.0),
    ("number('12')", 12),
    ("number(' -1 234 567.5 ')", -1234567.5),
    ('number("1\'234.50")', 1234.5),
    ("number('\u22125,5', decimal=',')", -5.5),
    ("number('5.', '.')", 5.0),
    ("number(7.5)", 7.5),
    ("format_number(1234567)", "1234567.00"),
    ("format_number(1234567, 0, group=' ')", "1 234 567"),
    ("format_number(-0.001, 2)", "0.00"),
    ("format_number(0.5, 0)", "0"),
    ("format_number(10 ** 30, 1)", "1" + "0" * 30 + ".0"),
    ("abs(-2.5)", 2.5),
    ("round(2.5)", 2),
    ("round(1234, -2)", 1200),
    ("round(2.5, 0)", 2.0),
    ("sum([])", 0),
    ("sum([1, 2], 10)", 13),
    ("min(numbers)", 1),
    ("max('b', 'c', 'a')", "c"),
    ("min([1, 2], [1, 1])", [1, 1]),
    ("min(rows, by='amount')", {"id": 2, "amount": 5}),
    ("max([[1, 'a'], [1, 'b']])", [1, "b"]),
    ("sorted(numbers)", [1, 2, 3]),
    ("sorted(numbers, reverse=true)", [3, 2, 1]),
    ("sorted('bca')", ["a", "b", "c"]),
    ("sorted(['b', 'a'] + ['c'])", ["a", "b", "c"]),
    ("sorted([])", []),
    ("[row.id for row in sorted(rows, by='amount')]", [2, 1]),
    ("reversed('ab')", ["b", "a"]),
    ("range(5, 0, -2)", [5, 3, 1]),
    ("range(2, 4)", [2, 3]),
    ("enumerate('ab')", [[0, "a"], [1, "b"]]),
    ("zip([1, 2], 'a')", [[1, "a"]]),
    ("zip()", []),
    ("list() + list({'a': 1})", ["a"]),
    ("list(numbers) == numbers", True),
    ("first(numbers)", 3),
    ("last([], null)", None),
    ("first('abc') + last('abc')", "ac"),
    ("unique(['a', [1], 'a', [1], {'b': 1}, {'b': 1}, 1, 1.0])", ["a", [1], {"b": 1}, 1]),
    ("unique([[], {}, [], {'a': [1]}, {'a': [1.0]}, '', null, false, 0])", [[], {}, {"a": [1]}, "", None, False]),
    ("[row.id for row in unique(rows + [{'id': 3, 'amount': 5}], by='amount')]", [1, 2]),
    ("flatten([[1, [2]], 3, []])", [1, [2], 3]),
    ("join([1, 2.5, 'x', [1]])", "12.5x[1]"),
    ("len({'a': 1}) + len('')", 1),
    ("dict()", {}),
    ("dict({'a': 1}, b=2, a=3)", {"a": 3, "b": 2}),
    ("keys(row)[0]", "amount"),
    ("get(numbers, 5, 'x')", "x"),
    ("get(numbers, -1)", 2),
    ("get(row, 'x')", None),
    ("str(null is None) + str(1) + str(1.0) + str('x')", "true11.0x"),
    ("str({'ä': [1, null, true]})", '{"ä": [1, null, true]}'),
    ("bool(' Yes ') and not bool('OFF') and not bool('')", True),
    ("bool(0) or bool([0])", True),
    ("[type(x) for x in [1, 1.5, 'a', true, null, {}]]", ["integer", "number", "string", "boolean", "null", "object"]),
    ("default(5, 1)", 5),
    ("default(value=5, fallback=1)", 5),
    ("default(null, 1)", 1),
    ('parse_json(\'{"a": "\\\\u00e4"}\')', {"a": "ä"}),
    ("from_base64(base64('Grüße 😀'))", "Grüße 😀"),
    ("uuid()", "6d6f8a0e-0000-4000-8000-000000000001"),
    ("' a b  c '.split()", ["a", "b", "c"]),
    ("'a,b,c'.split(',', 1)", ["a", "b,c"]),
    ("'a b c'.split(limit=1)", ["a", "b c"]),
    ("'aaa'.replace('a', 'bb', 2)", "bbbba"),
    ("'abc'.replace('', '-')", "-a-b-c-"),
    ("'abc'.replace('abc', '')", ""),
    ("'abc'.startswith('b') or 'abc'.endswith(['x', 'bc'])", True),
    ("'xxaxx'.strip('x') + 'xyaxy'.strip('xy')", "aa"),
    ("'-7'.zfill(4)", "-007"),
    ("'abc'.ljust(1)", "abc"),
    ("'abc'.find('x')", -1),
    ("numbers.index(2) + numbers.count(9)", 2),
    ("'ß'.upper() + 'aB'.capitalize() + 'a b'.title()", "SSAbA B"),
    ("'a'.isalpha() and 'a1'.isalnum() and ' '.isspace() and 'a'.islower() and not 'a'.isupper()", True),
    ("''.join([])", ""),
    (r"[matches('Grün', r'\w+'), matches('Grün 7', r'\w+'), matches('', '')]", [True, False, True]),
    (r"[extract('a1 b2', r'\d'), extract('a1 b2', r'([a-z])(\d)'), extract('a', r'\d')]", ["1", ["a", "1"], None]),
    (
        r"extract('due 5.3.2026', r'(?P<day>\d+)\.(?P<month>\d+)(?:\.(?P<week>w))?')",
        {"day": "5", "month": "3", "week": None},
    ),
    (r"extract('b', r'(a)?b')", None),
    (r"extract_all('ab=1, c=2', r'(\w+)=(\d)')", [["ab", "1"], ["c", "2"]]),
    (r"extract_all('Öl, über', r'\b[^\W\d]+')", ["Öl", "über"]),
    ("extract_all('ab', 'x')", []),
    (r"replace_matches('a1b22', r'\d+', '')", "ab"),
    (r"replace_matches('Ada Lovelace', r'(?P<first>\w+) (\w+)', r'\2, \g<first>\n\\')", "Lovelace, Ada\n\\"),
    (r"replace_matches('aaa', 'a', 'b', 2) + replace_matches('aaa', 'a', 'b', limit=0)", "bbaaaa"),
    (r"replace_matches('ac', '(b)?c', r'[\1\g<0>]')", "a[c]"),
    (r"split_at('a1b22c', r'(\d)+')", ["a", "b", "c"]),
    (r"[split_at('', ','), split_at('a,b,c', ',', 1), split_at('ab', '')]", [[""], ["a", "b,c"], ["", "a", "b", ""]]),
]


@pytest.mark.parametrize(("text", "expected"), RESULTS)
def test_a_call_gives(text: str, expected: JsonValue, evaluate: Callable[..., JsonValue]) -> None:
    result = evaluate(text)

    assert expected == result
    assert type(expected) is type(result)


CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
REFUSALS: list[tuple[str, str]] = [
    ("len(5)", "len() needs a list, an object or a string, not the integer 5"),
    ("int('x')", "int() cannot read the string 'x'"),
    ("int([])", "int() needs a number, not a list of 0: write number(…)"),
    ("int('1' * 300)", "at most 200 characters"),
    ("int('9' * 199)", "more than 256 bits"),
    ("int(huge)", "more than 256 bits"),
    ("float('x')", "float() cannot read"),
    ("float('nan')", "not a finite number"),
    ("float('inf')", "not a finite number"),
    ("float(huge)", "more than 256 bits"),
    (
        "number('1.234,5')",
        "number() cannot read the string '1.234,5' with the decimal mark '.': it reads such as '1,234.5'",
    ),
    ("number('1.2', ',')", "it reads such as '1.234,5'"),
    ("number('12,34')", "cannot read"),
    ("number('1', ';')", "number() needs '.' or ',' as its decimal mark"),
    ("number(true)", "number() needs a string, not the boolean true"),
    ("format_number('1')", "format_number() needs a number"),
    ("format_number(1, 31)", "takes 0 to 30 digits, not 31"),
    ("round(1e308, -308)", "takes -30 to 30 digits"),
    ("round(1.5, 'a')", "round() needs an integer"),
    ("abs('a')", "abs() needs a number"),
    ("sum(['a'])", "sum() needs a number, not the string 'a'"),
    ("sum(5)", "sum() needs a list"),
    ("min([])", "min() needs at least one value"),
    ("max(1, 'a')", "can only compare numbers with numbers"),
    ("sorted([1, null])", "can only compare numbers with numbers"),
    ("sorted(rows)", "can only compare numbers with numbers"),
    ("sorted(rows, by='x')", "sorted() found an object without the key 'x': there is 'amount', 'id'"),
    ("sorted(numbers, by='x')", "sorted() with by='x' needs an object, not the integer 3"),
    ("sorted(rows, by=1)", "sorted() needs a string, not the integer 1: write str(…)"),
    ("range(0, 5, 0)", "range() cannot go in steps of 0"),
    ("range(10 ** 9)", "at most 100000"),
    ("range(10 ** 30)", "at most 100000"),
    ("range('a')", "range() needs an integer"),
    ("enumerate(numbers, 'a')", "enumerate() needs an integer"),
    ("list('a' * 200000)", "at most 100000 are allowed"),
    ("first([])", "first() found no element: give a fallback"),
    ("join(['a', null])", "null has no text: use default(value, '')"),
    ("join('abc', '-')", "join() needs a list, not the string 'abc'"),
    ("dict([1])", "dict() needs a list of [key, value], but one element is the integer 1"),
    ("dict([[1, 2]])", "the key of an object needs a string"),
    ("keys(numbers)", "keys() needs an object, not a list of 3"),
    ("get(row, 1)", "get() needs a string"),
    ("get(numbers, 'a')", "get() on a list needs an integer"),
    ("get(5, 'a')", "get() needs an object"),
    ("str(null)", "null has no text"),
    ("str(huge)", "more than 256 bits"),
    ("json([endless])", "a number that JSON cannot write"),
    ("json([huge ** 1])", "more than 256 bits"),
    ("bool('maybe')", "bool() understands 'true'"),
    ("bool('y' * 100)", "bool() understands 'true'"),
    ("parse_json('{')", "the text is not JSON: expecting property name enclosed in double quotes at character 1"),
    ("parse_json('NaN')", "NaN is no JSON number"),
    ("parse_json('[' * 100000)", "nested more than 100 deep"),
    ("parse_json('[' * 500 + ']' * 500)", "nested more than 100 deep"),
    ("parse_json('1e999')", "a number that is too large"),
    ("parse_json('1' * 5000)", "a number that is too long"),
    ("parse_json('\"\\\\ud800\"')", "half of a character"),
    ("from_base64('%')", "from_base64() needs the Base64 of UTF-8 text"),
    ("from_base64('gA==')", "from_base64() needs the Base64 of UTF-8 text"),
    ("'a'.split('')", "split() needs a text of at least one character"),
    ("'a'.split(1)", "split() needs a string"),
    ("('a ' * 200000).split()", "at most 100000 are allowed"),
    ("('a' * 200000).split('a')", "at most 100000 are allowed"),
    ("('a' * 10000).replace('a', 'b' * 10000)", "at most 1048576 are allowed"),
    ("'a'.zfill(10 ** 9)", "at most 1048576 are allowed"),
    ("'a'.ljust(10 ** 9)", "at most 1048576 are allowed"),
    ("'a'.rjust(5, 'ab')", "rjust() fills with one character, not the string 'ab'"),
    ("', '.join(numbers)", "', '.join() needs a list of strings, but one is the integer 3: write join(list, ', ')"),
    ("('a' * 1000).join(['a'] * 2000)", "at most 1048576 are allowed"),
    ("numbers.index(9)", "index() did not find the integer 9: check 'in' first"),
    ("'a'.startswith([1])", "startswith() needs a string"),
    ("extract(5, 'a')", "extract() needs a string, not the integer 5: write str(…)"),
    ("extract('a', null)", "extract() needs a string, not null"),
    ("matches('a', 'b' + '(')", "missing ), unterminated subpattern (at character 2 of the pattern)"),
    ("extract_all('a', '+' + 'a')", "nothing to repeat (at character 1 of the pattern)"),
    ("replace_matches('a', '*' + '', '')", "nothing to repeat"),
    ("replace_matches('a', 'a', '', 'all')", "replace_matches() needs an integer"),
    (r"replace_matches('a', '(a)', r'\2')", "means a group that is not there: the pattern has 1 groups"),
    (r"replace_matches('a', '(?P<year>a)', r'\g<yaer>')", "means a group that is not there: did you mean 'year'?"),
    (r"replace_matches('a', 'a', r'C:\data')", "'\\\\d' means nothing in a replacement: write \\\\ for a backslash"),
    ("replace_matches('a' * 2000, 'a', 'b' * 1000)", "at most 1048576 are allowed"),
    ("split_at('a' * 10000, '')", "more work than allowed"),
    (
        rf"extract('{CYRILLIC}', r'{CYRILLIC}\b')",
        "tells too many characters apart",
    ),
]


@pytest.mark.parametrize(("text", "says"), REFUSALS)
def test_a_call_is_refused(text: str, says: str, refusal: Callable[..., ExpressionError]) -> None:
    error = refusal(text)

    assert any(part in error.message for part in says.split("|")), error.message
