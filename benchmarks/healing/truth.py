"""Which element of one release of a page is which element of the next, told without any healer's help."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

Listed = dict[str, Any]
"""An element as the page lists it: path, tag, kind, called, id, name, href, …"""

_LIKE = 0.5


@dataclass(frozen=True, slots=True)
class Target:
    """One element to look for, and where it is now."""

    path: str
    now: str | None
    """Its path on the later page; None where it is gone."""


def targets(before: list[Listed], after: list[Listed]) -> list[Target]:
    """Those elements of a page of whose fate there is no doubt."""
    known = {**_by_name(before, after), **_in_order(before, after)}
    found = [Target(before[old]["path"], after[new]["path"]) for old, new in known.items()]
    kept = set(known)
    gone = [one for index, one in enumerate(before) if index not in kept and _is_gone(one, after)]
    return [*found, *(Target(one["path"], None) for one in gone)]


def _in_order(before: list[Listed], after: list[Listed]) -> dict[int, int]:
    """Elements of the same look in runs of at least three, in the same order on both pages."""
    look = [[(one["tag"], one["called"], one["href"], one["id"], one["name"]) for one in page] for page in (before, after)]
    blocks = SequenceMatcher(None, *look, autojunk=False).get_matching_blocks()
    return {block.a + i: block.b + i for block in blocks if block.size >= 3 for i in range(block.size)}  # noqa: PLR2004


def _by_name(before: list[Listed], after: list[Listed]) -> dict[int, int]:
    """Elements that alone bear their name on both pages."""
    known = {}
    names = [[(one["kind"], one["called"]) for one in page] for page in (before, after)]
    counts = [Counter(page) for page in names]
    for old, name in enumerate(names[0]):
        if len(name[1]) > 1 and counts[0][name] == counts[1][name] == 1:
            known[old] = names[1].index(name)
    return known


def _is_gone(one: Listed, after: list[Listed]) -> bool:
    """Whether nothing on the later page shares a word, an address, an id or a field's name with an element."""
    called, address = one["called"], _last(one["href"])
    if len(called) < 3:  # noqa: PLR2004 - nothing to recognise it by
        return False
    for other in after:
        if one["id"] and one["id"] == other["id"]:
            return False
        if one["name"] and one["name"] == other["name"]:
            return False
        if address and address == _last(other["href"]):
            return False
        if other["called"] and SequenceMatcher(None, called[:60], other["called"][:60]).ratio() > _LIKE:
            return False
        if set(called.split()) & set(other["called"].split()):
            return False
    return True


def _last(address: str) -> str:
    part = address.rstrip("/").rpartition("/")[2]
    return part.rpartition(".")[0] or part
