"""What a target of a program leans on: each thing that has to stay as it is for it to name the same control."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from activities.sessions.control import NAMES, Control
from activities.sessions.leaning import Lean, worded

_UNNAMED = {Lean.DEPTH, Lean.NUMBER}


def control_leans(control: Control) -> Counter[Lean]:
    """How often a control leans on what, with the places it names; never on nothing."""
    found = Counter(_own(control))
    if not found.keys() - _UNNAMED:
        found[Lean.KIND] += 1
    return found + control_leans(control.within) if control.within is not None else found


def _own(control: Control) -> Iterator[Lean]:
    for field in NAMES:
        words = getattr(control, field)
        if words is not None:
            yield Lean.NAME
            yield from worded(words if field != "name_regex" else "")
    if control.ocr is not None:
        yield Lean.TEXT
        yield from worded(control.ocr)
    told = {
        Lean.AUTOMATION_ID: control.automation_id,
        Lean.CLASS: control.class_name,
        Lean.DEPTH: control.depth,
        Lean.NUMBER: control.found_index,
        Lean.LOOKS: control.image,
    }
    yield from (lean for lean, said in told.items() if said is not None)
