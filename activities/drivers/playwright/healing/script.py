"""The JavaScript that takes fingerprints and finds elements again, as one function body."""

from __future__ import annotations

from importlib.resources import files


def _part(name: str) -> str:
    """One file without its comments: pages compile it with every question."""
    lines = files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()
    return "\n".join(line.strip() for line in lines if not line.lstrip().startswith("//")) + "\n"


_TRAITS = _part("traits.js")

SOURCE = _TRAITS + "".join(map(_part, ("anchors.js", "census.js", "score.js", "choice.js", "healer.js")))
"""Declares what a page can be asked; leaves nothing behind."""

_LOOKS = _part("looks.js")

GLANCE = f"(elements, argument) => {{ {_TRAITS} return glance(elements); }}"
"""Whether an element is as it was: little to compile, for what is asked before every step."""


def within(body: str, *, looks: bool = False) -> str:
    """A function of `(elements, argument)` in which all of it can be used, with `looks` also how things look."""
    return f"(elements, argument) => {{ {SOURCE} {_LOOKS if looks else ''} {body} }}"
