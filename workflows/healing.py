"""Whether an element that was found again may be acted upon: arithmetic over what speaks for it, and no browser.

A page tells how alike its best candidate is to the element remembered (`Evidence`); `decide` says what to do about
it. Every ground to act by itself was measured on changed pages (benchmarks/healing); what none of them covers goes to
a person, and what is explained better by another element that was always there is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from workflows.spec import Effect

_NAMES = frozenset({"text", "label", "hint", "icon"})
_AUTHORED = frozenset({"id", "name", "test"})
_PROPOSABLE = 0.35
_SAME_PAGE = 0.5


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
    agreeing: frozenset[str]
    """The keys that are exactly the same: text, label, hint, icon, id, name, test, href."""
    only: frozenset[str]
    """Those of them that no other element of its kind shares."""
    still: bool
    """Whether it is the same in all that it is, in exactly the same place."""
    settled: bool
    """Whether, among several of the same name, all others are known to be others."""
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


def decide(evidence: Evidence | None, effect: Effect) -> Decision:
    """Say what to do about the best candidate; what is done once needs the most."""
    if evidence is None:
        return Decision(Verdict.REFUSE, "nothing on the page can be used")
    against = _objection(evidence)
    if against is not None:
        return Decision(Verdict.REFUSE, against)
    ground = None if _short(evidence) else _ground(evidence, _DEMANDS[effect])
    if ground is not None:
        return Decision(Verdict.AUTO, ground)
    if evidence.margin < 0.01:  # noqa: PLR2004 - the last digit that is told
        return Decision(Verdict.REFUSE, "two elements are equally alike")
    if evidence.score < _PROPOSABLE:
        return Decision(Verdict.REFUSE, "nothing is alike enough")
    if _short(evidence):
        return Decision(Verdict.PROPOSE, "an element of its name is gone, and it may be this one")
    return Decision(Verdict.PROPOSE, "it is the most alike, but not beyond doubt")


def _objection(evidence: Evidence) -> str | None:
    """Why a candidate cannot be the element at all."""
    if evidence.claimed:
        return "what is most alike is another element that was there before"
    if not evidence.same_kind:
        return "what is most alike is used in another way"
    return None


def _short(evidence: Evidence) -> bool:
    """Whether an element of the same name has gone: those that stayed may all be others."""
    before, now = evidence.named
    return 0 < now < before and not evidence.only & _AUTHORED


def _ground(evidence: Evidence, demand: _Demand) -> str | None:
    if evidence.margin < demand.margin:
        return None
    return (_same_page if evidence.kept >= _SAME_PAGE else _new_page)(evidence, demand)


def _same_page(evidence: Evidence, demand: _Demand) -> str | None:
    """Grounds on a page that is the one it was, apart from some changes."""
    around = 0.5 if evidence.around is None else evidence.around
    alone = bool(evidence.only & (_NAMES | {"test"}))
    known = evidence.settled and evidence.own >= 0.95  # noqa: PLR2004
    if evidence.own >= demand.own and evidence.same_tag and (alone or (known and around >= demand.settled)):
        return "it alone bears the name and is otherwise the same"
    if known and evidence.kept >= 0.8:  # noqa: PLR2004
        return "all others of its name are where they were"
    if (alone or evidence.settled) and around >= demand.around and evidence.margin >= demand.margin + 0.02:
        return "it alone bears the name and has the same surroundings"
    if evidence.only & (_AUTHORED | {"href"}) and around >= demand.around and evidence.margin >= demand.margin + 0.07:
        return "it alone has the id, name or address and has the same surroundings"
    if evidence.still and around >= 0.8 and evidence.margin >= demand.margin:
        return "it is the same in exactly the same place"
    if evidence.agreeing and evidence.own >= 0.9 and around >= demand.around and evidence.place >= demand.around:  # noqa: PLR2004
        return "it is the same in the same place"
    if demand.place_alone and around >= 0.8 and evidence.place >= 0.9 and evidence.margin >= 0.12:  # noqa: PLR2004
        return "it has the same place and surroundings, and nothing else does"
    return None


def _new_page(evidence: Evidence, demand: _Demand) -> str | None:
    """Grounds on a page that was made anew: one agreement may be chance, two are not."""
    alone = bool(evidence.only & (_NAMES | {"test"})) or evidence.settled
    kinds = bool(evidence.agreeing & _NAMES) + bool(evidence.agreeing & _AUTHORED) + ("href" in evidence.agreeing)
    if alone and kinds >= 2 and evidence.margin >= demand.margin + 0.12:  # noqa: PLR2004
        return "it alone bears the name, and the id, field name or address is the same too"
    if alone and evidence.around is not None and evidence.around >= demand.around and evidence.margin >= demand.margin + 0.17:
        return "it alone bears the name and has the same surroundings on a new page"
    return None
