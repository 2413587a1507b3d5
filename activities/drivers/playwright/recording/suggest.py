"""The targets of an element, from the one that lasts longest to the one that breaks first."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, get_args

import playwright.async_api as pw
from pydantic import JsonValue

from activities.drivers.playwright.explain import elements
from activities.drivers.playwright.locate import locate
from activities.sessions.target import Role, Target

_FACTS = files(__package__).joinpath("facts.js").read_text(encoding="utf-8")
_SAME = "(found, element) => found.map(each => each === element)"
_ROLES = frozenset(get_args(Role)) - {"generic", "none", "presentation"}
_LOOK_TIME = 2000.0
_DIGITS = re.compile(r"\d")
_LESS_FOR_PLACE = 8
_LESS_FOR_NUMBER = 20
_FIELDS = {"input", "select", "textarea"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One target of an element."""

    target: Target
    stability: int
    """From 0 to 100: how likely it is to mean the same element when the page has changed."""
    reason: str

    def written(self) -> JsonValue:
        """The target as documents write it."""
        return written(self.target)


def written(target: Target) -> JsonValue:
    """A target as documents write it."""
    said: dict[str, JsonValue] = target.model_dump(mode="json", exclude_defaults=True)
    return target.selector if list(said) == ["selector"] else said


async def suggest(frame: pw.Frame, element: pw.ElementHandle) -> list[Suggestion]:
    """Every target that names this element and no other, the most stable one first."""
    facts: dict[str, Any] = await element.evaluate(_FACTS)
    role, name = await _role(frame, facts["path"])
    around = await _frame_target(frame)
    places = [place async for place in _places(frame, facts["places"])]
    found: list[Suggestion] = []
    for plain in sorted(_candidates(facts, role, name), key=lambda each: -each.stability):
        found += await _unique(frame, element, plain, places)
    ordered = sorted(found, key=lambda each: -each.stability)
    if around is not None:
        ordered = [Suggestion(_framed(each.target, around), each.stability, each.reason) for each in ordered]
    return ordered


def _candidates(facts: dict[str, Any], role: str | None, name: str) -> Iterator[Suggestion]:
    """What might name the element, whether or not it names others too."""

    def said(stability: int, reason: str, **fact: Any) -> Suggestion:  # noqa: ANN401 - the fields of a target
        words = " ".join(str(value) for value in fact.values())
        if _DIGITS.search(words):
            return Suggestion(
                Target(**fact), stability - _LESS_FOR_NUMBER, f"{reason}; holds a number, which may change"
            )
        return Suggestion(Target(**fact), stability, reason)

    if facts["test_id"]:
        yield said(95, "made for automation", test_id=facts["test_id"])
    if facts["label"]:
        yield said(90, "what people read beside it", label=facts["label"])
    if role in _ROLES and name:
        yield said(88, "what it is to people, and what it is called", role=role, name=name)
    for fact, stability, reason in (
        ("placeholder", 70, "the hint people see in it"),
        ("alt", 65, "what is said in place of the picture"),
        ("title", 65, "the tooltip people see"),
        ("text", 60, "the text people see"),
    ):
        if facts[fact] and not (fact == "text" and facts["tag"] in _FIELDS):
            yield said(stability, reason, **{fact: facts[fact]})
    if facts["id"]:
        yield said(55, "an id that its author chose", css=f"[id={json.dumps(facts['id'])}]")
    if facts["name"]:
        yield said(50, "the name under which it is sent", css=f"{facts['tag']}[name={json.dumps(facts['name'])}]")
    if role in _ROLES and not name:
        yield said(45, "what it is to people; it has no name", role=role)
    yield Suggestion(Target(selector=facts["path"]), 5, "its place in the HTML: breaks when anything around it changes")


async def _unique(
    frame: pw.Frame, element: pw.ElementHandle, plain: Suggestion, places: list[Target]
) -> list[Suggestion]:
    """A candidate if it names the element alone, or with the place it is in, or else by its number."""
    matches = await _matches(frame, plain.target, element)
    if matches == [True]:
        return [plain]
    if True not in matches or plain.target.selector is not None:
        return []
    for place in places:
        target = plain.target.model_copy(update={"within": place})
        if await _matches(frame, target, element) == [True]:
            return [Suggestion(target, plain.stability - _LESS_FOR_PLACE, f"{plain.reason}, and where it is")]
    numbered = plain.target.model_copy(update={"nth": matches.index(True) + 1})
    return [Suggestion(numbered, 20, f"{plain.reason}, but only by its number among others alike")]


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


def _framed(target: Target, frame: Target) -> Target:
    return target.model_copy(update={"frame": frame})
