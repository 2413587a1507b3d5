"""Documents for tests, and the processes in which they are opened."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import docx
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from activities.drivers.documents import documents_provider, ocr_provider
from activities.provider import Provider

if TYPE_CHECKING:
    from docx.document import Document

OFFICE = shutil.which("soffice")
"""LibreOffice, if this machine has it."""


@cache
def documents() -> Provider[Any]:
    """One for all tests of a process: what it starts once stays."""
    return documents_provider()


@cache
def ocr() -> Provider[Any]:
    """The same for what reads pictures: it loads its models once."""
    return ocr_provider()


def saved(document: Document) -> bytes:
    """A Word document as a file."""
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def opened(content: bytes) -> Document:
    """A file as a Word document."""
    return docx.Document(BytesIO(content))


def pdf(*pages: Sequence[str], password: str | None = None) -> bytes:
    """A PDF file with lines of text; a tab begins what stands on the right."""
    buffer = BytesIO()
    sheet = Canvas(buffer, pagesize=A4, encrypt=password)
    for lines in pages:
        for number, line in enumerate(lines):
            left, _, right = line.partition("\t")
            sheet.drawString(72, 770 - 20 * number, left)
            sheet.drawRightString(520, 770 - 20 * number, right)
        sheet.showPage()
    sheet.save()
    return buffer.getvalue()


def invoice() -> bytes:
    """An invoice of two pages, with a table that goes on over both."""
    buffer = BytesIO()
    rows = [["Item", "Price"], ["Pen", "1,10 €"], ["Ink", "4,00 €"], *([f"Cap {n}", "2,50 €"] for n in range(40))]
    table = Table(rows, repeatRows=1, style=[("GRID", (0, 0), (-1, -1), 0.5, "black")])
    words = getSampleStyleSheet()["Normal"]
    parts = [Paragraph("Invoice R-4711", words), Paragraph("Total: 105,10 €", words), table]
    SimpleDocTemplate(buffer, pagesize=A4, title="Invoice").build(parts)
    return buffer.getvalue()


def form() -> bytes:
    """A form with fields of all kinds."""
    buffer = BytesIO()
    sheet = Canvas(buffer, pagesize=A4)
    fields = sheet.acroForm
    fields.textfield(name="name", x=50, y=750, width=300, maxlen=20)
    fields.checkbox(name="news", x=50, y=700)
    for number, size in enumerate("SM"):
        fields.radio(name="size", value=size, x=50 + 40 * number, y=650)
    fields.choice(name="country", options=["Austria", "Peru"], value="Peru", x=50, y=600, width=200)
    fields.listbox(
        name="extras", options=["a", "b", "c"], value="a", x=50, y=500, width=90, height=60, fieldFlags="multiSelect"
    )
    sheet.showPage()
    sheet.save()
    return buffer.getvalue()


PAPERS = {"invoice.pdf": invoice, "form.pdf": form}
"""What examples take for granted."""


def with_part(content: bytes, name: str, old: str, new: str) -> bytes:
    """A document with other XML in one of its parts: what Word writes and python-docx does not."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for each in source.namelist():
            text = source.read(each)
            target.writestr(each, text.decode().replace(old, new) if each == name else text)
    return buffer.getvalue()
