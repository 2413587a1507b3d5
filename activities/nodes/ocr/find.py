"""Find where a picture says something."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from activities.formats.ocr.reading import ScanText, read_scan
from activities.formats.ocr.sheets import Scan
from activities.node import Result, node
from activities.sessions.documents import OCR, OnScan, Workshop
from workflows.spec import Effect


class Find(OnScan):
    """What to look for, and where."""

    text: str = Field(min_length=1)
    """The text; capitals and blanks do not matter."""
    exact: bool = False
    """Whether it must be all that stands there."""
    min_confidence: float = Field(default=0.5, ge=0, le=1)
    """What the reader is less sure of does not count."""


class Place(Result):
    """Where it stands."""

    page: int
    """The number of the page, from 1."""
    text: str
    """All that stands together there."""
    confidence: float
    """How sure the reader is of that, from 0 to 1."""
    left: int
    """Where that begins, in pixels of the page."""
    top: int
    """The same from above."""
    width: int
    """In pixels."""
    height: int
    """In pixels."""


class Places(Result):
    """What was found."""

    places: tuple[Place, ...]
    """Each place, in reading order."""
    count: int
    """How many there are."""


@node("ocr.find", needs=OCR, effect=Effect.READ, timeout=timedelta(minutes=5), label="text")
async def find(workshop: Workshop, params: Find) -> Places:
    """Find all places where a picture, or a page of a PDF file, shows a text.

    ```yaml
    - id: stamp
      do: ocr.find
      with: {path: receipt.png, text: total}
    - assert: "${{ stamp.count == 1 }}"
    ```
    """
    async with workshop.files.reading(params.path) as path:
        scan = Scan(path, params.password, params.path, params.pages, params.dpi)
        read = await workshop.do(read_scan, scan, {}, least=params.min_confidence)
    places = tuple(_places(read, _plain(params.text), exact=params.exact))
    return Places(places=places, count=len(places))


def _places(read: ScanText, wanted: str, *, exact: bool) -> list[Place]:
    return [
        Place(
            page=sheet.number,
            text=line.text,
            confidence=line.confidence,
            left=line.left,
            top=line.top,
            width=line.width,
            height=line.height,
        )
        for sheet in read.sheets
        for line in sheet.lines
        if (wanted == _plain(line.text) if exact else wanted in _plain(line.text))
    ]


def _plain(text: str) -> str:
    return "".join(text.casefold().split())
