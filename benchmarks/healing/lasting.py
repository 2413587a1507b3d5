"""Which targets of an element still name it on the next release of its page."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import playwright.async_api as pw
from pydantic import ValidationError

from activities.drivers.playwright.locate import locate
from activities.drivers.playwright.recording.suggest import suggest
from activities.sessions.leaning import Lean, leans
from activities.sessions.target import Target
from benchmarks.healing import truth
from benchmarks.healing.browser import ask, opened
from benchmarks.healing.corpus import PagePair

_SPELLED = files(__package__).joinpath("spelled.js").read_text(encoding="utf-8")
_SAME = """(found, element) => found.map(one => one === element || ((one.contains(element) || element.contains(one))
    && one.textContent.trim() === element.textContent.trim()))"""
_WORDS = {Lean.NAME, Lean.LABEL, Lean.TEXT, Lean.PLACEHOLDER, Lean.TITLE, Lean.ALT}


Ground = Literal["name", "id", "place"]
"""By what it is known which element of the next release is which."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """One target, and whether it lasted."""

    pages: PagePair
    target: Target
    lasted: bool


@dataclass(frozen=True, slots=True)
class Match:
    """An element on both releases of a page."""

    path: str
    now: str
    grounds: frozenset[Ground]


async def lasting(context: pw.BrowserContext, pages: PagePair, most: int) -> AsyncIterator[Lasting]:
    """Write targets of some elements of a page in every way, and look them up in its next release."""
    async with opened(context, pages.before) as before, opened(context, pages.after) as after:
        matches = matched(await ask(before, "listed"), await ask(after, "listed"))
        random.Random(str(pages)).shuffle(matches)  # noqa: S311 - a sample
        for match in matches[:most]:
            element, later = await _element(before, match.path), await _element(after, match.now)
            for target in await _targets(before, element):
                if match.grounds - _circular(target):
                    yield Lasting(pages, target, await _named(after, target, later) == [True])


def matched(before: truth.Listed, after: truth.Listed) -> list[Match]:
    """Which element is which: by its name, by its id, and by standing between the same two others."""
    old, new = before["elements"], after["elements"]
    begins, ends = ({one["path"]: index for index, one in enumerate(page)} for page in (old, new))
    named = {begins[each.path]: ends[each.now] for each in truth.targets(before, after) if each.now is not None}
    grounds: dict[tuple[int, int], set[Ground]] = defaultdict(set)
    for ground, known in (("name", named), ("id", _by_id(old, new)), ("place", _by_place(old, new, named))):
        for pair in known.items():
            grounds[pair].add(ground)
    fates = Counter(here for here, _ in grounds)
    return [
        Match(old[here]["path"], new[there]["path"], frozenset(why))
        for (here, there), why in grounds.items()
        if fates[here] == 1
    ]


def _by_id(old: list[truth.Listed], new: list[truth.Listed]) -> dict[int, int]:
    ends = {(one["id"], one["kind"]): index for index, one in enumerate(new) if one["id"]}
    ids = ((here, (one["id"], one["kind"])) for here, one in enumerate(old))
    return {here: ends[key] for here, key in ids if key in ends}


def _by_place(old: list[truth.Listed], new: list[truth.Listed], known: dict[int, int]) -> dict[int, int]:
    """Elements of the same tag right between the same two others, whatever became of themselves."""
    found: dict[int, int] = {}
    for before, there in known.items():
        here, now = before + 1, there + 1
        if known.get(here + 1) == now + 1 and old[here]["tag"] == new[now]["tag"]:
            found[here] = now
    return found


def _circular(target: Target) -> frozenset[Ground]:
    """The grounds on which a target that leans on the same would seem to last always."""
    found: set[Ground] = {"id"} if Lean.ID in leans(target) else set()
    return frozenset(found | {"name"} if _WORDS & leans(target).keys() else found)


async def _targets(page: pw.Page, element: pw.ElementHandle) -> list[Target]:
    """Every target that names an element and no other."""
    found = [each.target for each in await suggest(page.main_frame, element)]
    spelled: list[dict[str, Any]] = await element.evaluate(_SPELLED)
    for said in spelled:
        with suppress(ValidationError):
            target = Target.model_validate(said)
            if await _named(page, target, element) == [True]:
                found.append(target)
    return list(dict.fromkeys(found))


async def _named(page: pw.Page, target: Target, element: pw.ElementHandle) -> list[bool]:
    with suppress(pw.Error):
        same: list[bool] = await locate(page, target).evaluate_all(_SAME, element)
        return same
    return []


async def _element(page: pw.Page, path: str) -> pw.ElementHandle:
    element = await page.locator(f"xpath={path}").element_handle()
    assert element is not None  # noqa: S101 - it was just listed
    return element
