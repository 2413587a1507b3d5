"""Targets that an element could have instead of what a document says, from what steps remember of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from activities.fingerprints import Fingerprint, Kept, local_fingerprints
from activities.heals import Heal
from activities.sessions.fragility import fragility
from activities.sessions.target import Target
from workers.healing import recorded
from workers.settings import Settings

_FIELDS = frozenset({"field", "check", "file"})
_ROLES = {"a": "link", "button": "button", "summary": "button", "select": "combobox", "textarea": "textbox"}
_CLICKED_INPUTS = frozenset({"submit", "button", "reset", "image"})
_LONGEST = 60
_WORTH = 10
"""How many points of stability a change of the document is worth."""


@dataclass(frozen=True, slots=True)
class Experience:
    """What the steps of a document remember."""

    kept: Sequence[Kept]
    heals: Sequence[Heal]
    """Those that a step acted on, or a person accepted."""

    def better(self, step: str, target: Target) -> Target | None:
        """A target of the same element that lasts clearly longer; None if none is known.

        What steps found again was tried on the page. What is made of a fingerprint was not: should it match another
        element too, its step fails and says so.
        """
        mine = step, str(target)
        least = fragility(target).stability + _WORTH
        for heal in self.heals:
            if mine == (heal.finding.key.step, heal.finding.key.target) and heal.finding.targets:
                best = heal.finding.targets[0]
                return Target.model_validate(best.target) if best.stability >= least else None
        known = [each.fingerprint for each in self.kept if mine == (each.key.step, each.key.target)]
        candidates = [(fragility(each).stability, each) for each in _candidates(known[0])] if known else []
        stability, best_known = max(candidates, key=lambda each: each[0], default=(0, target))
        return best_known if stability >= least else None


async def experience(settings: Settings, document: str) -> Experience:
    """Gather what the steps of a document remember on this machine."""
    heals = await recorded(settings, document=document)
    kept = await local_fingerprints(settings.artifacts).of(document)
    return Experience(kept, [heal for heal in heals if heal.state in {"healed", "accepted"}])


def _candidates(known: Fingerprint) -> Iterator[Target]:
    role = _role(known)
    if _alone(known, 0):
        if known.label and known.kind in _FIELDS:
            yield from _target(label=known.label)
        elif role and 0 < len(known.text or known.label) <= _LONGEST:
            yield from _target(role=role, name=known.text or known.label)
        if known.hint:
            yield from _target(placeholder=known.hint)
    if known.id and _alone(known, 1):
        yield from _target(css=f"[id={json.dumps(known.id)}]", exact=True)
    if known.name and _alone(known, 2):
        yield from _target(css=f"{known.tag}[name={json.dumps(known.name)}]", exact=True)


def _target(*, exact: bool = False, **fact: Any) -> Iterator[Target]:  # noqa: ANN401 - the fields of a target
    """A target if it can be one; words are remembered in small letters, so that they match in any case."""
    try:
        yield Target.model_validate({**fact, "exact": exact})
    except ValidationError:
        return


def _role(known: Fingerprint) -> str:
    if known.role:
        return known.role
    if known.tag == "input":
        return "button" if known.type in _CLICKED_INPUTS else ""
    return _ROLES.get(known.tag, "")


def _alone(known: Fingerprint, part: int) -> bool:
    """Whether no other element of the page shared a part of its mark: its name, id or field name."""
    return all(other.split(".")[part : part + 1] != [known.mark[part]] for other in known.others)
