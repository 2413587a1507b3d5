"""Which element of one release of a page is which element of the next, told without any healer's help."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

Listed = dict[str, Any]
"""An element as its page lists it: path, tag, kind, called, id, name, href."""

_LIKE = 0.5
_SHORTEST_NAME = 3
_SHORTEST_RUN = 3


@dataclass(frozen=True, slots=True)
class Target:
    """One element to look for, and where it is now."""

    path: str
    now: str | None
    """Its path on the later page; None where it is gone."""


def targets(before: Listed, after: Listed) -> list[Target]:
    """Those elements of a page of whose fate there is no doubt; what only a person could tell is left out."""
    old, new = before["elements"], after["elements"]
    known = {**_by_name(old, new), **_in_order(old, new)}
    found = [Target(old[here]["path"], new[there]["path"]) for here, there in known.items()]
    gone = [one for index, one in enumerate(old) if index not in known and _is_gone(one, new, after["text"])]
    return [*found, *(Target(one["path"], None) for one in gone)]


def _in_order(before: list[Listed], after: list[Listed]) -> dict[int, int]:
    """Elements of the same look in runs of at least three, in the same order on both pages."""
    look = [
        [(one["tag"], one["called"], one["href"], one["id"], one["name"]) for one in page] for page in (before, after)
    ]
    blocks = SequenceMatcher(None, *look, autojunk=False).get_matching_blocks()
    return {block.a + i: block.b + i for block in blocks if block.size >= _SHORTEST_RUN for i in range(block.size)}


def _by_name(before: list[Listed], after: list[Listed]) -> dict[int, int]:
    """Elements that alone bear their name on both pages."""
    names = [[(one["kind"], one["called"]) for one in page] for page in (before, after)]
    counts = [Counter(page) for page in names]
    return {
        here: names[1].index(name)
        for here, name in enumerate(names[0])
        if len(name[1]) > 1 and counts[0][name] == counts[1][name] == 1
    }


def _is_gone(one: Listed, after: list[Listed], text: str) -> bool:
    """Whether nothing on the later page shares a word of its name, its address, its id or its field's name."""
    called, address = one["called"], _last(one["href"])
    if len(called) < _SHORTEST_NAME or called in text:
        return False
    return not any(
        (one["id"] and one["id"] == other["id"])
        or (one["name"] and one["name"] == other["name"])
        or (address and address == _last(other["href"]))
        or set(called.split()) & set(other["called"].split())
        or SequenceMatcher(None, called[:60], other["called"][:60]).ratio() > _LIKE
        for other in after
    )


def _last(address: str) -> str:
    part = address.rstrip("/").rpartition("/")[2]
    return part.rpartition(".")[0] or part
