"""Write the three invoices of this example as PDF files, as suppliers' programs would.

    python make_invoices.py DIRECTORY

Needs reportlab, which `make setup` brings.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas


@dataclass(frozen=True, slots=True)
class Invoice:
    """What one says."""

    supplier: str
    number: str
    order: str
    amount: str
    item: str


INVOICES = (
    Invoice("Meridian Paper", "MP-2041", "PO-1001", "1240.50", "Paper, 40 boxes"),
    Invoice("Northway Cleaning", "NC-773", "PO-1002", "389.00", "Windows, October"),
    Invoice("Harbour Logistics", "HL-9-118", "PO-1003", "2075.25", "Pallets to Leeds"),
)


def write(invoice: Invoice, path: Path) -> None:
    """Write one page."""
    page = Canvas(str(path), pagesize=A4, invariant=1)
    page.setTitle(f"Invoice {invoice.number}")
    page.setFont("Helvetica-Bold", 18)
    page.drawString(25 * mm, 265 * mm, invoice.supplier)
    page.setFont("Helvetica", 11)
    lines = (
        f"Invoice number: {invoice.number}",
        f"Your order: {invoice.order}",
        "",
        invoice.item,
        "",
        f"Amount due: {invoice.amount} EUR",
    )
    for number, line in enumerate(lines):
        page.drawString(25 * mm, (245 - 8 * number) * mm, line)
    page.save()


def main(arguments: list[str]) -> None:
    """Write all of them."""
    folder = Path(arguments[0] if arguments else ".")
    for invoice in INVOICES:
        write(invoice, folder / f"{invoice.number}.pdf")


if __name__ == "__main__":
    main(sys.argv[1:])
