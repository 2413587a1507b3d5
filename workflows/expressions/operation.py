"""What operators do: Python's meaning, within bounds, with errors that say what to do."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any, TypeAlias

from pydantic import JsonValue

from workflows.expressions.fuel import Fuel
from workflows.expressions.value import (
    MAX_BITS,
    RefusedError,
    bounded,
    bounded_items,
    bounded_text,
    described,
    show,
    weigh,
)

Binary: TypeAlias = Callable[[JsonValue, JsonValue, Fuel], JsonValue]

_LONG = 256
"""From this length on, looking at a string costs extra."""


def add(left: JsonValue, right: JsonValue, fuel: Fuel) -> JsonValue:
    """Sum of numbers; two strings or two lists one after the other."""
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        try:
            return bounded(left + right)
        except OverflowError:
            raise _too_large() from None
    if isinstance(left, str) and isinstance(right, str):
        bounded_text(len(left) + len(right), fuel)
        return left + right
    if isinstance(left, list) and isinstance(right, list):
        bounded_items(len(left) + len(right), fuel)
        return left + right
    raise _mixed("add", left, right)


def _mixed(verb: str, left: JsonValue, right: JsonValue) -> RefusedError:
    if left is None or right is None:
        remedy = "use default(value, fallback) for a value that may be null"
    elif isinstance(left, str) and isinstance(right, (int, float)):
        remedy = f"write str({show(right)}) for text, or number(…) to calculate" if verb == "add" else "write number(…)"
    elif isinstance(right, str) and isinstance(left, (int, float)):
        remedy = f"write str({show(left)}) for text, or number(…) to calculate" if verb == "add" else "write number(…)"
    elif isinstance(left, dict) and isinstance(right, dict):
        remedy = "write {**a, **b} to join objects"
    else:
        remedy = "convert one of them first"
    return RefusedError(f"cannot {verb} {described(left)} and {described(right)}: {remedy}")


def _too_large() -> RefusedError:
    return RefusedError("the result is too large: work with smaller numbers")


def _numbers(verb: str, left: JsonValue, right: JsonValue) -> tuple[int | float, int | float]:
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return bounded(left), bounded(right)
    raise _mixed(verb, left, right)


def subtract(left: JsonValue, right: JsonValue, _fuel: Fuel) -> JsonValue:
    """Difference of numbers."""
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        try:
            return bounded(left - right)
        except OverflowError:
            raise _too_large() from None
    raise _mixed("subtract", left, right)


def multiply(left: JsonValue, right: JsonValue, fuel: Fuel) -> JsonValue:
    """Product of numbers; a string or list repeated."""
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        try:
            return bounded(left * right)
        except OverflowError:
            raise _too_large() from None
    if isinstance(left, (str, list)) and isinstance(right, int):
        return _repeat(left, right, fuel)
    if isinstance(right, (str, list)) and isinstance(left, int):
        return _repeat(right, left, fuel)
    raise _mixed("multiply", left, right)


def _repeat(value: str | list[JsonValue], times: int, fuel: Fuel) -> JsonValue:
    length = len(value) * max(times, 0)
    if isinstance(value, str):
        bounded_text(length, fuel)
        return value * times if length else ""
    bounded_items(length, fuel)
    return value * times if length else []


def _divisor(verb: str, left: JsonValue, right: JsonValue) -> tuple[int | float, int | float]:
    a, b = _numbers(verb, left, right)
    if not b:
        raise RefusedError("division by zero: check the divisor first, as in 'a / b if b else 0'")
    return a, b


def divide(left: JsonValue, right: JsonValue, _fuel: Fuel) -> JsonValue:
    """Quotient of numbers, always with decimals."""
    a, b = _divisor("divide", left, right)
    return bounded(a / b)


def divide_whole(left: JsonValue, right: JsonValue, _fuel: Fuel) -> JsonValue:
    """Quotient of numbers, rounded down."""
    a, b = _divisor("divide", left, right)
    return bounded(a // b)


def remainder(left: JsonValue, right: JsonValue, _fuel: Fuel) -> JsonValue:
    """What division rounded down leaves."""
    if isinstance(left, str):
        raise RefusedError("text cannot be filled in with %: join it with + and str(…)")
    a, b = _divisor("divide", left, right)
    return bounded(a % b)


def power(left: JsonValue, right: JsonValue, _fuel: Fuel) -> JsonValue:
    """A number to the power of another."""
    a, b = _numbers("raise to a power", left, right)
    if isinstance(a, int) and isinstance(b, int) and abs(a) > 1 and a.bit_length() * b > 2 * MAX_BITS:
        raise RefusedError(f"the result is an integer of more than {MAX_BITS} bits: work with smaller numbers")
    if not a and b < 0:
        raise RefusedError("zero cannot be raised to a negative power: check the number first")
    if a < 0 and not float(b).is_integer():
        raise RefusedError("a negative number can only be raised to a whole power: use abs(…)")
    try:
        return bounded(a**b)
    except OverflowError:
        raise _too_large() from None


def _order(symbol: str, compare: Callable[[Any, Any], bool]) -> Binary:
    def ordered(left: JsonValue, right: JsonValue, fuel: Fuel) -> JsonValue:
        if isinstance(left, (int, float)) and isinstance(right, (int, float)):
            return compare(left, right)
        if isinstance(left, str) and isinstance(right, str):
            fuel.spend(min(len(left), len(right)) >> 8)
            return compare(left, right)
        if isinstance(left, list) and isinstance(right, list):
            weigh(left, fuel)
            return _ordered_lists(symbol, compare, left, right)
        raise _unordered(symbol, left, right)

    return ordered


def _ordered_lists(symbol: str, compare: Callable[[Any, Any], bool], left: JsonValue, right: JsonValue) -> bool:
    try:
        return compare(left, right)
    except TypeError:
        raise RefusedError(
            f"the elements of the two lists cannot be compared by {symbol}: compare like with like"
        ) from None


def _unordered(symbol: str, left: JsonValue, right: JsonValue) -> RefusedError:
    remedy = (
        "use default(value, fallback) for a value that may be null"
        if left is None or right is None
        else "compare numbers with numbers (see number(…)) and strings with strings"
    )
    return RefusedError(f"cannot compare {described(left)} with {described(right)} by {symbol}: {remedy}")


def equal(left: JsonValue, right: JsonValue, fuel: Fuel) -> bool:
    """Whether two values are the same; 1 is the same as 1.0."""
    if isinstance(left, (list, dict)) or (isinstance(left, str) and len(left) > _LONG):
        weigh(left, fuel)
    return left == right


def unequal(left: JsonValue, right: JsonValue, fuel: Fuel) -> bool:
    """Whether two values differ."""
    return not equal(left, right, fuel)


def search(needle: str, text: str, fuel: Fuel) -> None:
    """Pay for looking for one string in another."""
    worst = min(len(needle) * len(text), 4_000_000 + 5 * len(text))
    fuel.spend((len(text) >> 4) + worst // 400)


def contains(needle: JsonValue, container: JsonValue, fuel: Fuel) -> bool:
    """Whether a string holds a string, a list an element or an object a key."""
    if isinstance(container, list):
        weigh(container, fuel)
        return needle in container
    if not isinstance(container, (str, dict)):
        raise RefusedError(f"'in' needs a string, a list or an object on its right, not {described(container)}")
    if not isinstance(needle, str):
        what = "a string" if isinstance(container, str) else "an object's keys"
        raise RefusedError(f"'in' looks for a string in {what}, not for {described(needle)}: write str(…)")
    if isinstance(container, str):
        search(needle, container, fuel)
    return needle in container


def lacks(needle: JsonValue, container: JsonValue, fuel: Fuel) -> bool:
    """Whether a container does not hold something."""
    return not contains(needle, container, fuel)


def negate(value: JsonValue) -> JsonValue:
    """A number with the other sign."""
    if isinstance(value, (int, float)):
        return -value
    raise RefusedError(f"'-' needs a number, not {described(value)}: write number(…) to read one from text")


def keep_sign(value: JsonValue) -> JsonValue:
    """A number as it is."""
    if isinstance(value, (int, float)):
        return +value
    raise RefusedError(f"'+' needs a number, not {described(value)}: write number(…) to read one from text")


def invert(value: JsonValue) -> JsonValue:
    """Whether a value is false, zero, null or empty."""
    return not value


BINARY: dict[type[ast.operator], Binary] = {
    ast.Add: add,
    ast.Sub: subtract,
    ast.Mult: multiply,
    ast.Div: divide,
    ast.FloorDiv: divide_whole,
    ast.Mod: remainder,
    ast.Pow: power,
}

UNARY: dict[type[ast.unaryop], Callable[[JsonValue], JsonValue]] = {
    ast.USub: negate,
    ast.UAdd: keep_sign,
    ast.Not: invert,
}

COMPARISONS: dict[type[ast.cmpop], Binary] = {
    ast.Eq: equal,
    ast.NotEq: unequal,
    ast.Lt: _order("<", operator.lt),
    ast.LtE: _order("<=", operator.le),
    ast.Gt: _order(">", operator.gt),
    ast.GtE: _order(">=", operator.ge),
    ast.In: contains,
    ast.NotIn: lacks,
}
