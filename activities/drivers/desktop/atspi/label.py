"""Names for fields that have none: those of the labels beside them, as a person reads them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from activities.drivers.desktop.atspi.bus import NULL, Bus
from activities.drivers.desktop.toolkit import StaleError, UnsupportedError
from activities.sessions.desktop import Facts, Rect

_FIELDS = {"Edit", "ComboBox", "Spinner", "Slider", "List", "DataGrid", "Tree", "ProgressBar"}
_CHOICES = {"ComboBox"}
"""Fields whose own name is what is chosen in them."""
_LABELLED_BY = 2
_FARTHEST = 400
_ABOVE = 40
"""Pixels that a label may be away, to the left or above."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Finds the labels of fields."""

    bus: Bus

    async def name(self, siblings: Sequence[Facts]) -> Sequence[Facts]:
        """Give nameless fields the names of the labels they are tied to, or else of those that stand beside them."""
        nameless = [each for each in siblings if _wants_name(each)]
        if not nameless:
            return siblings
        tied = await asyncio.gather(*(self._tied(each) for each in nameless))
        names = {field.ref: name for field, name in zip(nameless, tied, strict=True) if name}
        left = [field for field in nameless if field.ref not in names]
        labels = [each for each in siblings if each.control_type == "Text" and each.name and each.visible]
        if left and labels:
            names |= await self._beside(left, labels)
        return [replace(each, name=names[each.ref]) if each.ref in names else each for each in siblings]

    async def _tied(self, field: Facts) -> str:
        try:
            (relations,) = await self.bus.call(field.ref, "Accessible", "GetRelationSet")
            targets = [target for kind, found in relations if kind == _LABELLED_BY for target in found]
            if not targets or targets[0][1] == NULL:
                return ""
            name, path = targets[0]
            return " ".join(str(await self.bus.get(f"{name} {path}", "Accessible", "Name")).split())
        except (StaleError, UnsupportedError):
            return ""

    async def _beside(self, fields: Sequence[Facts], labels: Sequence[Facts]) -> dict[str, str]:
        places = await asyncio.gather(*(self._place(each) for each in (*fields, *labels)))
        own, others = places[: len(fields)], places[len(fields) :]
        names: dict[str, str] = {}
        for field, place in zip(fields, own, strict=True):
            far = [_distance(place, other) for other in others]
            near = [(away, label.name) for away, label in zip(far, labels, strict=True) if away is not None]
            if near:
                names[field.ref] = min(near)[1]
        return names

    async def _place(self, facts: Facts) -> Rect | None:
        try:
            ((x, y, width, height),) = await self.bus.call(facts.ref, "Component", "GetExtents", "u", (0,))
        except (StaleError, UnsupportedError):
            return None
        return Rect(x, y, width, height)


def _wants_name(facts: Facts) -> bool:
    return facts.visible and facts.control_type in _FIELDS and (not facts.name or facts.control_type in _CHOICES)


def _distance(field: Rect | None, label: Rect | None) -> float | None:
    """How far a label stands to the left of a field, or above it; None for one that does not."""
    if field is None or label is None:
        return None
    across = field.x - (label.x + label.width)
    middle = label.y + label.height / 2
    if 0 <= across <= _FARTHEST and field.y <= middle <= field.y + field.height:
        return across
    up = field.y - (label.y + label.height)
    if 0 <= up <= _ABOVE and label.x < field.x + field.width and field.x < label.x + label.width:
        return up + _ABOVE
    return None
