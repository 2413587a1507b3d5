"""What programs say of their controls, in UI Automation's words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from activities.drivers.desktop.atspi.bus import NULL, REGISTRY, ROOT, Bus
from activities.drivers.desktop.atspi.label import Labels
from activities.drivers.desktop.atspi.role import CHECKABLE, State, control_type, role_name
from activities.drivers.desktop.toolkit import StaleError, UnresponsiveError, UnsupportedError
from activities.sessions.desktop import Facts

MANY = 2000
"""Children up to which all are listed; a spreadsheet claims to have 2**31 - 1."""

_GTK4 = "GTK"
_CLASS_NAME = re.compile(r"(?:Gtk|Adw|Gdk|Hdy)[A-Z]\w*")
_CAMEL_CASE = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]+)+")
_SHEET = (20, 10)
"""Rows and columns of an endless table that are listed."""
_SAMPLE = 200
"""Children that are listed of what has too many and is no table."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program on the accessibility bus."""

    pid: int
    toolkit: str
    """What it is made with: `gtk` is GTK 3, `GTK` is GTK 4."""


class Reader:
    """Asks programs about their controls, many questions at a time."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._programs: dict[str, Program] = {}
        self._labels = Labels(bus)

    async def windows(self) -> Sequence[Facts]:
        """Top-level windows of all programs that answer."""
        programs = await self._listed(f"{REGISTRY} {ROOT}")
        found = await asyncio.gather(*(self._of_program(each) for each in programs))
        return [window for windows in found for window in windows]

    def silent(self) -> set[int]:
        """The processes of programs that did not answer just now."""
        return {program.pid for name, program in self._programs.items() if self._bus.is_silent(name)}

    async def children(self, ref: str) -> Sequence[Facts]:
        """The controls inside of one."""
        count = await self._bus.get(ref, "Accessible", "ChildCount")
        if not count:
            return []
        found = await self.all_facts(await self._listed(ref) if 0 < count <= MANY else await self._sample(ref))
        return await self._labels.name(found)

    async def all_facts(self, refs: Iterable[str]) -> Sequence[Facts]:
        """What is true of several controls; those that are gone by now are left out."""
        found = await asyncio.gather(*(self._facts_if_there(ref) for ref in refs))
        return [facts for facts in found if facts is not None]

    async def facts(self, ref: str) -> Facts:
        """What is true of a control."""
        program = await self.program(ref)
        (number,), name, (words,), count, own = await asyncio.gather(
            self._bus.call(ref, "Accessible", "GetRole"),
            self._bus.get(ref, "Accessible", "Name"),
            self._bus.call(ref, "Accessible", "GetState"),
            self._bus.get(ref, "Accessible", "ChildCount"),
            self._own_name(ref),
        )
        states = words[0] | (words[1] << 32 if len(words) > 1 else 0)
        role = role_name(number)
        if _has(states, State.DEFUNCT):
            raise StaleError("the control is gone")
        said, kind = _names(program, role, " ".join(str(name).split()))
        visible = _has(states, State.VISIBLE) and (program.toolkit == _GTK4 or _has(states, State.SHOWING))
        return Facts(
            ref=ref,
            control_type=control_type(role),
            name=said,
            automation_id=own,
            class_name=kind,
            enabled=_has(states, State.SENSITIVE) or _has(states, State.ENABLED),
            visible=visible and (role != "menu-bar" or await self._has_height(ref)),
            checked=_checked(role, states),
            selected=_has(states, State.SELECTED) if _has(states, State.SELECTABLE) else None,
            expanded=_has(states, State.EXPANDED) if _has(states, State.EXPANDABLE) else None,
            focused=_has(states, State.FOCUSED) or _has(states, State.ACTIVE),
            pid=program.pid,
            children=max(0, count),
        )

    async def editable(self, ref: str) -> bool | None:
        """Whether the text of a control can be changed; None of what has none that ever could be."""
        offered = await self.interfaces(ref)
        if "EditableText" not in offered and not {"Text", "Value", "Collection"} <= offered:  # a cell of LibreOffice
            return None
        return await self._is(ref, State.EDITABLE)

    async def blocker(self, ref: str) -> str | None:
        """The title of a modal dialog beside the window that a control is in; what pops up is before it."""
        own = await self.window(ref)
        if control_type(await self.role(own)) != "Window" or await self.role(own) == "window":
            return None
        others = [facts for facts in await self.children(f"{ref.partition(' ')[0]} {ROOT}") if facts.ref != own]
        for facts in others:
            if facts.visible and await self._is(facts.ref, State.MODAL):
                return None if await self._is(own, State.MODAL) else facts.name
        return None

    async def _is(self, ref: str, state: State) -> bool:
        ((low, *_),) = await self._bus.call(ref, "Accessible", "GetState")
        return _has(low, state)

    async def program(self, ref: str) -> Program:
        """The program that a control belongs to."""
        name = ref.partition(" ")[0]
        if name not in self._programs:
            pid = await self._bus.pid(name)
            try:
                toolkit = str(await self._bus.get(f"{name} {ROOT}", "Application", "ToolkitName"))
            except UnsupportedError:
                toolkit = ""
            self._programs[name] = Program(pid, toolkit)
        return self._programs[name]

    async def role(self, ref: str) -> str:
        """The role of a control."""
        (number,) = await self._bus.call(ref, "Accessible", "GetRole")
        return role_name(number)

    async def parent(self, ref: str) -> str | None:
        """The control it is in; None for what is in nothing."""
        name, path = await self._bus.get(ref, "Accessible", "Parent")
        return None if path in {NULL, ""} or name in {"", REGISTRY} else f"{name} {path}"

    async def window(self, ref: str) -> str:
        """The top-level window that a control is in."""
        at = ref
        while (above := await self.parent(at)) is not None and not above.endswith(f" {ROOT}"):
            at = above
        return at

    async def child(self, ref: str, index: int) -> str:
        """One of the controls inside of a control."""
        ((name, path),) = await self._bus.call(ref, "Accessible", "GetChildAtIndex", "i", (index,))
        if path == NULL:
            raise StaleError("the control is gone")
        return f"{name} {path}"

    async def interfaces(self, ref: str) -> set[str]:
        """What can be done with a control, in AT-SPI's words."""
        (names,) = await self._bus.call(ref, "Accessible", "GetInterfaces")
        return {str(name).rpartition(".")[2] for name in names}

    async def _of_program(self, ref: str) -> Sequence[Facts]:
        if self._bus.is_silent(ref.partition(" ")[0]):
            return []
        try:
            return await self.children(ref)
        except (StaleError, UnresponsiveError, UnsupportedError):
            return []

    async def _facts_if_there(self, ref: str) -> Facts | None:
        try:
            return await self.facts(ref)
        except (StaleError, UnsupportedError):
            return None

    async def _listed(self, ref: str) -> list[str]:
        (children,) = await self._bus.call(ref, "Accessible", "GetChildren")
        return [f"{name} {path}" for name, path in children if path != NULL]

    async def _sample(self, ref: str) -> list[str]:
        """Some of the controls inside of one that has too many: the upper left corner of a sheet."""
        if "Table" in await self.interfaces(ref):
            rows, columns = _SHEET
            return [await self.cell(ref, row, column) for row in range(rows) for column in range(columns)]
        return [await self.child(ref, index) for index in range(_SAMPLE)]

    async def cell(self, ref: str, row: int, column: int) -> str:
        """A cell of a table."""
        ((name, path),) = await self._bus.call(ref, "Table", "GetAccessibleAt", "ii", (row, column))
        if path == NULL:
            raise StaleError("the cell is gone")
        return f"{name} {path}"

    async def _own_name(self, ref: str) -> str:
        try:
            return str(await self._bus.get(ref, "Accessible", "AccessibleId"))
        except UnsupportedError:
            return ""

    async def _has_height(self, ref: str) -> bool:
        """Whether a menu bar is there to be seen: LibreOffice has a second one that is nothing but a list."""
        try:
            ((_, _, _, height),) = await self._bus.call(ref, "Component", "GetExtents", "u", (0,))
        except UnsupportedError:
            return True
        return bool(height > 0)


def _has(states: int, state: State) -> bool:
    return bool(states >> state & 1)


def _checked(role: str, states: int) -> bool | None:
    on = _has(states, State.CHECKED) or (role == "toggle-button" and _has(states, State.PRESSED))
    return on if role in CHECKABLE or on or _has(states, State.CHECKABLE) else None


def _names(program: Program, role: str, name: str) -> tuple[str, str]:
    """A control's name and class: GTK 4 says some names twice, and the class where there is no name."""
    if program.toolkit != _GTK4:
        return name, role
    if _CLASS_NAME.fullmatch(name) or (role == "filler" and _CAMEL_CASE.fullmatch(name)):
        return "", name
    half = name[: len(name) // 2]
    return (half if name == f"{half} {half}" else name), role
