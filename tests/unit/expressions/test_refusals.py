"""What expressions refuse, and what they say then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import JsonValue

from workflows.errors import ErrorKind, ExpressionError

REFUSALS: list[tuple[str, int, str]] = [
    # text, offset, what the message says
    ("", 0, "the expression is empty"),
    (" \n ", 0, "the expression is empty"),
    ("a" * 4001, 0, "at most 4000 are allowed"),
    ("(" * 70 + ")" * 70, 60, "nested too deeply"),
    ("-" * 3999 + "1", 0, "nested too deeply"),
    ("-" * 200 + "1", 0, "nested too deeply"),
    ("sqrt(0 - 4)", 0, "sqrt() needs a number that is not negative, not"),
    ("similarity('a', 5)", 0, "similarity() needs a string"),
    (
        "total + extract(name, 'a(')",
        22,
        "missing ), unterminated subpattern (at character 2 of the pattern) (in `'a('`)",
    ),
    ("matches(pattern=r'(?=a)', text=name)", 16, "'(?=' cannot look ahead or back"),
    ("search(name, 'a')", 0, "there is no function 'search': write extract(text, pattern)"),
    ("re.findall('a', name)", 0, "there is no method 'findall': write extract_all(text, pattern)"),
    ("total +", 6, "not an expression: invalid syntax (in `+`)"),
    ("total = 5", 0, "'=='"),
    ("total\n  + name name", 0, "not an expression"),
    ("a && b", 2, "write 'and' instead of '&&'"),
    ("a || b", 2, "write 'or' instead of '||'"),
    ("a === b", 2, "compare with '==', not '==='"),
    ("a != b !", 7, "write 'not' instead of '!'"),
    ("a ? b : c", 2, "a if condition else b"),
    ("a ?? b", 2, "default(value, fallback)"),
    ("a?.b", 1, "default(value.key, null)"),
    ("x => x", 2, "functions cannot be written"),
    ("(a", 0, "'(' is not closed"),
    ("a)", 1, "')' closes nothing: remove it or add '('"),
    ("(a]", 2, "']' closes nothing"),
    ("a) + (b", 1, "')' closes nothing"),
    ("'abc", 0, "the string that starts with ' is not closed"),
    ("'''abc'", 0, "the string that starts with ''' is not closed"),
    ("f'{a}'", 0, "f-strings are not available"),
    ("b'a'", 0, "bytes are not available"),
    ("x'a'", 0, "x' does not start a string: remove"),
    ("'C:\\data'", 3, "\\d means nothing here: write \\\\ for a backslash, or put r before the string"),
    ("'\\x0'", 1, "means nothing here"),
    ("'\\ud800'", 0, "is half of a character"),
    ("'\ud800'", 0, "a character that cannot be written"),
    ("'a\0'", 0, "not an expression|cannot be written"),
    ("total # five", 6, "an expression cannot hold a comment"),
    ("1if total else 2", 0, "'1if' is not a number: put a space after a number"),
    ("rows.0.id", 4, "the first element of a list is [0]"),
    ("1j", 0, "'1j' is not a number"),
    ("007", 0, "not an expression"),
    ("1e999", 0, "not a finite number"),
    ("9" * 100, 0, "more than 256 bits"),
    ("...", 0, "not part of expressions"),
    ("(1, 2)", 0, "write a list, [a, b]"),
    ("1, 2", 0, "write a list, [a, b]"),
    ("{1, 2}", 0, "a set is not available"),
    ("{x for x in numbers}", 0, "a set is not available"),
    ("(x for x in numbers)", 0, "write a list comprehension"),
    ("x for x in numbers", 0, "write a list comprehension"),
    ("[*total]", 1, "* needs a list, not the integer 5"),
    ("{**numbers}", 3, "** needs an object, not a list of 3"),
    ("[1 for x in *numbers]", 12, "not an expression"),
    ("numbers[*numbers]", 8, "write a list, [a, b]|* is only available in a list"),
    ("numbers[1:2, 3]", 8, "write a list"),
    ("lambda: 1", 0, "functions cannot be written in an expression"),
    ("(x := 1)", 1, "use a 'set' step"),
    ("x := 1", 0, "use a 'set' step"),
    ("await x", 0, "not part of expressions"),
    ("yield x", 0, "not part of expressions"),
    ("1 << 2", 0, "there are + - * / // % **"),
    ("1 @ 2", 0, "there are + - * / // % **"),
    ("~1", 0, "there are - and not"),
    ("total is 5", 0, "compare with == or !="),
    ("total is not name", 0, "compare with == or !="),
    ("totl", 0, "'totl' is not defined here: did you mean 'total'? (in `totl`)"),
    ("len", 0, "'len' is a function: call it, len(value)"),
    ("__import__", 0, "'__import__' is not defined here"),
    ("row.amont", 0, "there is no key 'amont': did you mean 'amount'?"),
    ("row.keys", 0, "there is no key 'keys': call it, keys()"),
    ("{}.a", 0, "there is no key 'a': there is none"),
    ("{'b': 1}.a", 0, "there is no key 'a': there is 'b'"),
    ("{str(n): n for n in range(10)}.a", 0, "there is '0', '1', '2', '3', '4', '5', '6', '7', …"),
    ("row[1]", 0, "the keys of an object are strings, not the integer 1: write str(…)"),
    ("rows.id", 0, "a list has no key 'id': take an element first, such as [0]"),
    ("rows['id']", 0, "a list has no key 'id'"),
    ("rows[2]", 0, "there is no element 2 in a list of 2, counted from 0"),
    ("[][0]", 0, "there is no element 0 in a list that is empty"),
    ("name[1.5]", 0, "counted by integers, not the number 1.5: write int(…)"),
    ("total[0]", 0, "the integer 5 has no element"),
    ("total.real", 0, "the integer 5 has no key 'real'"),
    ("name.__class__", 0, "the string 'Ada' has no key '__class__'"),
    ("nothing.a", 0, "null has no key 'a': check 'is not None' first"),
    ("nothing[0]", 0, "null has no element"),
    ("nothing.upper()", 0, "null has no method upper()"),
    ("numbers['a':]", 0, "the bounds of a slice are integers"),
    ("numbers[::0]", 0, "the step of a slice cannot be 0"),
    ("row[1:]", 0, "only a list or a string has slices, not an object of 5"),
    ("'a' + 1", 0, "cannot add the string 'a' and the integer 1: write str(1) for text, or number(…) to calculate"),
    ("1.5 + 'a'", 0, "write str(1.5)"),
    ("name - 1", 0, "write number(…)"),
    ("1 - name", 0, "write number(…)"),
    ("null + 1", 0, "use default(value, fallback)"),
    ("{} + {}", 0, "write {**a, **b} to join objects"),
    ("[] - []", 0, "convert one of them first"),
    ("[1] * 1.5", 0, "cannot multiply"),
    ("name / 2", 0, "cannot divide the string 'Ada' and the integer 2: write number(…)"),
    ("2 ** []", 0, "cannot raise to a power the integer 2 and a list of 0: convert one of them first"),
    ("-name", 0, "'-' needs a number, not the string 'Ada'"),
    ("+[]", 0, "'+' needs a number, not a list of 0"),
    ("total / 0", 0, "division by zero"),
    ("total // 0.0", 0, "division by zero"),
    ("total % 0", 0, "division by zero"),
    ("'%s' % total", 0, "text cannot be filled in with %"),
    ("0 ** -1", 0, "zero cannot be raised to a negative power"),
    ("(-1) ** 0.5", 0, "a negative number can only be raised to a whole power"),
    ("1e200 * 1e200", 0, "not a finite number"),
    ("1e200 ** 2", 0, "the result is too large"),
    ("2 ** 256 + 1", 0, "more than 256 bits"),
    ("10 ** 10 ** 10", 0, "more than 256 bits"),
    ("huge + 1", 0, "more than 256 bits"),
    ("huge + 1.5", 0, "the result is too large"),
    ("huge * 2", 0, "more than 256 bits"),
    ("huge * 1.5", 0, "the result is too large"),
    ("huge - 1.5", 0, "the result is too large"),
    ("huge // huge", 0, "more than 256 bits"),
    ("'a' * 10 ** 9", 0, "at most 1048576 are allowed"),
    ("('a' * 2 ** 20) + 'a'", 0, "at most 1048576 are allowed"),
    ("[0] * 10 ** 6", 0, "at most 100000 are allowed"),
    ("[0] * 60000 + [0] * 60000", 0, "at most 100000 are allowed"),
    ("1 < 'a'", 0, "compare numbers with numbers"),
    ("1 < 2 < null", 0, "use default(value, fallback)"),
    ("[1] < ['a']", 0, "the elements of the two lists cannot be compared by <"),
    ("1 in 5", 0, "'in' needs a string, a list or an object on its right"),
    ("1 in 'a'", 0, "'in' looks for a string in a string"),
    ("1 not in row", 0, "'in' looks for a string in an object's keys"),
    ("{1: 2}", 1, "the keys of an object are strings, not the integer 1"),
    ("[x for x in total]", 12, "'for' needs a list, an object or a string to go over, not the integer 5"),
    ("[1 for a, b in numbers]", 7, "takes each element apart into 2 names, but one is the integer 3"),
    ("[1 for a, b in [[1]]]", 7, "into 2 names, but one is a list of 1"),
    ("[1 for row.x in rows]", 7, "'for' gives its elements to a name"),
    ("[1 for true in rows]", 7, "'true' is a constant"),
    ("[1 async for x in rows]", 0, "'async' is not part of expressions"),
    ("[1 for a in rows for b in rows for c in rows for d in rows for e in rows]", 0, "at most 4 'for'"),
    ("lenn(name)", 0, "there is no function 'lenn': did you mean 'len'"),
    ("upper(name)", 0, "'upper' is a method of a string: write value.upper(…)"),
    ("secret('x')", 0, "only available as all of a ${{ }}"),
    ("len()", 0, "it is called as len(value)"),
    ("len(name, name)", 0, "it is called as len(value)"),
    ("round(1, places=2)", 0, "it is called as round(value, digits=null)"),
    ("sorted(rows, 'id', true)", 0, "it is called as sorted(values, by=null, *, reverse=false)"),
    ("len(*numbers)", 4, "* is not available in a call"),
    ("dict(**row)", 7, "** is not available in a call"),
    ("numbers[0]()", 0, "only functions and methods that have a name"),
    ("name.uper()", 0, "there is no method 'uper': did you mean 'upper'"),
    ("numbers.len()", 0, "write len(value)"),
    ("name.upper(1)", 0, "it is called as text.upper()"),
    ("numbers.upper()", 0, "a list has no method upper() with these arguments: there is text.upper()"),
    ("'a'.format(1)", 0, "there is no method 'format'"),
]


@pytest.mark.parametrize(("text", "offset", "says"), REFUSALS, ids=[text[:40] for text, _, _ in REFUSALS])
def test_a_refusal_says_what_is_wrong_and_where(
    text: str, offset: int, says: str, refusal: Callable[..., ExpressionError]
) -> None:
    error = refusal(text)

    assert any(part in error.message for part in says.split("|")), error.message
    assert offset == error.offset
    assert ErrorKind.CONFIGURATION is error.kind


def test_a_long_part_of_the_text_is_shortened(refusal: Callable[..., ExpressionError]) -> None:
    error = refusal("numbers + " + "'" + "a" * 100 + "'")

    assert len(error.message) < 250
    assert "…" in error.message


def test_a_result_is_nested_100_deep_and_no_deeper(
    evaluate: Callable[..., JsonValue], refusal: Callable[..., ExpressionError]
) -> None:
    inner, outer = ("[" * 50 + core + "]" * 50 for core in "1x")
    deep = f"[{outer} for x in [{inner}]][0]"

    assert isinstance(evaluate(deep), list)
    assert "more than 100 deep" in refusal(f"[{deep}]").message


def test_work_beyond_the_fuel_is_refused(refusal: Callable[..., ExpressionError]) -> None:
    error = refusal("[n for n in range(1000)]", fuel=500)

    assert "more work than allowed (500 units)" in error.message


def test_a_list_beyond_the_limit_is_refused_even_with_fuel(refusal: Callable[..., ExpressionError]) -> None:
    error = refusal("[1 for a in range(1000) for b in range(101)]", fuel=10**9)

    assert "at most 100000 are allowed" in error.message
