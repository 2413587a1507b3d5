"""The pages of PDF files as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from activities.formats.image.opening import MOST_PIXELS
from activities.formats.pdf.opening import PdfFile, drawn
from activities.pages import PageRange, chosen_pages
from workflows.errors import InvalidFileError

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument

_PER_INCH = 72


def page_numbers(file: PdfFile, pages: PageRange | None) -> list[int]:
    """Give the numbers of the chosen pages.

    Raises:
        InvalidFileError: it is no PDF file that can be opened, or has no such page.
    """
    with drawn(file) as document:
        return chosen_pages(pages, len(document), shown_as=file.shown_as)


def render(file: PdfFile, places: Sequence[tuple[int, Path]], *, dpi: int) -> list[tuple[int, int]]:
    """Draw pages as PNG files, and tell how wide and high each is.

    Raises:
        InvalidFileError: it is no PDF file that can be opened, or a page is too large to draw.
    """
    with drawn(file) as document:
        sizes = []
        for number, to in places:
            picture = draw(document, number, dpi=dpi, shown_as=file.shown_as)
            picture.save(to, "PNG", dpi=(dpi, dpi))
            sizes.append(picture.size)
        return sizes


def draw(document: PdfDocument, number: int, *, dpi: int, shown_as: str) -> Image:
    """Draw one page with what is filled in on it.

    Raises:
        InvalidFileError: it would be too large.
    """
    page = document[number - 1]
    try:
        width, height = (round(side * dpi / _PER_INCH) for side in page.get_size())
        if width * height > MOST_PIXELS:
            raise InvalidFileError(
                f"page {number} of {shown_as!r} has {width} x {height} pixels at {dpi} dpi, more than the "
                f"{MOST_PIXELS} a robot draws; take fewer dpi"
            )
        picture: Image = page.render(scale=dpi / _PER_INCH).to_pil().convert("RGB")
        return picture
    finally:
        page.close()
