"""Workbooks (.xlsx, .xlsm) that are written or changed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from activities.formats.excel.address import area_of
from activities.formats.excel.book import is_office_file, refuse_strict
from activities.formats.excel.new_sheet import NewSheet
from workflows.errors import AetherError, InvalidFileError

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Losses: TypeAlias = Literal["refuse", "accept"]
"""Whether a workbook is changed although that drops parts of it."""

LARGEST_EDITED = 50 * 1024 * 1024
"""Unpacked, in bytes: a workbook that is changed is in memory as a whole, at more than ten times that."""
_MOST_MERGED = 1_500_000
"""More than a whole column: each is an object in memory."""
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([^\"']*)")
_MACROS = "xl/vbaProject.bin"
_LOST = {
    "charts": "xl/charts/",
    "pictures": "xl/media/",
    "drawings": "xl/drawings/drawing",
    "form controls": "xl/ctrlProps/",
    "slicers": "xl/slicers/",
    "threaded comments": "xl/threadedComments/",
    "queries": "xl/queryTables/",
    "connections": "xl/connections.xml",
    "a data model": "xl/model/",
    "timelines": "xl/timelines/",
    "embedded files": "xl/embeddings/",
    "formulas that give several cells": "xl/metadata.xml",
    "check boxes": "xl/featurePropertyBag/",
    "macro sheets": "xl/macrosheets/",
    "dialogs": "xl/dialogsheets/",
}
_LOST_IN_SHEETS = {
    "sparklines": b"sparklineGroup",
    "conditional formats of newer kinds": b"x14:cfRule",
    "choices from other sheets": b"x14:dataValidation",
}
"""What Excel keeps in extensions of a sheet."""


@dataclass(frozen=True, slots=True)
class Change:
    """Which workbook to change, and where to write what comes of it."""

    before: Path | None
    """The workbook there is; None to make one."""
    target: Path
    shown_as: str
    losses: Losses = "refuse"


@contextmanager
def changed(change: Change) -> Iterator[Workbook]:
    """Lend a workbook to change; it is written at the end of the block.

    Formulas and macros are kept. What formulas gave is not: they are calculated when Excel opens the workbook.

    Raises:
        InvalidFileError: it is none that can be changed, or would lose something.
    """
    workbook = _new(change) if change.before is None else _loaded(change.before, change)
    yield workbook
    if not workbook.worksheets:
        raise InvalidFileError(f"{change.shown_as!r} would have no sheet left; a workbook needs one")
    workbook.calculation.fullCalcOnLoad = True
    workbook.save(change.target)


def write_sheet(change: Change, sheet: NewSheet) -> None:
    """Write a workbook of one sheet, or add or replace that sheet in the workbook there is."""
    from activities.formats.excel.fill import fill  # noqa: PLC0415 - slow to load

    with changed(change) as workbook:
        position = len(workbook.sheetnames)
        for old in [each for each in workbook.worksheets if each.title.casefold() == sheet.name.casefold()]:
            position = workbook.index(old)
            workbook.remove(old)
        fill(workbook.create_sheet(sheet.name, position), sheet)


def worksheet_of(workbook: Workbook, name: str | None, *, shown_as: str) -> Worksheet:
    """Find a sheet by its name in any case; the first one by default.

    Raises:
        InvalidFileError: there is none of this name.
    """
    sheets: Sequence[Worksheet] = workbook.worksheets
    if name is None:
        return sheets[0]
    found = [each for each in sheets if each.title.casefold() == name.casefold()]
    if not found:
        names = ", ".join(repr(each.title) for each in sheets)
        raise InvalidFileError(f"{shown_as!r} has no sheet {name!r}; it has {names}")
    return next((each for each in found if each.title == name), found[0])


def _new(change: Change) -> Workbook:
    if change.shown_as.lower().endswith(".xlsm"):
        raise InvalidFileError(
            f"there is no {change.shown_as!r} to change; a workbook with macros is made in Excel, so write one of the "
            "type .xlsx"
        )
    from openpyxl.workbook.workbook import Workbook  # noqa: PLC0415 - slow to load

    workbook = Workbook()
    for empty in workbook.worksheets:
        workbook.remove(empty)
    return workbook


def _loaded(path: Path, change: Change) -> Workbook:
    try:
        return _load(path, change)
    except AetherError:
        raise
    except Exception as error:  # a broken file trips openpyxl anywhere
        raise InvalidFileError(
            f"{change.shown_as!r} is no workbook (.xlsx, .xlsm) that can be changed; open it in Excel and save it"
        ) from error


def _load(path: Path, change: Change) -> Workbook:
    if is_office_file(path):
        raise InvalidFileError(
            f"{change.shown_as!r} is protected by a password, or of the old format .xls: it can be read but not "
            "changed; save it without, as .xlsx"
        )
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        _check_size(archive, change.shown_as)
        parts = [archive.read(name) for name in names]
    _check_merged(parts, change.shown_as)
    lost = [what for what, start in _LOST.items() if any(name.startswith(start) for name in names)]
    lost += [what for what, mark in _LOST_IN_SHEETS.items() if any(mark in part for part in parts)]
    if lost and change.losses == "refuse":
        raise InvalidFileError(
            f"{change.shown_as!r} holds {' and '.join(lost)}, which are lost when it is changed; write to a workbook "
            "of its own, or set 'losses: accept'"
        )
    refuse_strict(path, shown_as=change.shown_as)
    from openpyxl import load_workbook  # noqa: PLC0415 - slow to load

    with path.open("rb") as file:
        return load_workbook(file, keep_vba=_MACROS in names, rich_text=True)


def _check_size(archive: zipfile.ZipFile, shown_as: str) -> None:
    size = sum(part.file_size for part in archive.infolist())
    if size > LARGEST_EDITED:
        raise InvalidFileError(
            f"{shown_as!r} unpacks to {size // 2**20} MiB, more than the {LARGEST_EDITED // 2**20} MiB a robot takes "
            "into its memory; split it"
        )


def _check_merged(parts: Iterable[bytes], shown_as: str) -> None:
    """Refuse what openpyxl would make a cell each of: one line of a file can merge a whole sheet."""
    found = (each for part in parts for each in _MERGED.findall(part))
    merged = sum(area_of(each.decode()).size for each in found)
    if merged > _MOST_MERGED:
        raise InvalidFileError(
            f"{shown_as!r} merges {merged} cells, more than the {_MOST_MERGED} a robot takes into its memory; merge "
            "only cells that hold something"
        )
