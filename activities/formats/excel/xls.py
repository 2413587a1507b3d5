"""Workbooks in Excel's binary formats: the old `.xls`, and `.xlsb`.

The values come from calamine. It leaves out errors such as `#N/A`, and in `.xlsb` which cells are merged; both are
found by going through the records of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import python_calamine as calamine
from typing_extensions import override

from activities.formats.excel.values import Area, Book, Cells, Uncalculated
from workflows.errors import InvalidFileError

_MOST_CELLS = 5_000_000
"""calamine makes a place for every cell between the first and the last one."""


@dataclass(slots=True)
class Traces:
    """What the records of one sheet tell beside its values."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    """What cells with errors show, by row and column."""
    uncalculated: list[tuple[int, int]] = field(default_factory=list)
    """The cells with formulas that nobody has calculated."""
    merged: list[Area] = field(default_factory=list)
    top: int | None = None
    """The first row with a cell, and so on."""
    bottom: int = 0
    left: int = 0
    right: int = 0

    def take(self, row: int, column: int) -> None:
        """Note that there is a cell."""
        if self.top is None:
            self.top, self.left = row, column
        self.top, self.bottom = min(self.top, row), max(self.bottom, row)
        self.left, self.right = min(self.left, column), max(self.right, column)

    @property
    def spread(self) -> int:
        """How many cells the rectangle has that holds all cells."""
        return 0 if self.top is None else Area(self.top, self.left, self.bottom, self.right).size


@contextmanager
def open_binary(path: Path, traces: Mapping[str, Traces], *, shown_as: str) -> Iterator[Book]:
    """Open a workbook of which the records have been gone through."""
    for sheet, found in traces.items():
        if found.spread > _MOST_CELLS:
            raise InvalidFileError(
                f"sheet {sheet!r} of {shown_as!r} spans {found.spread} cells, more than the {_MOST_CELLS} a robot "
                "takes into its memory; split it, or save it as .xlsx"
            )
    with calamine.load_workbook(path) as workbook:
        yield _Binary(workbook, traces)


class _Binary(Book):
    def __init__(self, workbook: calamine.CalamineWorkbook, traces: Mapping[str, Traces]) -> None:
        self._workbook = workbook
        self._traces = traces
        self._sheets = {
            each.name: each.visible != calamine.SheetVisibleEnum.Visible
            for each in workbook.sheets_metadata
            if each.typ == calamine.SheetTypeEnum.WorkSheet
        }

    @property
    @override
    def sheets(self) -> Sequence[str]:
        return tuple(self._sheets)

    @property
    @override
    def tells_formulas(self) -> bool:
        return False

    @override
    def is_hidden(self, sheet: str) -> bool:
        return self._sheets[sheet]

    @override
    def rows(self, sheet: str, *, formulas: bool = False) -> Iterator[tuple[int, Cells]]:
        worksheet = self._workbook.get_sheet_by_name(sheet)
        traces = self._traces.get(sheet, Traces())
        untold: dict[int, Cells] = {}
        for (row, column), text in traces.errors.items():
            untold.setdefault(row, {})[column] = text
        for row, column in traces.uncalculated:
            untold.setdefault(row, {})[column] = Uncalculated()
        top, left = worksheet.start or (0, 0)
        for number, cells in enumerate(worksheet.to_python(skip_empty_area=True), start=top + 1):
            values: Cells = {column: cell for column, cell in enumerate(cells, start=left + 1) if cell != ""}
            values.update(untold.get(number, {}))
            if values:
                yield number, values

    @override
    def merged(self, sheet: str) -> Sequence[Area]:
        own = self._workbook.get_sheet_by_name(sheet).merged_cell_ranges
        if own is None:
            return self._traces.get(sheet, Traces()).merged
        return [Area(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in own]

    @override
    def names(self) -> Mapping[str, tuple[str, Area]]:
        return {}
