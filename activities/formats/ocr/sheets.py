"""The pages of what is to be read as pictures: PDF files, scans, photographs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from activities.formats.image.opening import MOST_FRAMES, frames, opaque, opened
from activities.formats.pdf.opening import PdfFile, drawn
from activities.formats.pdf.picture import draw
from activities.pages import PageRange, chosen_pages
from workflows.errors import InvalidParamsError

if TYPE_CHECKING:
    from PIL.Image import Image

_MOST = 50
_PDF = b"%PDF"


@dataclass(frozen=True, slots=True)
class Scan:
    """What is to be read."""

    path: Path
    password: str | None
    shown_as: str
    pages: PageRange | None
    dpi: int
    """How fine pages of PDF files are drawn."""


def sheets(scan: Scan) -> Iterator[tuple[int, Image]]:
    """Give the number and the picture of each chosen page, one after the other.

    Raises:
        InvalidFileError: it is neither a picture nor a PDF file, or has no such page.
        InvalidParamsError: there are too many.
    """
    with scan.path.open("rb") as file:
        kind = file.read(len(_PDF))
    if kind == _PDF:
        yield from _drawn(scan)
        return
    with opened(scan.path, shown_as=scan.shown_as) as picture:
        count = min(getattr(picture, "n_frames", 1), MOST_FRAMES)
        wanted = _few(chosen_pages(scan.pages, count, shown_as=scan.shown_as))
        for number, frame in enumerate(frames(picture), start=1):
            if number in wanted:
                yield number, opaque(frame, "white").convert("RGB")


def _drawn(scan: Scan) -> Iterator[tuple[int, Image]]:
    with drawn(PdfFile(scan.path, scan.password, scan.shown_as)) as document:
        for number in _few(chosen_pages(scan.pages, len(document), shown_as=scan.shown_as)):
            yield number, draw(document, number, dpi=scan.dpi, shown_as=scan.shown_as)


def _few(numbers: list[int]) -> list[int]:
    if len(numbers) > _MOST:
        raise InvalidParamsError(f"{len(numbers)} pages are more than the {_MOST} that are read at once; name 'pages'")
    return numbers
