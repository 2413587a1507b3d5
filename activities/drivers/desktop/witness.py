"""What shows how a step on a desktop went: a picture of its screen, and what its programs said of themselves."""

from __future__ import annotations

import asyncio
import html
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from activities.drivers.desktop.host import DesktopHost, HeldDesktop
from activities.drivers.desktop.toolkit import StaleError, Toolkit, UnresponsiveError, UnsupportedError
from activities.evidence import EvidenceStore
from activities.secrets import masked
from activities.sessions.desktop import Facts, Rect
from workflows.call import FileEntry, StepCall

_LOOK_TIME = 2.5
"""Seconds programs have to tell what they show."""
_MOST = 1500
"""Controls."""
_HOLDERS = frozenset({"ComboBox", "DataItem", "Document", "Edit", "Slider", "Spinner"})
"""What has a value besides its name."""
_UNKNOWN = (StaleError, UnsupportedError, UnresponsiveError)


@dataclass(frozen=True, slots=True)
class _Seen:
    depth: int
    facts: Facts
    value: str

    @property
    def secret(self) -> bool:
        """Whether a secret is to be read there."""
        return any(masked(text) != text for text in (self.facts.name, self.value))

    @property
    def line(self) -> str:
        facts = self.facts
        states = {"disabled": not facts.enabled, "checked": facts.checked, "selected": facts.selected}
        said = [
            facts.control_type,
            repr(facts.name) if facts.name else "",
            f"#{facts.automation_id}" if facts.automation_id else "",
            f"= {self.value!r}" if self.value and self.value != facts.name else "",
            *(state for state, true in states.items() if true),
        ]
        return "  " * self.depth + " ".join(filter(None, said))


class DesktopWitness:
    """Looks at the desktop of a step that has ended.

    Secrets are taken out of what programs say, and covered where they are to be seen. A step that failed while it
    entered one may have left half of it, which nobody can find: from then on there are neither pictures nor values.
    """

    def __init__(self, host: DesktopHost, store: EvidenceStore) -> None:
        self._host = host
        self._store = store

    def failed(self, call: StepCall) -> None:
        """Learn that a step did not come to its end."""
        held = self._host.known(call.session.id) if call.session is not None else None
        if held is not None and call.secrets:
            held.secretive = True

    async def evidence(self, call: StepCall) -> AsyncIterator[tuple[str, FileEntry]]:
        """Give what there is as it is found."""
        held = self._host.known(call.session.id) if call.session is not None else None
        if held is None or held.lost_because is not None:
            return
        seen: list[_Seen] = []
        whole = await _look(held, seen)
        entry = await self._store.keep("source", await asyncio.to_thread(masked_page, seen))
        if entry is not None:
            yield "source", entry
        if held.secretive or (call.known and not whole):  # a secret may be where nobody has looked
            return
        picture = await _picture(held.line.toolkit, [each for each in seen if each.secret])
        entry = await self._store.keep("screenshot", picture) if picture is not None else None
        if entry is not None:
            yield "screenshot", entry


def masked_page(seen: Sequence[_Seen]) -> bytes:
    """A page for browsers, with a line for each control."""
    text = masked("\n".join(each.line for each in seen))
    return f"<!doctype html><meta charset=utf-8><pre>{html.escape(text)}</pre>\n".encode(errors="replace")


async def _look(held: HeldDesktop, seen: list[_Seen]) -> bool:
    """Note what programs show, as far as they tell in time; whether that was all."""
    toolkit = held.line.toolkit
    try:
        async with asyncio.timeout(_LOOK_TIME):
            for window in await toolkit.windows():
                await _look_into(toolkit, window, 0, seen, values=not held.secretive)
    except (TimeoutError, UnresponsiveError, OSError):
        return False
    return len(seen) < _MOST


async def _look_into(toolkit: Toolkit, facts: Facts, depth: int, seen: list[_Seen], *, values: bool) -> None:
    if not facts.visible or len(seen) >= _MOST:
        return
    value = ""
    if values and facts.control_type in _HOLDERS:
        try:
            value = await toolkit.value(facts.ref)
        except (StaleError, UnsupportedError):
            value = ""
    seen.append(_Seen(depth, facts, value))
    try:
        children = await toolkit.children(facts.ref)
    except (StaleError, UnsupportedError):
        return
    for child in children:
        await _look_into(toolkit, child, depth + 1, seen, values=values)


async def _picture(toolkit: Toolkit, secret: Sequence[_Seen]) -> bytes | None:
    try:
        async with asyncio.timeout(_LOOK_TIME):
            covers = [await toolkit.rect(each.facts.ref) for each in secret]
            picture = await toolkit.screenshot(None)
    except (*_UNKNOWN, TimeoutError, OSError):
        return None
    return await asyncio.to_thread(_covered, picture, covers) if covers else picture


def _covered(picture: bytes, covers: Sequence[Rect]) -> bytes:
    from PIL import Image, ImageDraw  # noqa: PLC0415 - an extra

    with Image.open(io.BytesIO(picture)) as image:
        draw = ImageDraw.Draw(image)
        for rect in covers:
            draw.rectangle((rect.x, rect.y, rect.x + rect.width, rect.y + rect.height), fill="black")
        content = io.BytesIO()
        image.save(content, "PNG")
    return content.getvalue()
