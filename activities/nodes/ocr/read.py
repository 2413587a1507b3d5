"""Read the text in a picture."""

from __future__ import annotations

from datetime import timedelta
from statistics import fmean

from pydantic import Field

from activities.formats.fields import Expression
from activities.formats.ocr.reading import SheetText, read_scan
from activities.formats.ocr.sheets import Scan
from activities.node import Result, node
from activities.sessions.documents import OCR, OnScan, Workshop
from workflows.spec import Effect


class Read(OnScan):
    """What to read, and how."""

    fields: dict[str, Expression] = Field(default_factory=dict)
    """Regular expressions of single values by their names; a value is what the first parentheses hold."""
    min_confidence: float = Field(default=0.5, ge=0, le=1)
    """What the reader is less sure of is left out."""


class Line(Result):
    """What stands together in one line."""

    text: str
    """What it says."""
    confidence: float
    """How sure the reader is of that, from 0 to 1."""
    left: int
    """Where it begins, in pixels of the page."""
    top: int
    """The same from above."""
    width: int
    """In pixels."""
    height: int
    """In pixels."""


class Page(Result):
    """One page."""

    page: int
    """Its number, from 1."""
    text: str
    """What it says."""
    lines: tuple[Line, ...]
    """What it says piece by piece, in the order of the text."""
    width: int
    """How wide its picture is, in pixels."""
    height: int
    """How high its picture is, in pixels."""
    turned: int
    """By how many degrees clockwise it was turned to be read; places are those on the turned page."""


class Text(Result):
    """What was read."""

    text: str
    """All pages, one after the other."""
    fields: dict[str, str | None]
    """The values that were looked for by their names; null for what is not there."""
    confidence: float | None
    """How sure the reader is on average; null if there is no text."""
    pages: tuple[Page, ...]
    """Each page."""


@node("ocr.read", needs=OCR, effect=Effect.READ, timeout=timedelta(minutes=5), label="path")
async def read(workshop: Workshop, params: Read) -> Text:
    r"""Read the text in a picture, or on pages of a PDF file that are only pictures.

    Text comes in the order in which a person reads it: what stands side by side is one line, with a tab where there is
    room between. Pages may be askew, upside down or on their side. Only Latin letters (and Chinese and Japanese) are
    read: of Greek, Cyrillic or Arabic, nothing is seen, and the confidence does not tell. A page takes a few seconds.

    ```yaml
    - id: receipt
      do: ocr.read
      with:
        path: receipt.png
        fields: {total: 'Total\s+([\d.,]+)'}
    - assert: "${{ number(receipt.fields.total, decimal=',') == 119 and receipt.confidence > 0.9 }}"
    ```
    """
    async with workshop.files.reading(params.path) as path:
        scan = Scan(path, params.password, params.path, params.pages, params.dpi)
        read = await workshop.do(read_scan, scan, params.fields, least=params.min_confidence)
    sure = [line.confidence for sheet in read.sheets for line in sheet.lines]
    return Text(
        text=read.text,
        fields=read.fields,
        confidence=round(fmean(sure), 3) if sure else None,
        pages=tuple(map(_page, read.sheets)),
    )


def _page(sheet: SheetText) -> Page:
    lines = (
        Line(
            text=line.text,
            confidence=line.confidence,
            left=line.left,
            top=line.top,
            width=line.width,
            height=line.height,
        )
        for line in sheet.lines
    )
    return Page(
        page=sheet.number,
        text=sheet.text,
        lines=tuple(lines),
        width=sheet.width,
        height=sheet.height,
        turned=sheet.turned,
    )
