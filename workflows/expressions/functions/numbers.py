"""Functions on numbers."""

from __future__ import annotations

import math
import re

from pydantic import JsonValue

from workflows.expressions.argument import as_integer, as_number, as_short_text, as_text, elements
from workflows.expressions.frame import Frame
from workflows.expressions.function import Function
from workflows.expressions.functions.lists import best
from workflows.expressions.operation import add
from workflows.expressions.value import RefusedError, bounded, described

_MAX_DIGITS = 30
_GROUPS = " \u00a0\u202f'\u2019.,"


def to_int(_frame: Frame, value: JsonValue) -> JsonValue:
    """A number without its decimals, or the integer that a string holds."""
    if isinstance(value, str):
        try:
            return bounded(int(as_short_text(value, "int()")))
        except ValueError:
            raise RefusedError(f"int() cannot read {described(value)}: see number(…) for other notations") from None
    return bounded(int(bounded(as_number(value, "int()"))))


def to_float(_frame: Frame, value: JsonValue) -> JsonValue:
    """A number with decimals, or the one that a string holds."""
    if isinstance(value, str):
        try:
            return bounded(float(as_short_text(value, "float()")))
        except ValueError:
            raise RefusedError(f"float() cannot read {described(value)}: see number(…) for other notations") from None
    return float(bounded(as_number(value, "float()")))


def number(_frame: Frame, value: JsonValue, decimal: JsonValue = ".") -> JsonValue:
    """The number that a string holds, written with this decimal mark and grouped in threes or not.

    Gives an integer where there are no decimals. Spaces around it are ignored; a number stays as it is.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    mark = as_text(decimal, "number()")
    if mark not in {".", ","}:
        raise RefusedError(f"number() needs '.' or ',' as its decimal mark, not {described(mark)}")
    text = as_short_text(value, "number()").strip()
    group = "[" + re.escape(_GROUPS.replace(mark, "")) + "]"
    shape = (
        rf"([+\-\u2212]?)([0-9]+|[0-9]{{1,3}}(?:({group})[0-9]{{3}}(?:\3[0-9]{{3}})*))(?:{re.escape(mark)}([0-9]*))?"
    )
    match = re.fullmatch(shape, text)
    if match is None:
        example = "'1,234.5'" if mark == "." else "'1.234,5'"
        raise RefusedError(
            f"number() cannot read {described(text)} with the decimal mark {mark!r}: it reads such as {example}"
        )
    sign, whole, _, decimals = match.groups()
    digits = sign.replace("\u2212", "-") + re.sub(r"[^0-9]", "", whole)
    return bounded(int(digits) if decimals is None else float(f"{digits}.{decimals}"))


def format_number(
    _frame: Frame, value: JsonValue, digits: JsonValue = 2, decimal: JsonValue = ".", group: JsonValue = ""
) -> JsonValue:
    """A number as text with so many decimals, with a decimal mark and a mark between thousands."""
    given = bounded(as_number(value, "format_number()"))
    count = _digits(digits, "format_number()", least=0)
    mark, between = as_short_text(decimal, "format_number()", 5), as_short_text(group, "format_number()", 5)
    whole, _, decimals = (f"{given:,}" if isinstance(given, int) else f"{given:z,.{count}f}").partition(".")
    whole = whole.replace(",", between)
    return f"{whole}{mark}{decimals.ljust(count, '0')}" if count else whole


def _digits(value: JsonValue, caller: str, least: int) -> int:
    count = as_integer(value, caller)
    if least <= count <= _MAX_DIGITS:
        return count
    raise RefusedError(f"{caller} takes {least} to {_MAX_DIGITS} digits, not {count}")


def absolute(_frame: Frame, value: JsonValue) -> JsonValue:
    """A number without its sign."""
    return bounded(abs(as_number(value, "abs()")))


def rounded(_frame: Frame, value: JsonValue, digits: JsonValue = None) -> JsonValue:
    """A number rounded to so many decimals; a half goes to the even neighbour, as in Python."""
    given = bounded(as_number(value, "round()"))
    if digits is None:
        return bounded(round(given))
    return bounded(round(given, _digits(digits, "round()", least=-_MAX_DIGITS)))


def floor(_frame: Frame, value: JsonValue) -> JsonValue:
    """The largest integer that is not above a number."""
    return bounded(math.floor(bounded(as_number(value, "floor()"))))


def ceil(_frame: Frame, value: JsonValue) -> JsonValue:
    """The smallest integer that is not below a number."""
    return bounded(math.ceil(bounded(as_number(value, "ceil()"))))


def root(_frame: Frame, value: JsonValue) -> JsonValue:
    """The square root of a number."""
    given = bounded(as_number(value, "sqrt()"))
    if given < 0:
        raise RefusedError(f"sqrt() needs a number that is not negative, not {described(value)}")
    return math.sqrt(given)


def total(frame: Frame, values: JsonValue, start: JsonValue = 0) -> JsonValue:
    """All numbers of a list together."""
    result: JsonValue = as_number(start, "sum()")
    found = elements(values, "sum()", frame.fuel)
    frame.fuel.spend(len(found))
    for value in found:
        result = add(result, as_number(value, "sum()"), frame.fuel)
    return result


def smallest(frame: Frame, *values: JsonValue, by: JsonValue = None) -> JsonValue:
    """The smallest of a list or of several values; with `by`, of objects by the value of that key."""
    return best(frame, "min()", values, by, last=False)


def largest(frame: Frame, *values: JsonValue, by: JsonValue = None) -> JsonValue:
    """The largest of a list or of several values; with `by`, of objects by the value of that key."""
    return best(frame, "max()", values, by, last=True)


NUMBERS = (
    Function("int", to_int, "int('12') + int(3.9)", 15),
    Function("float", to_float, "float('1.5')", 1.5),
    Function("number", number, "number('1.234,50', decimal=',')", 1234.5, cost=20),
    Function("format_number", format_number, "format_number(1234.5, 2, decimal=',', group='.')", "1.234,50", cost=60),
    Function("abs", absolute, "abs(-3)", 3),
    Function("round", rounded, "round(2.675, 1)", 2.7, cost=3),
    Function("floor", floor, "floor(-1.5)", -2),
    Function("ceil", ceil, "ceil(1.2)", 2),
    Function("sqrt", root, "sqrt(9)", 3.0),
    Function("sum", total, "sum([1, 2.5])", 3.5),
    Function("min", smallest, "min(3, 1, 2)", 1, cost=5),
    Function("max", largest, "max([{'id': 1, 'price': 9}, {'id': 2, 'price': 5}], by='price').id", 1, cost=5),
)
