"""The sheets of a workbook as a whole: what there are, and how they are added, renamed, copied and removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.formats.excel.address import range_of
from activities.formats.excel.book import Workbook, opened
from activities.formats.excel.edit import Change, changed, worksheet_of
from activities.formats.excel.values import Area, Book
from workflows.errors import InvalidFileError

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook as OpenWorkbook


@dataclass(frozen=True, slots=True)
class Outline:
    """What one sheet is like."""

    name: str
    hidden: bool
    rows: int
    """How many rows hold anything."""
    range: str | None
    """The smallest rectangle with all cells that hold anything."""


def outlines(workbook: Workbook) -> list[Outline]:
    """Describe each sheet."""
    with opened(workbook) as book:
        return [_outline(book, sheet) for sheet in book.sheets]


def names_in(workbook: Workbook) -> dict[str, str]:
    """List the tables and ranges that have names, with where they are."""
    with opened(workbook) as book:
        return {name: f"{sheet}!{range_of(area)}" for name, (sheet, area) in book.names().items()}


def _outline(book: Book, sheet: str) -> Outline:
    count, top, bottom = 0, 1, 0
    columns: set[int] = set()
    for number, cells in book.rows(sheet, formulas=True):
        top = top if count else number
        bottom = number
        count += 1
        columns.update(cells)
    used = range_of(Area(top, min(columns), bottom, max(columns))) if columns else None
    return Outline(sheet, book.is_hidden(sheet), count, used)


def add_sheet(change: Change, name: str) -> list[str]:
    """Add an empty sheet behind the others; give all names."""
    with changed(change) as workbook:
        _refuse_taken(workbook, name, change.shown_as)
        workbook.create_sheet(name)
        return workbook.sheetnames


def rename_sheet(change: Change, name: str, to: str) -> list[str]:
    """Give a sheet another name, also where formulas name it."""
    from activities.formats.excel.rename import rename_references  # noqa: PLC0415 - slow to load

    with changed(change) as workbook:
        worksheet = worksheet_of(workbook, name, shown_as=change.shown_as)
        if worksheet.title.casefold() != to.casefold():
            _refuse_taken(workbook, to, change.shown_as)
        rename_references(workbook, worksheet.title, to)
        worksheet.title = "-"  # else openpyxl takes the name for taken, where only its case changes
        worksheet.title = to
        return workbook.sheetnames


def copy_sheet(change: Change, name: str, to: str) -> list[str]:
    """Copy a sheet under a new name, behind the others."""
    with changed(change) as workbook:
        _refuse_taken(workbook, to, change.shown_as)
        workbook.copy_worksheet(worksheet_of(workbook, name, shown_as=change.shown_as)).title = to
        return workbook.sheetnames


def delete_sheet(change: Change, name: str) -> list[str]:
    """Remove a sheet; it is fine if there is none of this name."""
    with changed(change) as workbook:
        for old in [each for each in workbook.worksheets if each.title.casefold() == name.casefold()]:
            workbook.remove(old)
        return workbook.sheetnames


def _refuse_taken(workbook: OpenWorkbook, name: str, shown_as: str) -> None:
    if name.casefold() in {title.casefold() for title in workbook.sheetnames}:
        raise InvalidFileError(f"{shown_as!r} already has a sheet {name!r}; choose another name, or delete it first")
