"""The cells of tables."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from activities.drivers.desktop.atspi.action import Actor
from activities.drivers.desktop.atspi.bus import NULL, Bus
from activities.drivers.desktop.atspi.reader import MANY, Reader
from activities.drivers.desktop.atspi.role import control_type
from activities.drivers.desktop.toolkit import StaleError, UnsupportedError
from activities.sessions.desktop import Facts

_ROWLESS = {"Button", "CheckBox", "Edit", "Hyperlink", "Image", "RadioButton", "Slider", "Spinner", "Text"}
"""What is no table, and not an empty one either."""
_WIDEST = 64
"""Columns of a sheet without end that are read."""
_BLANK_ROWS = 20
"""Empty rows of a sheet without end after which nothing more is expected."""
_BLOCK = 10
"""Rows that are asked for at the same time."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Reads tables cell by cell."""

    bus: Bus
    reader: Reader
    actor: Actor

    async def rows(self, ref: str, most: int) -> list[list[str]]:
        """The cells of a table, its header first if one is to be seen."""
        if "Table" not in await self.reader.interfaces(ref):
            return await self._listed(ref, most)
        height, width = await asyncio.gather(
            self.bus.get(ref, "Table", "NRows"), self.bus.get(ref, "Table", "NColumns")
        )
        endless = height * width > MANY * MANY
        header = [] if endless else await self._header(ref, width)
        rows = await self._cells(ref, min(height, most), min(width, _WIDEST) if endless else width, endless=endless)
        return [*header, *(_trimmed(rows) if endless else rows)][:most]

    async def cell(self, ref: str, name: str) -> Facts | None:
        """A cell of a spreadsheet by its name, e.g. `B7`."""
        place = _place(name)
        if place is None or "Table" not in await self.reader.interfaces(ref):
            return None
        try:
            found = await self.reader.facts(await self.reader.cell(ref, *place))
        except (StaleError, UnsupportedError):
            return None
        return found if found.name == name else None

    async def _cells(self, ref: str, height: int, width: int, *, endless: bool) -> list[list[str]]:
        rows: list[list[str]] = []
        for first in range(0, height, _BLOCK):
            block = range(first, min(first + _BLOCK, height))
            rows += await asyncio.gather(*(self._row(ref, row, width) for row in block))
            if endless and not any(any(row) for row in rows[-_BLANK_ROWS:]):
                break
        return rows

    async def _row(self, ref: str, row: int, width: int) -> list[str]:
        return [*await asyncio.gather(*(self._text(ref, row, column) for column in range(width)))]

    async def _text(self, ref: str, row: int, column: int) -> str:
        try:
            return " ".join((await self.actor.value(await self.reader.cell(ref, row, column))).split())
        except (StaleError, UnsupportedError):
            return ""

    async def _header(self, ref: str, width: int) -> list[list[str]]:
        """The names of the columns, if their header is to be seen."""
        names: list[str] = []
        for column in range(width):
            ((name, path),) = await self.bus.call(ref, "Table", "GetColumnHeader", "i", (column,))
            if path == NULL:
                return []
            facts = await self.reader.facts(f"{name} {path}")
            if not facts.visible:
                return []
            names.append(facts.name)
        return [names] if any(names) else []

    async def _listed(self, ref: str, most: int) -> list[list[str]]:
        """A list of rows, each with its cells inside of it."""
        rows: list[list[str]] = []
        listed = await self.reader.children(ref)
        if not listed and control_type(await self.reader.role(ref)) in _ROWLESS:
            raise UnsupportedError("the control has no rows")
        for row in listed[:most]:
            cells = await self.reader.children(row.ref) if row.children else [row]
            rows.append([cell.name or await self.actor.value(cell.ref) for cell in cells])
        return rows


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Without the empty rows and columns at the end."""
    used = [number for number, row in enumerate(rows, start=1) if any(row)]
    width = max((column for row in rows for column, cell in enumerate(row, start=1) if cell), default=0)
    return [row[:width] for row in rows[: max(used, default=0)]]


def _place(name: str) -> tuple[int, int] | None:
    """Row and column, from 0, of a cell's name."""
    letters = name.rstrip("0123456789")
    digits = name[len(letters) :]
    if not digits or not 1 <= len(letters) <= 3 or not (letters.isascii() and letters.isupper()):  # noqa: PLR2004
        return None
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1
