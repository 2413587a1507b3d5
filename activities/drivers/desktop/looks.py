"""Places on a screen that are found by how they look: the last resort, for what programs do not tell of."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from activities.drivers import vision
from activities.drivers.desktop.toolkit import Toolkit
from activities.drivers.pictures import look_for
from activities.sessions.control import Control
from activities.sessions.desktop import Rect
from activities.sessions.files import Workspace
from workflows.errors import ConfigurationError, ElementAmbiguousError, ElementNotFoundError

_MOST_TOLD = 8


def by_looks(target: Control) -> bool:
    """Whether a target is found by what the screen shows, and not by what its program says."""
    return target.image is not None or target.ocr is not None


@dataclass(frozen=True, slots=True)
class Seen:
    """A place on the screen that looks as a target says."""

    rect: Rect
    words: str
    """What it says, as far as that was read."""


@dataclass(frozen=True, slots=True)
class _Shot:
    """A picture of a part of the screen."""

    rect: Rect
    content: bytes

    async def on_screen(self, box: vision.Box) -> Rect:
        """Where a box of the picture is; systems may count in larger pixels than their pictures have."""
        wide, high = await asyncio.to_thread(vision.size, self.content)
        across, down = self.rect.width / wide, self.rect.height / high
        left, top, width, height = box
        return Rect(
            self.rect.x + round(left * across),
            self.rect.y + round(top * down),
            round(width * across),
            round(height * down),
        )


class Sight:
    """Looks at a desktop for one step."""

    def __init__(self, toolkit: Toolkit, workspace: Workspace) -> None:
        self._toolkit = toolkit
        self._workspace = workspace
        self._read: dict[bytes, list[vision.Phrase]] = {}
        """What pictures say, as long as they stay the same."""

    async def place(self, target: Control, areas: Sequence[Rect]) -> Seen:
        """Find the one place in some parts of the screen that looks as a target says, now.

        Raises:
            ConfigurationError: this robot cannot look, or the picture cannot be looked for.
            ElementNotFoundError: there is none.
            ElementAmbiguousError: there are several, and the target does not say which.
        """
        found, near = await self._look(target, areas)
        if target.found_index is not None:
            found = found[target.found_index - 1 : target.found_index]
        if not found:
            raise ElementNotFoundError(f"no place on the screen shows {target}; {near}")
        if len(found) > 1:
            raise _ambiguous(target, found)
        return found[0]

    async def places(self, target: Control, areas: Sequence[Rect]) -> list[Seen]:
        """Find all places that look as a target says, in reading order."""
        return (await self._look(target, areas))[0]

    async def _look(self, target: Control, areas: Sequence[Rect]) -> tuple[list[Seen], str]:
        """All places, and what comes near."""
        _refuse_blind()
        shots = [
            _Shot(area, await self._toolkit.screenshot(area)) for area in areas if min(area.width, area.height) > 0
        ]
        found, near = await (self._pictures(target, shots) if target.image else self._phrases(target.ocr or "", shots))
        found = sorted(found, key=lambda seen: (seen.rect.y, seen.rect.x))
        return _apart(found), near

    async def _pictures(self, target: Control, shots: Sequence[_Shot]) -> tuple[list[Seen], str]:
        found: list[Seen] = []
        best, near = 0.0, "nothing is"
        for shot in shots:
            like = await look_for(target.image or "", self._workspace, shot.content, confidence=target.confidence)
            found += [Seen(await shot.on_screen(match.box), "") for match in like.places]
            if like.best is not None and like.best.score > best:
                best, near = like.best.score, like.near(_at(await shot.on_screen(like.best.box)))
        return found, near

    async def _phrases(self, wanted: str, shots: Sequence[_Shot]) -> tuple[list[Seen], str]:
        found: list[Seen] = []
        read: list[str] = []
        for shot in shots:
            if shot.content not in self._read:
                self._read = {shot.content: await vision.phrases(shot.content)}
            for phrase in self._read[shot.content]:
                read.append(phrase.text)
                if vision.says(phrase.text, wanted):
                    found.append(Seen(await shot.on_screen(phrase.box), phrase.text))
        return found, _read_instead(wanted, read)


async def words_at(toolkit: Toolkit, area: Rect) -> str:
    """Read what a part of the screen says, line by line."""
    _refuse_blind()
    return "\n".join(phrase.text for phrase in await vision.phrases(await toolkit.screenshot(area)))


def _refuse_blind() -> None:
    if not vision.can_see():
        raise ConfigurationError(
            "targets by 'image' or 'ocr' need a robot that can look at its screen: "
            "run `pip install 'aether-rpa[vision]'` there, or say what the control is (control_type, name)"
        )


def _ambiguous(target: Control, found: Sequence[Seen]) -> ElementAmbiguousError:
    places = "; ".join(f"{number}. at {_at(seen.rect)}" for number, seen in enumerate(found[:_MOST_TOLD], start=1))
    return ElementAmbiguousError(
        f"{len(found)} places on the screen show {target}, but a target must be one: {places}; "
        "say where it is (within), or which one (found_index)",
        places=[{"x": s.rect.x, "y": s.rect.y, "width": s.rect.width, "height": s.rect.height} for s in found],
    )


def _apart(found: Sequence[Seen]) -> list[Seen]:
    """Without those that are seen twice, on pictures of windows that cover each other."""
    apart: list[Seen] = []
    for seen in found:
        if not any(_middle_on(seen.rect, other.rect) for other in apart):
            apart.append(seen)
    return apart


def _middle_on(one: Rect, other: Rect) -> bool:
    x, y = one.x + one.width // 2, one.y + one.height // 2
    return other.x <= x < other.x + other.width and other.y <= y < other.y + other.height


def _at(rect: Rect) -> str:
    return f"({rect.x}, {rect.y})"


def _read_instead(wanted: str, read: Sequence[str]) -> str:
    """What was read, that which comes closest first."""
    if not read:
        return "no words are read there"
    folded = {text.casefold(): text for text in read}
    close = [folded[each] for each in get_close_matches(wanted.casefold(), folded, n=_MOST_TOLD, cutoff=0)]
    return f"read there: {', '.join(map(repr, close))}; words must stand alone in their line, or apart from others"
