"""The targets of an element, from the one that lasts longest to the one that breaks first."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, get_args

import playwright.async_api as pw
from pydantic import JsonValue

from activities.drivers.playwright.explain import elements
from activities.drivers.playwright.locate import locate
from activities.sessions.fragility import fragility
from activities.sessions.target import Role, Target, written

_FACTS = files(__package__).joinpath("facts.js").read_text(encoding="utf-8")
_SAME = "(found, element) => found.map(each => each === element)"
_ROLES = frozenset(get_args(Role)) - {"generic", "none", "presentation"}
_LOOK_TIME = 2000.0
_AS_GOOD_AS_EQUAL = 10
"""Points of stability that nobody would notice."""
_FIELDS = {"input", "select", "textarea"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One target of an element."""

    target: Target
    stability: int
    """From 0 to 100: how likely it is to name the same element when its page has been made anew."""
    reason: str

    def written(self) -> JsonValue:
        """The target as documents write it."""
        return written(self.target)


async def suggest(frame: pw.Frame, element: pw.ElementHandle) -> list[Suggestion]:
    """Every target that names this element and no other, the most stable one first."""
    facts: dict[str, Any] = await element.evaluate(_FACTS)
    role, name = await _role(frame, facts["path"])
    around = await _frame_target(frame)
    places = [place async for place in _places(frame, facts["places"])]
    found = [await _unique(frame, element, plain, places) for plain in _candidates(facts, role, name)]
    return list(_ordered(_framed(each, around) for each in found if each is not None))


def _candidates(facts: dict[str, Any], role: str | None, name: str) -> Iterator[Target]:
    """What might name the element, whether or not it names others too; what says most of it comes first."""
    for fact in ("test_id", "label"):
        if facts[fact]:
            yield Target.model_validate({fact: facts[fact]})
    if role in _ROLES and name:
        yield Target.model_validate({"role": role, "name": name})
    for fact in ("placeholder", "alt", "title", "text"):
        if facts[fact] and not (fact == "text" and facts["tag"] in _FIELDS):
            yield Target.model_validate({fact: facts[fact]})
    if facts["id"]:
        yield Target(css=f"[id={json.dumps(facts['id'])}]")
    if facts["name"]:
        yield Target(css=f"{facts['tag']}[name={json.dumps(facts['name'])}]")
    if role in _ROLES and not name:
        yield Target.model_validate({"role": role})
    yield Target(selector=facts["path"])


async def _unique(frame: pw.Frame, element: pw.ElementHandle, plain: Target, places: list[Target]) -> Target | None:
    """A candidate if it names the element alone, or with the place it is in, or else by its number."""
    matches = await _matches(frame, plain, element)
    if matches == [True]:
        return plain
    if True not in matches or plain.selector is not None:
        return None
    for place in places:
        target = plain.model_copy(update={"within": place})
        if await _matches(frame, target, element) == [True]:
            return target
    return plain.model_copy(update={"nth": matches.index(True) + 1})


def _ordered(targets: Iterable[Target]) -> Iterator[Suggestion]:
    """The most stable one first; of those as good as equal, the one that says most."""
    left = [Suggestion(target, risk.stability, risk.reason) for target in targets for risk in [fragility(target)]]
    while left:
        most = max(each.stability for each in left)
        best = next(each for each in left if each.stability >= most - _AS_GOOD_AS_EQUAL)
        left.remove(best)
        yield best


async def _matches(frame: pw.Frame, target: Target, element: pw.ElementHandle) -> list[bool]:
    with suppress(pw.Error):
        found: list[bool] = await locate(frame, target).evaluate_all(_SAME, element)
        return found
    return []


async def _role(frame: pw.Frame, path: str) -> tuple[str | None, str]:
    """The role and the whole name of an element, digits and all."""
    with suppress(pw.Error):
        snapshot = await frame.locator(path).aria_snapshot(timeout=_LOOK_TIME)
        for role, name in elements(snapshot):
            return (None, "") if role == "text" else (role, name)
    return None, ""


async def _places(frame: pw.Frame, places: list[dict[str, str]]) -> AsyncIterator[Target]:
    """What the element is inside of, from the inside out."""
    for place in places:
        match place:
            case {"kind": "row", "text": text} if text:
                yield Target(role="row", name=text, exact=False)
            case {"kind": "named", "path": path}:
                role, name = await _role(frame, path)
                if role in _ROLES and name:
                    yield Target.model_validate({"role": role, "name": name})
            case {"kind": kind, "text": text} if text and kind != "row":
                yield Target(css=f"{kind}:has-text({json.dumps(text, ensure_ascii=False)})")
            case _:
                continue


async def _frame_target(frame: pw.Frame) -> Target | None:
    """The best target of the frame itself; None for a page's own."""
    parent = frame.parent_frame
    if parent is None:
        return None
    best = (await suggest(parent, await frame.frame_element()))[0]
    return best.target


def _framed(target: Target, frame: Target | None) -> Target:
    return target if frame is None else target.model_copy(update={"frame": frame})
