"""Rows added to a sheet below those it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.formats.excel.address import area_of, range_of
from activities.formats.excel.edit import Change, changed, worksheet_of
from activities.formats.excel.new_sheet import NewSheet
from activities.formats.excel.values import Area, unescaped
from activities.table import Records, Row, column_names, rows_of
from workflows.errors import InvalidFileError

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_FIRST_SHEET = "Sheet1"


def append_rows(change: Change, name: str | None, records: Records) -> tuple[str, range]:
    """Add records to a sheet; give its name and the numbers of the new rows.

    Raises:
        InvalidFileError: a record has a key that no column is named by.
    """
    from activities.formats.excel.fill import fill, put  # noqa: PLC0415 - slow to load

    with changed(change) as workbook:
        titles = {each.title.casefold() for each in workbook.worksheets}
        if not titles or (name is not None and name.casefold() not in titles):
            worksheet = workbook.create_sheet(name or _FIRST_SHEET)
        else:
            worksheet = worksheet_of(workbook, name, shown_as=change.shown_as)
        last = last_row(worksheet)
        if last == 0:
            header, rows = rows_of(records, None)
            fill(worksheet, NewSheet(worksheet.title, header, rows))
            first = 2 if header else 1
            return worksheet.title, range(first, first + len(rows))
        _refuse_totals(worksheet, last, change.shown_as)
        rows = _arranged(worksheet, records, change.shown_as)
        for number, row in enumerate(rows, start=last + 1):
            for column, value in enumerate(row, start=1):
                above = worksheet.cell(last, column)
                put(worksheet, number, column, value, above.number_format)
                if last > 1:
                    worksheet.cell(number, column)._style = above._style  # noqa: SLF001 - a whole look at once
        _grow_tables(worksheet, last, len(rows))
        return worksheet.title, range(last + 1, last + 1 + len(rows))


def last_row(worksheet: Worksheet) -> int:
    """Find the last row that holds anything; 0 if none does."""
    for number in range(worksheet.max_row, 0, -1):
        if any(cell.value is not None for cell in worksheet[number]):
            return number
    return 0


def _refuse_totals(worksheet: Worksheet, last: int, shown_as: str) -> None:
    """Refuse to write below a row of totals: it would count as one of the rows, and the last row as the totals."""
    for table in worksheet.tables.values():
        if table.totalsRowCount and area_of(table.ref).bottom == last:
            raise InvalidFileError(
                f"the table {table.name!r} in sheet {worksheet.title!r} of {shown_as!r} ends with a row of totals, so "
                "nothing can be added below it; switch the totals off in Excel, or use 'excel.write_cells'"
            )


def _arranged(worksheet: Worksheet, records: Records, shown_as: str) -> list[Row]:
    """Put the values of records under the columns of their names."""
    if all(isinstance(record, list) for record in records):
        return rows_of(records, None)[1]
    first = next(worksheet.iter_rows(max_row=1, values_only=True))
    names = column_names([None if value is None else unescaped(str(value)) for value in first])
    unknown = {key: None for record in records if isinstance(record, dict) for key in record if key not in names}
    if unknown:
        raise InvalidFileError(
            f"sheet {worksheet.title!r} of {shown_as!r} has no column {', '.join(map(repr, unknown))}; its first row "
            f"names {', '.join(map(repr, names))}"
        )
    return rows_of(records, names)[1]


def _grow_tables(worksheet: Worksheet, last: int, count: int) -> None:
    """Let the tables that ended with the last row go on to the new one."""
    for table in worksheet.tables.values():
        area = area_of(table.ref)
        if area.bottom == last:
            grown = Area(area.top, area.left, last + count, area.right)
            table.ref = range_of(grown)
            if table.autoFilter is not None:
                table.autoFilter.ref = table.ref
