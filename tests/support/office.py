"""Documents for tests, and the processes in which they are opened."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import docx
import reportlab
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from activities.drivers.documents import documents_provider, ocr_provider
from activities.provider import Provider

if TYPE_CHECKING:
    from docx.document import Document

_FONT = Path(reportlab.__file__).with_name("fonts") / "Vera.ttf"

OFFICE = shutil.which("lowriter") and shutil.which("soffice")
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


def picture(lines: Sequence[str], *, size: int = 32, angle: float = 0.0, noise: float = 0.0) -> Image.Image:
    """Lines of text as a scanner sees them: a tab begins what stands on the right."""
    height = round(size * 1.8)
    page = Image.new("L", (1200, height * (len(lines) + 2)), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(_FONT, size)
    for number, line in enumerate(lines, start=1):
        left, _, right = line.partition("\t")
        pen.text((60, number * height), left, fill=0, font=font)
        pen.text((1140, number * height), right, fill=0, font=font, anchor="ra")
    page = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    return Image.blend(page, Image.effect_noise(page.size, 80), noise) if noise else page


def errors(text: str, truth: str) -> int:
    """How many characters must be added, taken away or changed; white space does not count."""
    left, right = ("".join(each.split()) for each in (text, truth))
    row = list(range(len(right) + 1))
    for number, mark in enumerate(left, start=1):
        before, row = row, [number]
        for place, other in enumerate(right, start=1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (mark != other)))
    return row[-1]


def png(image: Image.Image) -> bytes:
    """A picture as a file."""
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def receipt() -> bytes:
    """A scanned receipt."""
    return png(picture(["Receipt", "Net\t100,00", "Tax\t19,00", "Total\t119,00"]))


def label() -> bytes:
    """A label with a QR code and a bar code."""
    codes: Any = cv2.QRCodeEncoder.create().encode("R-4711")
    square = Image.fromarray(codes).resize((300, 300), Image.Resampling.NEAREST)
    page = Image.new("L", (900, 900), 255)
    page.paste(square, (80, 80))
    return png(page)


PAPERS: dict[str, Callable[[], bytes]] = {
    "invoice.pdf": invoice,
    "form.pdf": form,
    "receipt.png": receipt,
    "label.png": label,
}
"""What examples take for granted."""


def with_part(content: bytes, name: str, old: str, new: str) -> bytes:
    """A document with other XML in one of its parts: what Word writes and python-docx does not."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for each in source.namelist():
            text = source.read(each)
            target.writestr(each, text.decode().replace(old, new) if each == name else text)
    return buffer.getvalue()
