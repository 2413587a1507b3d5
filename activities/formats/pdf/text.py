"""The text of PDF files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.formats.fields import Expression, find_fields
from activities.formats.pdf.opening import PdfFile, drawn, parsed
from activities.formats.reading_order import Piece, text_in_order
from activities.pages import PageRange, chosen_pages

if TYPE_CHECKING:
    from pdfplumber.pdf import PDF
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

_HYPHEN = re.compile("[\ufffe\x02]")
"""How PDFium marks a word that goes on in the next line."""
_BLANKS = re.compile(r"\s+")
_MOST_PIECES = 20_000
"""Of text on one page, more than can be put in order in time: they stay as they were drawn."""
_STAMP = 200
"""In characters: what a scanner or an archive writes onto the picture of a page is shorter."""


@dataclass(frozen=True, slots=True)
class PageText:
    """What one page says."""

    number: int
    text: str
    scanned: bool
    """Whether it shows something but holds no text, or hardly any on the picture of a page."""


@dataclass(frozen=True, slots=True)
class PdfText:
    """What pages of a file say."""

    pages: list[PageText]
    count: int
    """How many pages the file has in all."""
    text: str
    fields: dict[str, str | None]


def read_text(file: PdfFile, pages: PageRange | None, fields: Mapping[str, Expression], *, layout: bool) -> PdfText:
    """Give the text of pages.

    Raises:
        InvalidFileError: it is no PDF file that can be opened, or has no such page.
    """
    with drawn(file) as document:
        count = len(document)
        chosen = chosen_pages(pages, count, shown_as=file.shown_as)
        read = [_page_text(document, number) for number in chosen]
    if layout:
        with laid_out(file) as placed:
            read = [_with_layout(placed, page) for page in read]
    text = "\n\n".join(page.text for page in read if page.text)
    return PdfText(read, count, text, find_fields(text, fields))


def laid_out(file: PdfFile) -> PDF:
    """Open a file for what is where on its pages.

    Raises:
        InvalidFileError: it is no PDF file that can be opened.
    """
    import pdfplumber  # noqa: PLC0415 - optional

    with parsed(file):
        return pdfplumber.open(file.path, password=file.password)


def _page_text(document: PdfDocument, number: int) -> PageText:
    page = _filled_in(document, number)
    textpage = page.get_textpage()
    try:
        crowded = textpage.count_rects() > _MOST_PIECES
        text = textpage.get_text_range().replace("\r\n", "\n") if crowded else text_in_order(_pieces(textpage))
        if not text.strip():
            return PageText(number, text, scanned=any(True for _ in page.get_objects(max_depth=1)))
        return PageText(number, text, scanned=len(text) < _STAMP and _is_picture(page))
    finally:
        textpage.close()
        page.close()


def _is_picture(page: PdfPage) -> bool:
    """Whether a picture covers most of a page."""
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE  # noqa: PLC0415 - optional

    width, height = page.get_size()
    for shown in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=2):
        left, bottom, right, top = shown.get_bounds()
        if 2 * (right - left) * (top - bottom) > width * height:
            return True
    return False


def _filled_in(document: PdfDocument, number: int) -> PdfPage:
    """A page with what its fields hold as a part of it."""
    page = document[number - 1]
    if document.get_formtype() == 0:
        return page
    page.flatten()
    page.close()
    return document[number - 1]


def _pieces(page: PdfTextPage) -> list[Piece]:
    pieces = []
    for number in range(page.count_rects()):
        left, bottom, right, top = page.get_rect(number)
        text = _HYPHEN.sub("-", page.get_text_bounded(left, bottom, right, top))
        if text.strip():
            pieces.append(Piece(_BLANKS.sub(" ", text), left, -top, right, -bottom))
    return pieces


def _with_layout(placed: PDF, page: PageText) -> PageText:
    if not page.text.strip():
        return page
    sheet = placed.pages[page.number - 1]
    text = sheet.extract_text(layout=True)
    sheet.close()
    lines = [line.rstrip() for line in text.split("\n")]
    return PageText(page.number, "\n".join(lines).strip("\n"), scanned=False)
