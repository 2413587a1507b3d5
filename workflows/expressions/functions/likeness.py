"""How much texts are alike."""

from __future__ import annotations

from pydantic import JsonValue

from workflows.expressions.argument import as_short_text
from workflows.expressions.frame import Frame
from workflows.expressions.function import Function


def similarity(frame: Frame, one: JsonValue, other: JsonValue) -> JsonValue:
    """How much two texts are alike, from 0 to 1: the share of characters that need no change."""
    first, second = as_short_text(one, "similarity()"), as_short_text(other, "similarity()")
    frame.fuel.spend(len(first) * len(second) >> 1)
    longest = max(len(first), len(second))
    return 1.0 if longest == 0 else 1 - _distance(first, second) / longest


def _distance(first: str, second: str) -> int:
    """Count the characters to put in, take out or replace to make one text of the other (Levenshtein)."""
    above = list(range(len(second) + 1))
    for row, mark in enumerate(first, start=1):
        line = [row]
        for column, other in enumerate(second, start=1):
            line.append(min(above[column] + 1, line[-1] + 1, above[column - 1] + (mark != other)))
        above = line
    return above[-1]


LIKENESS = (Function("similarity", similarity, "similarity('ACME Ltd', 'ACME Ltd.') > 0.8", result=True, cost=10),)
