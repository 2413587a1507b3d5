"""Write `invoices.xlsx`: thirty invoices as a department would hand them in, six of them wrong.

    python make_invoices.py

The same workbook each time, down to the last byte of its sheet.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ledger import SUPPLIERS
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

WORKBOOK = Path(__file__).with_name("invoices.xlsx")
HEADER = ("Supplier", "Number", "Date", "Amount", "Currency", "Note")
WIDTHS = (12, 16, 13, 13, 10, 34)
NOTES = {
    "S-1001": "Paper and toner",
    "S-1002": "Window cleaning",
    "S-1003": "Night watch",
    "S-1004": "Pallets to Leeds",
    "S-1005": "Autumn brochures",
    "S-1006": "Board lunch",
    "S-1007": "Electricity",
    "S-1008": "Laptops, monthly rate",
}
MONEY = "#,##0.00"


@dataclass(frozen=True, slots=True)
class Row:
    """One invoice of the workbook."""

    supplier: str
    number: str
    date: date
    amount: float
    currency: str
    note: str


def rows() -> list[Row]:
    """Thirty invoices: two of unknown suppliers, two not above zero, two that repeat an earlier one."""
    wanted = list(_valid(count=30))
    wanted[6] = replace(wanted[6], supplier="S-1099")
    wanted[10] = replace(wanted[10], amount=-wanted[10].amount)
    wanted[15] = replace(wanted[15], supplier=wanted[3].supplier, number=wanted[3].number)
    wanted[18] = replace(wanted[18], supplier="X-2000")
    wanted[22] = replace(wanted[22], amount=0.0)
    wanted[27] = replace(wanted[12], note="Sent again")
    return wanted


def _valid(count: int) -> Iterator[Row]:
    dice = random.Random(2027)  # noqa: S311 - example figures, not secrets
    for place in range(count):
        supplier = dice.choice(sorted(SUPPLIERS))
        yield Row(
            supplier=supplier,
            number=f"RE-{4100 + 7 * place}",
            date=date(2026, 9, 1) + timedelta(days=dice.randrange(60)),
            amount=dice.randrange(2_500, 480_000) / 100,
            currency=dice.choice(["EUR", "EUR", "EUR", "USD", "GBP"]),
            note=dice.choice([NOTES[supplier], ""]),
        )


def write(path: Path, invoices: Sequence[Row]) -> None:
    """Write a workbook people would like to open."""
    workbook = Workbook()
    workbook.properties.creator = "Meridian accounts payable"
    workbook.properties.created = datetime(2026, 11, 2, 8, 0, tzinfo=UTC).replace(tzinfo=None)
    sheet = workbook.active
    assert sheet is not None  # noqa: S101 - a new workbook has one
    sheet.title = "Invoices"
    sheet.append(HEADER)
    for invoice in invoices:
        sheet.append(astuple(invoice))
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F5EFF")
    for line in sheet.iter_rows(min_row=2, min_col=4, max_col=4):
        line[0].number_format = MONEY
    for letter, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    workbook.save(path)


if __name__ == "__main__":
    write(WORKBOOK, rows())
