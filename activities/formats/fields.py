"""Single values out of a text, each by what stands around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints

from workflows.regex.pattern import Match, unmetered
from workflows.regex.syntax import PatternError, read

_LINES = "(?m)"


def _readable(pattern: str) -> str:
    try:
        read(pattern)
        read(f"{_LINES}{pattern}")
    except PatternError as error:
        msg = f"expected a regular expression, found {pattern!r}: {error}"
        raise ValueError(msg) from error
    return pattern


Expression: TypeAlias = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1000),
    AfterValidator(_readable),
    Field(json_schema_extra={"format": "regex"}),
]
"""A regular expression; what its first pair of parentheses holds is the value, or all of it if there is none."""


def find_fields(text: str, expressions: Mapping[str, Expression]) -> dict[str, str | None]:
    """Find the first place for each, and None where there is none; `^` and `$` are the ends of lines."""
    matcher = unmetered()
    found = {name: matcher.search(f"{_LINES}{expression}", text) for name, expression in expressions.items()}
    return {name: _value(match) if match is not None else None for name, match in found.items()}


def _value(match: Match) -> str:
    return match.group(min(1, match.syntax.groups)) or ""
