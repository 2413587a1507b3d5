"""Single values out of a text, each by what stands around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, StringConstraints


def _readable(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        msg = f"expected a regular expression, found {pattern!r}: {error}"
        raise ValueError(msg) from error
    return pattern


Expression: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=1000), AfterValidator(_readable)]
"""A regular expression; what its first pair of parentheses holds is the value, or all of it if there is none."""


def find_fields(text: str, expressions: Mapping[str, Expression]) -> dict[str, str | None]:
    """Find the first place for each, and None where there is none; `^` and `$` are the ends of lines."""
    found = {name: re.search(expression, text, re.MULTILINE) for name, expression in expressions.items()}
    return {name: _value(match) if match is not None else None for name, match in found.items()}


def _value(match: re.Match[str]) -> str:
    return (match[1] if match.re.groups else match[0]) or ""
