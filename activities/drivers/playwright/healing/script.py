"""The JavaScript that takes fingerprints and finds elements again, as one function body."""

from __future__ import annotations

from importlib.resources import files

_PARTS = ("traits.js", "anchors.js", "census.js", "score.js", "healer.js")

SOURCE = "".join(files(__package__).joinpath(part).read_text(encoding="utf-8") for part in _PARTS)
"""Declares `fingerprint(element)`, `identify(then, element)` and `find(then, root, budget)`; leaves nothing behind."""


def within(body: str) -> str:
    """A function of `(elements, argument)` in which all of it can be used."""
    return f"(elements, argument) => {{ {SOURCE} {body} }}"
