"""Rows of cells as records, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from pydantic import JsonValue

Record: TypeAlias = dict[str, JsonValue]
Row: TypeAlias = list[JsonValue]
Records: TypeAlias = list[Record] | list[Row]
"""Mappings by column name, or plain rows where there is no header."""


DELIMITER = r'^[^"\r\n]$'
"""What may stand between two values of a CSV file: one character that means nothing else."""
DELIMITER_OR_AUTO = r'^([^"\r\n]|auto)$'
"""The same, or to find it out."""


def column_names(cells: Sequence[JsonValue]) -> list[str]:
    """Give each column one name of its own.

    A column without a name is named by its position (`column_3`), and the second `Amount` becomes `Amount_2`.
    """
    names: dict[str, int] = {}
    """The names given so far, and how often each was wanted."""
    for position, cell in enumerate(cells, start=1):
        wanted = " ".join(text_of(cell).split()) or f"column_{position}"
        name = wanted
        while name in names:
            names[wanted] += 1
            name = f"{wanted}_{names[wanted]}"
        names[name] = 1
    return list(names)


def columns_of(records: Iterable[Record]) -> list[str]:
    """List the keys of all records in the order in which they first appear."""
    return list(dict.fromkeys(key for record in records for key in record))


def text_of(cell: JsonValue) -> str:
    """Write a value as text: nothing for null, JSON for lists and mappings, whole numbers without a point."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:  # noqa: PLR2004 - from there, digits would be made up
            return str(int(cell))
        case list() | dict():
            return json.dumps(cell, ensure_ascii=False)
        case _:
            return str(cell)


def rows_of(records: Records, columns: Sequence[str] | None) -> tuple[list[str] | None, list[Row]]:
    """Give header and rows of records; without a header for plain rows that are given no column names."""
    mappings = [record for record in records if isinstance(record, dict)]
    if not mappings:
        rows = [list(record) for record in records]
        return (list(columns) if columns else None), rows
    names = list(columns) if columns else columns_of(mappings)
    return names, [[record.get(name) for name in names] for record in mappings]


def records_of(rows: Sequence[Row], *, header: bool) -> tuple[tuple[str, ...] | None, Records]:
    """Give the names of the columns and the records below them; without a header, no names and all rows."""
    if not header:
        return None, list(rows)
    names = tuple(column_names(rows[0] if rows else []))
    return names, [dict(zip(names, row, strict=True)) for row in rows[1:]]
