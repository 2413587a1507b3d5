"""Targets for all controls of a program, each from the one that lasts longest to the one that breaks first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from activities.sessions.control import Control
from activities.sessions.desktop import Branch, Facts
from activities.sessions.fragility import fragility

_AS_GOOD_AS_EQUAL = 10
"""Points of stability that nobody would notice."""
_TITLE = re.compile(r".+ [-\u2013\u2014] (?P<program>.+)")
"""Titles of windows that say what is open before they say which program it is open in."""
_LABELS = {"Text", "Image"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One target of a control."""

    target: Control
    stability: int
    """From 0 to 100: how likely it is to name the same control in the next version of the program."""
    reason: str


@dataclass(frozen=True, slots=True)
class Described:
    """A control, and what documents can call it."""

    branch: Branch
    targets: Sequence[Suggestion]
    """The most stable one first; none for a text inside of another that is found in its stead."""


@dataclass(eq=False, slots=True)
class _Place:
    """A control in its tree."""

    branch: Branch
    parents: tuple[_Place, ...]
    """From the inside out."""
    own: Control | None = None
    """What names it and no other control by what it is, without its place or number."""

    @property
    def facts(self) -> Facts:
        return self.branch.facts


class _Index:
    """All controls by what may be said of them, in the order of their program."""

    def __init__(self, places: Sequence[_Place]) -> None:
        self._said: dict[Control, list[_Place]] = defaultdict(list)
        windows = [place for place in places if place.facts.control_type == "Window"]
        for place in places:
            for said in _sayings(place.facts):
                others = self._said[said]
                if place.facts.control_type not in _LABELS or not any(other in place.parents for other in others):
                    others.append(place)
        for said in self._said:
            if said.sub_name is not None:
                self._said[said] = [each for each in windows if said.sub_name in each.facts.name]

    def inside(self, said: Control, around: _Place | None = None) -> list[_Place]:
        """Those of which something is true, anywhere or inside of another one."""
        return [each for each in self._said[said] if around is None or around in each.parents]


def suggest(branches: Iterable[Branch]) -> list[Described]:
    """For each control of a program, what names it and no other one; the windows are the trees' beginnings."""
    places = list(_placed(branches))
    index = _Index(places)
    for place in places:
        place.own = next((said for said in _sayings(place.facts) if index.inside(said) == [place]), None)
    return [Described(place.branch, list(_ordered(_targets(place, index)))) for place in places]


def _placed(branches: Iterable[Branch]) -> Iterator[_Place]:
    """Controls with what they are inside of."""
    around: list[_Place] = []
    for branch in branches:
        del around[branch.depth :]
        place = _Place(branch, tuple(reversed(around)))
        around.append(place)
        yield place


def _sayings(facts: Facts) -> Iterator[Control]:
    """What may be said of a control, whether or not it is true of others too; what lasts longest first."""
    if facts.automation_id:
        yield _control(automation_id=facts.automation_id)
    program = _TITLE.fullmatch(facts.name) if facts.control_type == "Window" else None
    if program:
        yield _control(control_type="Window", sub_name=program["program"])
    if facts.name:
        yield _control(control_type=facts.control_type, name=facts.name)
    yield _control(control_type=facts.control_type)
    if facts.class_name:
        yield _control(control_type=facts.control_type, class_name=facts.class_name)


def _targets(place: _Place, index: _Index) -> Iterator[Control]:
    """What names a control alone: by itself, by what it is inside of, or by its number."""
    for said in _sayings(place.facts):
        if index.inside(said) == [place]:
            yield said
        elif place in index.inside(said):
            around = _around(place, said, index)
            yield _numbered(place, said, index) if around is None else said.model_copy(update={"within": around.own})


def _around(place: _Place, said: Control, index: _Index) -> _Place | None:
    """A place that a control is the only such one in."""
    return next((parent for parent in _named(place) if index.inside(said, parent) == [place]), None)


def _numbered(place: _Place, said: Control, index: _Index) -> Control:
    around = next(iter(_named(place)), None)
    number = index.inside(said, around).index(place) + 1
    return said.model_copy(update={"within": around.own if around else None, "found_index": number})


def _named(place: _Place) -> list[_Place]:
    """What a control is inside of and can be named: what lasts longest first, of equals the innermost."""
    named = [(parent, parent.own) for parent in place.parents if parent.own is not None]
    return [parent for parent, _ in sorted(named, key=lambda each: -(fragility(each[1]).stability // 10))]


def _ordered(targets: Iterable[Control]) -> Iterator[Suggestion]:
    """The most stable one first; of those as good as equal, the one that says most."""
    left = [Suggestion(target, risk.stability, risk.reason) for target in targets for risk in [fragility(target)]]
    while left:
        most = max(each.stability for each in left)
        best = next(each for each in left if each.stability >= most - _AS_GOOD_AS_EQUAL)
        left.remove(best)
        yield best


def _control(**said: Any) -> Control:  # noqa: ANN401 - the fields of a control
    return Control.model_validate(said)
