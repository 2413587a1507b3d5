"""The text in pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import atan2, cos, sin
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from activities.formats.fields import Expression, find_fields
from activities.formats.ocr.engine import engine
from activities.formats.ocr.sheets import Scan, sheets
from activities.formats.reading_order import Piece, rows_in_order, text_in_order

if TYPE_CHECKING:
    from PIL.Image import Image

_SIDE = 960
"""Pixels to which a page is scaled before it is read."""
_SURE = 0.85
"""How sure the reader is of a page that is not upside down."""
_TALL = 1.5
"""Times its width that the box of a line is high if its page lies on its side."""
_LONG = 4
"""Times its height that a line is long enough to tell how askew the page is."""


@dataclass(frozen=True, slots=True)
class Line:
    """What stands together in one line, where it is, and how sure that is from 0 to 1."""

    text: str
    confidence: float
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SheetText:
    """What one page says."""

    number: int
    width: int
    height: int
    turned: int
    """By how many degrees clockwise it was turned to be read."""
    text: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class ScanText:
    """What all pages say."""

    text: str
    fields: dict[str, str | None]
    sheets: list[SheetText]


@dataclass(frozen=True, slots=True)
class _Seen:
    """One piece of text as it was found: its corners from the left above, clockwise."""

    text: str
    confidence: float
    corners: Sequence[tuple[float, float]]

    @property
    def width(self) -> float:
        return max(x for x, _ in self.corners) - min(x for x, _ in self.corners)

    @property
    def height(self) -> float:
        return max(y for _, y in self.corners) - min(y for _, y in self.corners)


def read_scan(scan: Scan, fields: Mapping[str, Expression], *, least: float) -> ScanText:
    """Read pages; what the reader is less sure of than that is left out.

    Raises:
        InvalidFileError: it is neither a picture nor a PDF file, or has no such page.
    """
    found = [_read_sheet(number, picture, least) for number, picture in sheets(scan)]
    text = "\n\n".join(sheet.text for sheet in found if sheet.text)
    return ScanText(text, find_fields(text, fields), found)


def _read_sheet(number: int, picture: Image, least: float) -> SheetText:
    turned, seen = _upright(picture)
    upright = picture.rotate(-turned, expand=True) if turned else picture
    pieces = _level([each for each in seen if each.confidence >= least])
    ordered = [piece for row in rows_in_order([piece for piece, _ in pieces]) for piece in row]
    by_piece = {id(piece): each for piece, each in pieces}
    return SheetText(
        number,
        upright.width,
        upright.height,
        turned,
        text_in_order([piece for piece, _ in pieces]),
        [_line(by_piece[id(piece)]) for piece in ordered],
    )


def _upright(picture: Image) -> tuple[int, list[_Seen]]:
    """Read a page, turned as it is best read; most pages are not turned, which takes one look."""
    seen = list(_look(picture))
    tall = sum(1 for each in seen if each.height > _TALL * each.width)
    if seen and 2 * tall > len(seen):
        others: tuple[int, ...] = (90, 270)
    elif seen and fmean(each.confidence for each in seen) < _SURE:
        others = (180,)
    else:
        return 0, seen
    turns = {turn: list(_look(picture.rotate(-turn, expand=True))) for turn in others} | {0: seen}
    return max(turns.items(), key=lambda each: sum(one.confidence**2 * len(one.text) for one in each[1]))


def _look(picture: Image) -> Iterator[_Seen]:
    import numpy as np  # noqa: PLC0415 - optional

    told: Any = engine(_SIDE, least=0.0)(np.asarray(picture)[:, :, ::-1])
    if told.txts is None or told.boxes is None:
        return
    for text, box, score in zip(told.txts, told.boxes, told.scores, strict=True):
        yield _Seen(text, round(float(score), 3), [(float(x), float(y)) for x, y in box])


def _level(seen: Sequence[_Seen]) -> list[tuple[Piece, _Seen]]:
    """Where pieces would be if the page were not askew, so that those of one row are beside each other."""
    long = [each.corners for each in seen if each.width > _LONG * each.height or len(each.text) > _LONG]
    slopes = [atan2(right[1] - left[1], right[0] - left[0]) for left, right, *_ in long]
    angle = median(slopes) if slopes else 0.0
    return [(_piece(each, angle), each) for each in seen]


def _piece(seen: _Seen, angle: float) -> Piece:
    points = [(x * cos(angle) + y * sin(angle), y * cos(angle) - x * sin(angle)) for x, y in seen.corners]
    across, down = zip(*points, strict=True)
    return Piece(seen.text, min(across), min(down), max(across), max(down))


def _line(seen: _Seen) -> Line:
    left, top = (round(min(side)) for side in zip(*seen.corners, strict=True))
    return Line(seen.text, seen.confidence, left, top, round(seen.width), round(seen.height))
