"""Pieces of text on a page in the order in which a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

_FEWEST = 4
"""Lines that make a column."""
_WIDE = 0.25
"""Of all that there is: what is narrower is a cell rather than a line of a column."""
_MOST_ACROSS = 0.3
"""Of all pieces: where more go across, there are no columns."""
_SAME_ROW = 0.5
"""Of the lower of two pieces, that must be beside the other."""
_BLANK = 0.1
"""Times its height that a piece is away from the one before, if it is another word."""
_CELL = 1.5
"""Times its height that a piece is away from the one before, if it is in another cell."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text in one line; places grow to the right and downwards."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top


def rows_in_order(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Order pieces into rows from left to right, from top to bottom; columns of prose are read one after the other."""
    gutter = _gutter(pieces)
    if gutter is None:
        return _rows(pieces)
    across = _rows([piece for piece in pieces if piece.left < gutter < piece.right])
    ordered: list[list[Piece]] = []
    above = float("-inf")
    for row in [*across, []]:
        below = min((piece.top for piece in row), default=float("inf"))
        between = [piece for piece in pieces if above <= piece.top < below and not piece.left < gutter < piece.right]
        ordered += rows_in_order([piece for piece in between if piece.right <= gutter])
        ordered += rows_in_order([piece for piece in between if piece.left >= gutter])
        ordered += [row] if row else []
        above = below
    return ordered


def text_in_order(pieces: Sequence[Piece]) -> str:
    """All text: a line per row, with tabs where there is more than a word's space between two pieces."""
    return "\n".join("".join(_joined(row)) for row in rows_in_order(pieces))


def _joined(row: Sequence[Piece]) -> Iterator[str]:
    for number, piece in enumerate(row):
        if number:
            before = row[number - 1]
            gap = (piece.left - before.right) / piece.height if piece.height else _CELL
            blank = gap >= _BLANK or before.text.endswith(" ") or piece.text.startswith(" ")
            yield "\t" if gap > _CELL else " " if blank else ""
        yield piece.text.strip()


def _rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda each: each.top + each.bottom):
        last = rows[-1] if rows else []
        if last and _beside(piece, last):
            last.append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda each: each.left) for row in rows]


def _beside(piece: Piece, row: Sequence[Piece]) -> bool:
    top, bottom = median(each.top for each in row), median(each.bottom for each in row)
    shared = min(piece.bottom, bottom) - max(piece.top, top)
    return shared > _SAME_ROW * min(piece.height, bottom - top)


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """Where two columns of prose part, if they do."""
    if len(pieces) < 2 * _FEWEST:
        return None
    wide = _WIDE * (max(piece.right for piece in pieces) - min(piece.left for piece in pieces))
    lines = [piece for piece in pieces if piece.right - piece.left >= wide]
    best: tuple[int, float] | None = None
    for start in sorted({piece.left for piece in lines}):
        left = [piece for piece in lines if piece.right <= start]
        right = [piece for piece in lines if piece.left >= start]
        if len(left) < _FEWEST or len(right) < _FEWEST:
            continue
        gutter = (max(piece.right for piece in left) + start) / 2
        crossing = sum(1 for piece in pieces if piece.left < gutter < piece.right)
        if crossing <= _MOST_ACROSS * len(pieces) and (best is None or crossing < best[0]):
            best = (crossing, gutter)
    return best[1] if best is not None else None
