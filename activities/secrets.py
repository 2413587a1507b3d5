"""Names that become values inside a step, and a mask over those values wherever they could leave it."""

from __future__ import annotations

import base64
import copy
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, TypeVar, overload
from urllib.parse import quote, quote_plus

from pydantic import JsonValue

from workflows.call import SecretRef, SecretSlot

MASKED = "***"
"""What is written in place of a secret."""

_SHORTEST_PART = 4
"""Shorter secrets are masked only where they are the whole text: they are parts of too many words."""
_SHORTEST_ENCODED = 8

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
    """Replaces the secrets it was told of, also in their usual encodings.

    It lives as long as its process and forgets nothing: a page may show tomorrow what was typed today.
    """

    def __init__(self) -> None:
        self._whole: set[str] = set()
        self._parts: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def register(self, value: str) -> None:
        """Mask a value from now on."""
        if not value or value in self._whole:
            return
        self._whole.add(value)
        self._parts |= {form for form in _forms(value) if len(form) >= _SHORTEST_PART}
        if self._parts:
            longest_first = sorted(self._parts, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

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
        return self._pattern.sub(MASKED, text) if self._pattern else text


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


def _forms(value: str) -> Iterator[str]:
    """Name the ways in which a value may turn up: as it is, and in the usual encodings."""
    yield value
    yield value.strip()  # pages and people drop the line end that came with a pasted secret
    yield quote(value, safe="")
    yield quote(value)
    yield quote_plus(value)
    yield html.escape(value)
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    if len(value) >= _SHORTEST_ENCODED:
        yield from _inside_base64(value.encode())
        yield from (line for line in value.splitlines() if len(line) >= _SHORTEST_ENCODED)


def _inside_base64(content: bytes) -> Iterator[str]:
    """Give the part of a Base64 text that does not depend on what stands before or behind the value."""
    for before in range(3):
        start = -(-before * 8 // 6)
        encoded = base64.b64encode(b"\0" * before + content).rstrip(b"=").decode()
        end = (before + len(content)) * 8 // 6
        yield encoded[start:end]
        yield encoded[start:end].translate(str.maketrans("+/", "-_"))
