"""What can be written into a field, of a page or of a program."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def _writable(value: object) -> object:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    raise PydanticCustomError(
        "value", "only text and numbers can be written into a field, not {kind}", {"kind": _kind(value)}
    )


def _kind(value: object) -> str:
    return {type(None): "null", bool: "a truth value", list: "a list", dict: "a mapping"}.get(type(value), "this")


Writable = Annotated[str | int | float, BeforeValidator(_writable)]
"""A text, or a number."""


def as_typed(value: str | float) -> str:
    """A value as a person would type it: numbers with a point and without groups."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
