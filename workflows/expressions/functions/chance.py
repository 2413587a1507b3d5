"""Functions whose results are left to chance, yet the same when a run is replayed."""

from __future__ import annotations

from pydantic import JsonValue

from workflows.expressions.argument import elements
from workflows.expressions.frame import Frame
from workflows.expressions.function import Function

_DIGITS = 12
"""Of an identifier in hexadecimal, so many at its end are left to chance."""


def chance(frame: Frame) -> JsonValue:
    """A random number from 0 up to, not including, 1; the same when the run is replayed."""
    return _drawn(frame)


def shuffled(frame: Frame, values: JsonValue) -> JsonValue:
    """A list in random order; the same when the run is replayed."""
    left = list(elements(values, "shuffled()", frame.fuel))
    frame.fuel.spend(len(left) * 5)
    for last in range(len(left) - 1, 0, -1):
        other = int(_drawn(frame) * (last + 1))
        left[last], left[other] = left[other], left[last]
    return left


def _drawn(frame: Frame) -> float:
    return int(frame.scope.uuid()[-_DIGITS:], 16) / (1 << 4 * _DIGITS)


CHANCES = (
    Function("random", chance, "0 <= random() < 1", result=True, cost=5),
    Function("shuffled", shuffled, "sorted(shuffled([3, 1, 2]))", [1, 2, 3], cost=5),
)
