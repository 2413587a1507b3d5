"""Names that become values inside a step, and a mask over those values wherever they could leave it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Protocol, TypeVar, overload

from pydantic import JsonValue

from activities.spelling import spellings
from workflows.call import SecretRef, SecretSlot
from workflows.errors import UnknownSecretError

MASKED = "***"
"""What is written in place of a secret."""

_CUT = "…"
"""What messages and pages put where a text was cut."""
_SHORTEST_PART = 4
"""Shorter secrets are masked only where they are the whole text: they are parts of too many words."""
_SHORTEST_LINE = 8

K = TypeVar("K")


class Secrets(Protocol):
    """Where the values of secrets are."""

    async def resolve(self, name: str) -> str:
        """Give a secret's value.

        Raises:
            UnknownSecretError: nobody has set it.
            SecretStoreError: it cannot be read.
        """


class Mask:
    """Replaces the secrets it was told of, however they are spelled.

    It lives as long as its process and forgets nothing by itself: a page may show tomorrow what was typed today.
    """

    def __init__(self) -> None:
        self._whole: set[str] = set()
        self._parts: dict[str, re.Pattern[str]] = {}
        """Patterns by what they look for, the longest first."""

    def register(self, value: str) -> None:
        """Mask a value from now on."""
        if not value or value in self._whole:
            return
        self._whole.add(value)
        parts = self._parts | {part: spellings(part) for part in _parts_of(value) if part not in self._parts}
        self._parts = dict(sorted(parts.items(), key=lambda item: -len(item[0])))

    def forget(self, value: str) -> None:
        """Mask a value no more."""
        self._whole.discard(value)
        left = {part for other in self._whole for part in _parts_of(other)}
        self._parts = {part: pattern for part, pattern in self._parts.items() if part in left}

    @overload
    def scrub(self, value: str) -> str: ...
    @overload
    def scrub(self, value: JsonValue) -> JsonValue: ...
    def scrub(self, value: JsonValue) -> JsonValue:
        """Give the same value without any secret in it."""
        if not self._whole:
            return value
        match value:
            case str():
                return self._scrub_text(value)
            case bool() | None:
                return value
            case int() | float():
                return MASKED if str(value) in self._parts else value
            case list():
                return [self.scrub(item) for item in value]
            case dict():
                return {self._scrub_text(key): self.scrub(item) for key, item in value.items()}

    def _scrub_text(self, text: str) -> str:
        if text in self._whole:
            return MASKED
        for pattern in self._parts.values():
            text = pattern.sub(MASKED, text)
        *cut, last = text.split(_CUT)
        return _CUT.join([*map(self._without_beginning, cut), last])

    def _without_beginning(self, text: str) -> str:
        """Mask what is left of a secret where somebody shortened a text in the middle of it."""
        stripped = text.rstrip()
        for value in self._parts:
            for length in range(min(len(value), len(stripped)), _SHORTEST_PART - 1, -1):
                if stripped.endswith(value[:length]):
                    return stripped[:-length] + MASKED
        return text

    @contextmanager
    def worn(self) -> Iterator[None]:
        """Be the mask that `masked` uses inside the block."""
        token = _WORN.set(self)
        try:
            yield
        finally:
            _WORN.reset(token)


_WORN: ContextVar[Mask] = ContextVar("mask", default=Mask())  # noqa: B039 - it knows nothing and is told nothing


@overload
def masked(value: str) -> str: ...
@overload
def masked(value: JsonValue) -> JsonValue: ...
def masked(value: JsonValue) -> JsonValue:
    """Mask what is about to be shortened or kept: part of a secret would not be recognised as one any more."""
    return _WORN.get().scrub(value)


def conceal(value: str) -> None:
    """Mask a secret from now on that a driver has of its own accord, by a name in the settings."""
    _WORN.get().register(value)


def forget(value: str) -> None:
    """Mask a secret no more that a driver has concealed: one of very many that are good for a short time."""
    _WORN.get().forget(value)


async def learn(names: Iterable[str], *, secrets: Secrets, mask: Mask) -> None:
    """Have secrets masked that a step does not use itself: an earlier one may have, on another robot."""
    for name in names:
        with suppress(UnknownSecretError):  # whoever uses it will say so
            mask.register(await secrets.resolve(name))


async def fill(
    params: Mapping[str, JsonValue], slots: Iterable[SecretSlot], *, secrets: Secrets, mask: Mask
) -> dict[str, JsonValue]:
    """Put the texts that hold secrets into their places; every value is masked before it is used."""
    filled = copy.deepcopy(dict(params))
    for slot in slots:
        parts = []
        for part in slot.parts:
            if isinstance(part, SecretRef):
                value = await secrets.resolve(part.secret)
                mask.register(value)
                parts.append(value)
            else:
                parts.append(part)
        _put(filled, slot.path, "".join(parts))
    return filled


def _put(params: JsonValue, path: tuple[str | int, ...], text: str) -> None:
    *way, last = path
    place = params
    for key in way:
        match place, key:
            case dict(), str():
                place = place[key]
            case list(), int():
                place = place[key]
    match place, last:
        case dict(), str():
            place[last] = text
        case list(), int():
            place[last] = text


def _parts_of(value: str) -> Iterator[str]:
    """Give what of a value is masked inside of other texts: the whole of it, and the lines of a long one.

    Pages and people drop the line end that came with a pasted secret.
    """
    if len(value.strip()) >= _SHORTEST_PART:
        yield value.strip()
    yield from (line.strip() for line in value.splitlines() if len(line.strip()) >= _SHORTEST_LINE)
