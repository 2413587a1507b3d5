"""Whether a control is the one that a target means, and how near it comes to it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from activities.sessions.control import Control
from activities.sessions.desktop import Facts
from workflows.regex.pattern import unmetered

ANYTHING = Control(name_regex=".*")
"""What every control is."""
_LABELS = {"Text", "Image"}
"""What may stand inside of a control as its label."""


def folded(name: str) -> str:
    """A name with runs of blanks as one."""
    return " ".join(name.split())


def fits(target: Control, facts: Facts, depth: int) -> bool:
    """Whether all that a target says is true of a control, apart from what it is inside of."""
    return (
        (target.control_type is None or target.control_type == facts.control_type)
        and (target.name is None or folded(target.name) == facts.name)
        and (target.sub_name is None or target.sub_name in facts.name)
        and (target.name_regex is None or unmetered().match(target.name_regex, facts.name) is not None)
        and (target.automation_id is None or target.automation_id == facts.automation_id)
        and (target.class_name is None or target.class_name == facts.class_name)
        and (target.depth is None or target.depth == depth)
    )


def is_label(facts: Facts) -> bool:
    """Whether a control inside of one that matches as well is but its label, as the text on a button is."""
    return facts.control_type in _LABELS


def likeness(target: Control, facts: Facts) -> float:
    """How near a control comes to a target, from 0 to 1."""
    wanted = target.name or target.sub_name or target.name_regex or ""
    scores: list[float] = []
    if wanted:
        scores.append(_alike(wanted, facts.name) if facts.name else 0.0)
    if target.control_type is not None:
        scores.append(1.0 if target.control_type == facts.control_type else 0.0)
    for said, found in ((target.automation_id, facts.automation_id), (target.class_name, facts.class_name)):
        if said is not None:
            scores.append(_alike(said, found) if found else 0.0)
    weights = [3.0 if wanted and number == 0 else 1.0 for number in range(len(scores))]
    return sum(score * weight for score, weight in zip(scores, weights, strict=True)) / (sum(weights) or 1.0)


def nearest(target: Control, controls: Sequence[Facts], most: int, least: float) -> Sequence[Facts]:
    """The controls that come nearest to a target, the nearest first."""
    scored = [(likeness(target, facts), facts) for facts in controls]
    near = sorted((each for each in scored if each[0] >= least), key=lambda each: -each[0])
    return [facts for _, facts in near[:most]]


def _alike(wanted: str, found: str) -> float:
    first, second = wanted.casefold(), found.casefold()
    alike = SequenceMatcher(None, first, second).ratio()
    return max(alike, 0.8) if first in second or (len(second) > 2 and second in first) else alike  # noqa: PLR2004
