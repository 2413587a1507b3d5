"""How likely a target is to name another element, or none, once its page has been made anew.

A target breaks when one of the things it leans on changes. How often each of them does was measured on releases of
published templates (`benchmarks/healing/fragility.py`); test ids do not occur there, and count as what they are meant
to be. The risk of a target is the sum over what it leans on, whoever asks: `aether lint`, `aether browser pick` and
the recorder say the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from activities.sessions.control import Control
from activities.sessions.control_leaning import control_leans
from activities.sessions.leaning import Lean, leans
from activities.sessions.target import Target

ALWAYS = 0.02
"""What no target is safe from."""

RATES = {
    Lean.TEST_ID: 0.01,
    Lean.TEXT: 0.01,
    Lean.POSITION: 0.01,
    Lean.TITLE: 0.02,
    Lean.LABEL: 0.03,
    Lean.ALT: 0.03,
    Lean.STEP: 0.06,
    Lean.NAME: 0.08,
    Lean.DIGIT: 0.10,
    Lean.ID: 0.12,
    Lean.PLACEHOLDER: 0.16,
    Lean.KIND: 0.26,
    Lean.LONG: 0.27,
    Lean.ADDRESS: 0.32,
    Lean.NUMBER: 0.33,
    Lean.ATTRIBUTE: 0.33,
    Lean.CLASS: 0.39,
    Lean.MADE_UP: 0.58,
    Lean.AUTOMATION_ID: 0.02,
    Lean.DEPTH: 0.20,
    Lean.LOOKS: 0.50,
}
"""How often each thing changes, as a rate."""

NOT_MEASURED = frozenset({Lean.TEST_ID, Lean.AUTOMATION_ID, Lean.DEPTH, Lean.LOOKS})
"""What does not occur on the pages that the rates are from."""

_PLURALS = {
    Lean.NAME: "names",
    Lean.LABEL: "labels",
    Lean.TEXT: "texts",
    Lean.ID: "ids",
    Lean.ATTRIBUTE: "attributes",
    Lean.ADDRESS: "addresses",
    Lean.CLASS: "classes",
    Lean.STEP: "levels of HTML",
    Lean.POSITION: "numbers among siblings",
    Lean.NUMBER: "numbers among all that match",
    Lean.MADE_UP: "ids or classes made up by a program",
}
_MOST_NAMED = 3
_TELLING = 0.1
"""The share of the whole risk from which on a part of it is worth its words."""


@dataclass(frozen=True, slots=True)
class Fragility:
    """The risk of one target."""

    rate: float
    """From 0; the chance that it lasts is e to the power of minus this."""
    leans: tuple[tuple[Lean, int], ...]
    """What it leans on and how often, the most fragile first; never empty."""

    @property
    def stability(self) -> int:
        """The chance, in percent, that it names the same when its page or program has been made anew."""
        return round(100 * math.exp(-self.rate))

    @property
    def reason(self) -> str:
        """Why, in words: what it leans on, as far as it matters."""
        telling = [each for each in self.leans[1:_MOST_NAMED] if _risk(*each) >= _TELLING * self.rate]
        words = [
            _PLURALS[lean] if count > 1 and lean in _PLURALS else lean for lean, count in (self.leans[0], *telling)
        ]
        counts = [f"{count} " if count > 1 and lean in _PLURALS else "" for lean, count in (self.leans[0], *telling)]
        *others, last = [f"{count}{word}" for count, word in zip(counts, words, strict=True)]
        return f"leans on {', '.join(others)} and {last}" if others else f"leans on {last}"


def fragility(target: Target | Control) -> Fragility:
    """Tell the risk of a target."""
    leaning = leans(target) if isinstance(target, Target) else control_leans(target)
    found = sorted(leaning.items(), key=lambda each: -_risk(*each))
    return Fragility(ALWAYS + sum(_risk(*each) for each in found), tuple(found))


def _risk(lean: Lean, count: int) -> float:
    return RATES[lean] * count
