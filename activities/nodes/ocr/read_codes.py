"""Read the codes in a picture."""

from __future__ import annotations

from datetime import timedelta

from activities.formats.ocr.codes import CodeKind
from activities.formats.ocr.codes import read_codes as read_codes_of
from activities.formats.ocr.sheets import Scan
from activities.node import Result, node
from activities.sessions.documents import OCR, OnScan, Workshop
from workflows.spec import Effect


class ReadCodes(OnScan):
    """Where to look for codes."""


class Code(Result):
    """One code."""

    page: int
    """The number of the page, from 1."""
    kind: CodeKind
    """Whether it is a QR code or a bar code."""
    text: str
    """What it says."""
    left: int
    """Where it begins, in pixels of the page."""
    top: int
    """The same from above."""
    width: int
    """In pixels."""
    height: int
    """In pixels."""


class Codes(Result):
    """What was found."""

    codes: tuple[Code, ...]
    """Each code, from the top of the first page to the end of the last."""
    count: int
    """How many there are."""


@node("ocr.read_codes", needs=OCR, effect=Effect.READ, timeout=timedelta(minutes=2), label="path")
async def read_codes(workshop: Workshop, params: ReadCodes) -> Codes:
    """Read QR codes and bar codes of goods (EAN, UPC) in a picture or on pages of a PDF file.

    ```yaml
    - id: label
      do: ocr.read_codes
      with: {path: label.png}
    - assert: "${{ label.codes[0].text == 'R-4711' }}"
    ```
    """
    async with workshop.files.reading(params.path) as path:
        scan = Scan(path, params.password, params.path, params.pages, params.dpi)
        found = await workshop.do(read_codes_of, scan)
    codes = tuple(
        Code(
            page=each.page,
            kind=each.kind,
            text=each.text,
            left=each.left,
            top=each.top,
            width=each.width,
            height=each.height,
        )
        for each in found
    )
    return Codes(codes=codes, count=len(codes))
