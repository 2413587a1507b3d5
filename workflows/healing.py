"""Whether an element that was found again may be acted upon: arithmetic over what speaks for it, and no browser.

A page tells how alike its best candidate is to the element remembered (`Evidence`); `decide` says what to do about
it. Every ground to act by itself was measured on changed pages (benchmarks/healing); what none of them covers goes to
a person, and what is explained better by another element that was always there is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict

from workflows.spec import Effect

_NAMES = frozenset({"text", "label", "hint", "icon", "test"})
_AUTHORED = frozenset({"id", "name", "test"})
_NO_MARGIN = 0.01
"""The last digit that is told."""
_PROPOSABLE = 0.35
_SAME_PAGE = 0.5
_SAME_NAME = 0.5
_UNTOUCHED = 0.8
_ALMOST_THE_SAME = 0.9
_SAME = 0.95
_AKIN = 0.75
_WITNESSES = 2
_LOOKS_LIKE = 0.82
_LOOKS_CLEAR = 0.08
_LOOKS_THE_SAME = {Effect.READ: 0.88, Effect.IDEMPOTENT: 0.88, Effect.ONCE: 0.91}


class Evidence(BaseModel):
    """What speaks for the best candidate of a page; shares are from 0 to 1."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    score: float
    """How alike it is in all."""
    margin: float
    """How much more alike it is than the next."""
    own: float
    """How alike it is in what it is: kind, name, id, address."""
    around: float | None
    """How alike its surroundings are: labels, headings, the words of its row; None where there were none."""
    place: float
    """How alike its place is."""
    called: float | None
    """How alike its name is: text, label, hint or icon; None for what has none."""
    agreeing: frozenset[str]
    """The keys that are exactly the same: text, label, hint, icon, id, name, test, href."""
    only: frozenset[str]
    """Those of them that no other element of its kind shares."""
    still: bool
    """Whether it is the same in all that it is, in exactly the same place."""
    settled: bool
    """Whether, among several of the same name, all others are known to be others."""
    apart: bool
    """Whether none of those stood in surroundings like its own."""
    claimed: bool
    """Whether it is better explained as another element that was there before."""
    kept: float
    """The share of the page's other elements that are still there."""
    named: tuple[int, int]
    """How many elements bore its name then, and bear it now."""
    same_kind: bool
    """Whether it is used in the same way: clicked, filled, checked."""
    same_tag: bool
    """Whether it is the same HTML element."""
    unique: bool = False
    """Whether it is the same in all that it is, and none of its name was so before or is so now."""
    lost: bool = False
    """Whether its label still stands beside it, but names nothing any more."""
    whole: bool = True
    """Whether there was time to look at all that may be it."""


class Identity(BaseModel):
    """What an element says of itself when its target still names it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    same_kind: bool
    """Whether it is used in the same way: clicked, filled, checked."""
    called: float | None
    """How alike its name is, whatever numbers are in it; None where it had none."""
    agreeing: frozenset[str]
    """As in `Evidence`."""


class Verdict(StrEnum):
    """What to do about a candidate."""

    AUTO = "auto"
    """Act on it, and report."""
    PROPOSE = "propose"
    """Ask a person."""
    REFUSE = "refuse"
    """It is something else."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and its reason, in words that follow `because`."""

    verdict: Verdict
    reason: str
    tier: int = 1
    """How it is known: 1 by what it is, 2 by what is around it, 3 by how it looks."""


@dataclass(frozen=True, slots=True)
class _Demand:
    """How much is asked of evidence before a step acts by itself."""

    margin: float
    own: float
    around: float
    settled: float
    """How alike the surroundings have to be where others bear the same name."""
    place_alone: bool
    """Whether an element without any exact key may be known by place and surroundings."""


_DEMANDS = {
    Effect.READ: _Demand(margin=0.03, own=0.85, around=0.6, settled=0.15, place_alone=True),
    Effect.IDEMPOTENT: _Demand(margin=0.03, own=0.85, around=0.6, settled=0.15, place_alone=True),
    Effect.ONCE: _Demand(margin=0.05, own=0.9, around=0.7, settled=0.5, place_alone=False),
}


@dataclass(frozen=True, slots=True)
class _Case:
    """Evidence, held against what is asked of it."""

    evidence: Evidence
    demand: _Demand

    @property
    def alone(self) -> bool:
        """Whether it alone bears the name."""
        return bool(self.evidence.only & _NAMES)

    @property
    def known(self) -> bool:
        """Whether all others of its name are known to be others, and it is the same in all that it is."""
        return self.evidence.settled and self.evidence.own >= _SAME

    @property
    def unshared(self) -> bool:
        """Whether its place was its own: it tells nothing where one of the same name can move up for another."""
        return self.evidence.settled or self.evidence.apart

    @property
    def joined(self) -> bool:
        """Whether others of its name came and nothing went: then none can have moved up for another."""
        before, now = self.evidence.named
        return now > before and self.evidence.kept >= _SAME

    @property
    def about(self) -> float:
        """How alike its surroundings are; half, where there were none."""
        return 0.5 if self.evidence.around is None else self.evidence.around

    @property
    def surrounded(self) -> bool:
        """Whether its surroundings are the same."""
        return self.about >= self.demand.around

    @property
    def akin(self) -> bool:
        """Whether it is the same HTML element, or at least much alike."""
        return self.evidence.same_tag or self.evidence.own >= _AKIN

    @property
    def witnesses(self) -> int:
        """How many independent keys agree: what people call it, what its authors call it, where it leads."""
        agreeing = self.evidence.agreeing
        return bool(agreeing & _NAMES) + bool(agreeing & _AUTHORED) + ("href" in agreeing)

    def ahead(self, extra: float = 0.0) -> bool:
        """Whether it is more alike than the next by a margin."""
        return self.evidence.margin >= self.demand.margin + extra


_Ground: TypeAlias = tuple[int, str, Callable[[_Case], bool]]

_ON_THE_SAME_PAGE: tuple[_Ground, ...] = (
    (
        1,
        "it alone bears the name and is otherwise the same",
        lambda case: (
            case.ahead()
            and case.evidence.own >= case.demand.own
            and case.evidence.same_tag
            and (case.alone or (case.known and case.about >= case.demand.settled))
        ),
    ),
    (
        1,
        "it alone of its name is the same in all that it is",
        lambda case: case.ahead(0.05) and case.evidence.unique and case.evidence.own >= _SAME,
    ),
    (
        2,
        "all others of its name are where they were",
        lambda case: case.ahead() and case.known and case.evidence.kept >= _UNTOUCHED,
    ),
    (
        2,
        "it alone bears the name and has the same surroundings",
        lambda case: case.ahead(0.02) and (case.alone or case.evidence.settled) and case.surrounded and case.akin,
    ),
    (
        2,
        "it alone has the id, name or address and has the same surroundings",
        lambda case: case.ahead(0.07) and bool(case.evidence.only & (_AUTHORED | {"href"})) and case.surrounded,
    ),
    (
        2,
        "it is the same in exactly the same place",
        lambda case: (
            case.ahead() and (case.unshared or case.joined) and case.evidence.still and case.about >= _UNTOUCHED
        ),
    ),
    (
        2,
        "it is the same in the same place",
        lambda case: (
            case.ahead()
            and case.unshared
            and bool(case.evidence.agreeing)
            and case.evidence.own >= _ALMOST_THE_SAME
            and case.surrounded
            and case.evidence.place >= case.demand.around
        ),
    ),
    (
        2,
        "its label stands beside it, and names nothing any more",
        lambda case: case.ahead(0.05) and case.evidence.lost and case.surrounded and case.evidence.same_tag,
    ),
    (
        2,
        "it has the same place and surroundings, and nothing else does",
        lambda case: (
            case.ahead(0.09)
            and case.demand.place_alone
            and case.about >= _UNTOUCHED
            and case.evidence.place >= _ALMOST_THE_SAME
        ),
    ),
)

_ON_A_NEW_PAGE: tuple[_Ground, ...] = (
    (
        1,
        "it alone bears the name, and the id, field name or address is the same too",
        lambda case: case.ahead(0.12) and (case.alone or case.evidence.settled) and case.witnesses >= _WITNESSES,
    ),
    (
        2,
        "it alone bears the name and has the same surroundings on a new page",
        lambda case: case.ahead(0.17) and (case.alone or case.evidence.settled) and case.surrounded,
    ),
)
"""Where a page was made anew one agreement may be chance; two are not."""


def is_same(identity: Identity, effect: Effect, *, shows: bool, counted: bool) -> bool:
    """Whether an element that its target names is beyond doubt the one remembered.

    What only shows something (`shows`) may show something else each time; of what is found by counting (`counted`)
    the author knows that it changes.
    """
    if not identity.same_kind:
        return False
    if shows or counted or identity.called is None or identity.called >= _SAME_NAME:
        return True
    keys = identity.agreeing & (_AUTHORED | {"href"})
    return effect is not Effect.ONCE and len(keys) >= _WITNESSES


def is_renamed(evidence: Evidence, effect: Effect) -> bool:
    """Whether an element of another name, the most alike of its page, is still the one remembered.

    A control may have several names (`Next`, `Finish`); one that only took over the place or the id of another is
    known by its own past, or by surroundings that are not the same.
    """
    around = 0.5 if evidence.around is None else evidence.around
    keys = evidence.agreeing & (_AUTHORED | {"href"})
    return (
        evidence.same_kind
        and not evidence.claimed
        and evidence.kept >= _SAME_PAGE
        and around >= _DEMANDS[effect].around
        and (bool(keys) or effect is not Effect.ONCE)
    )


def decide(evidence: Evidence | None, effect: Effect, *, accepted: bool = False) -> Decision:
    """Say what to do about the best candidate; what is done once needs the most.

    Where a person `accepted` what is remembered, it is the one as long as nothing has changed since.
    """
    if evidence is None:
        return Decision(Verdict.REFUSE, "nothing on the page can be used")
    tier = 1 if evidence.agreeing & (_NAMES | _AUTHORED) else 2
    for reason, against in _OBJECTIONS:
        if against(evidence):
            return Decision(Verdict.REFUSE, reason, tier)
    if accepted and evidence.still and evidence.kept >= _UNTOUCHED:
        return Decision(Verdict.AUTO, "a person accepted it, and nothing has changed since", tier)
    for reason, doubt in _DOUBTS:
        if doubt(evidence, effect):
            return Decision(Verdict.PROPOSE, reason, tier)
    case = _Case(evidence, _DEMANDS[effect])
    for known, reason, ground in _ON_THE_SAME_PAGE if evidence.kept >= _SAME_PAGE else _ON_A_NEW_PAGE:
        if ground(case):
            return Decision(Verdict.AUTO, reason, known)
    return Decision(Verdict.PROPOSE, "it is the most alike, but not beyond doubt", tier)


def decide_by_looks(best: float, following: float, *, others: int, effect: Effect) -> Decision:
    """Say what to do about what looks like an element that says nothing else.

    `best` and `following` are how alike the two that look most like it are; `others` looked like it before.
    """
    if best < _LOOKS_LIKE:
        return Decision(Verdict.REFUSE, "nothing looks like it", 3)
    if best - following < _LOOKS_CLEAR:
        return Decision(Verdict.REFUSE, "two elements look like it", 3)
    if others:
        return Decision(Verdict.PROPOSE, "it looks like it, but so did others", 3)
    if best < _LOOKS_THE_SAME[effect]:
        return Decision(Verdict.PROPOSE, "it looks much like it, but not the same", 3)
    return Decision(Verdict.AUTO, "it alone looks the same", 3)


def seen_only(best: float, following: float) -> Evidence:
    """The evidence for what is known by nothing but how it looks."""
    none: frozenset[str] = frozenset()
    return Evidence(
        score=best,
        margin=best - following,
        own=0,
        around=None,
        place=0,
        called=None,
        agreeing=none,
        only=none,
        still=False,
        settled=False,
        apart=True,
        claimed=False,
        kept=1,
        named=(1, 1),
        same_kind=True,
        same_tag=True,
    )


def _short(evidence: Evidence, _: Effect) -> bool:
    before, now = evidence.named
    return 0 < now < before and not evidence.only & _AUTHORED


def _hurried(evidence: Evidence, _: Effect) -> bool:
    return not evidence.whole


def _renamed(evidence: Evidence, effect: Effect) -> bool:
    return effect is Effect.ONCE and evidence.called is not None and evidence.called < _SAME_NAME


_OBJECTIONS: tuple[tuple[str, Callable[[Evidence], bool]], ...] = (
    ("what is most alike is another element that was there before", lambda evidence: evidence.claimed),
    ("what is most alike is used in another way", lambda evidence: not evidence.same_kind),
    ("two elements are equally alike", lambda evidence: evidence.margin < _NO_MARGIN),
    ("nothing is alike enough", lambda evidence: evidence.score < _PROPOSABLE),
)
_DOUBTS: tuple[tuple[str, Callable[[Evidence, Effect], bool]], ...] = (
    ("an element of its name is gone, and it may be this one", _short),
    ("it bears another name", _renamed),
    ("the page was too slow to look at all of it", _hurried),
)
