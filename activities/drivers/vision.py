"""Seeing what has neither text nor name: pictures compared with pictures, and words read in them.

Needs the optional extra `vision`; whoever asks for it without gets nothing, and nothing heavy is loaded before it is
needed.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeAlias

from activities.formats.ocr.engine import engine
from workflows.errors import MachineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture: TypeAlias = NDArray[Any]

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, width and height in pixels."""

_SIZE = 48
"""Pixels across, to which pictures are brought before they are compared."""
_LEEWAY = 5
"""By how many of them things may have moved against each other inside of their boxes."""
_BLUR = 1.5
_FLAT = 6.0
"""What varies less shows nothing."""
_SMALLEST = 6
_MOST_STRETCH = 1.5
_SURE_OF_A_WORD = 0.8
_GAP = 0.5
"""How far words are apart that do not belong together, in heights of their line."""
_SCALES = (1.0, 0.5, 0.67, 0.75, 0.8, 0.9, 1.1, 1.25, 1.5, 1.75, 2.0)
"""How much larger a screen may show what a picture shows: those that systems offer, and some between."""
_SOFT = 0.7
"""The blur that evens out how two sizes of the same are drawn."""
_TELLING = 12
"""Pixels across, below which a picture that was made smaller looks like too much else."""
_MOST_MATCHES = 20

_SIDE = 1600
"""Pixels to which a screen is scaled before it is read."""

_reading = threading.Lock()
"""The reader is not made for two at a time."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is on a picture."""

    x: float
    y: float
    """Its middle."""
    score: float
    """How sure that is, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand together."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Match:
    """Where a page shows a picture."""

    box: Box
    score: float
    """How alike the two are, up to 1."""


def can_see() -> bool:
    """Whether this robot has the extra `vision`."""
    return all(find_spec(name) is not None for name in ("cv2", "numpy", "rapidocr", "onnxruntime"))


async def cut_out(page: bytes, box: Box) -> bytes | None:
    """Give a part of a picture as a picture of its own (PNG); None if there is nothing to see in it."""
    return await asyncio.to_thread(_cut_out, page, box)


async def alike(picture: bytes, page: bytes, boxes: Sequence[Box]) -> list[float]:
    """How alike a picture is to what some boxes of another show, from 0 to 1, whatever their colours and sizes."""
    return await asyncio.to_thread(_alike, picture, page, boxes)


async def places_saying(text: str, page: bytes) -> list[Place]:
    """Where a page shows a text, alone in its line."""
    return await asyncio.to_thread(_places_saying, text, page)


async def phrases(page: bytes) -> list[Phrase]:
    """What a page says: lines, and the parts of lines that stand apart, in the order they are read."""
    return await asyncio.to_thread(_phrases, page)


async def matches(picture: bytes, page: bytes, *, scales: Sequence[float] = ()) -> list[Match]:
    """Where a page shows a picture: the most alike first, no two of them at the same place.

    It is looked for at any size from half to double, and at other scales that are given.

    Raises:
        ValueError: nothing can be seen on the picture, or it is none.
    """
    return await asyncio.to_thread(_matches, picture, page, tuple(dict.fromkeys((*_SCALES, *scales))))


def says(said: str, wanted: str) -> bool:
    """Whether a text that was read is the one that is wanted."""
    return _plain(said) == _plain(wanted)


def size(picture: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    high, wide = _read(picture).shape
    return wide, high


def _cut_out(page: bytes, box: Box) -> bytes | None:
    import cv2  # noqa: PLC0415 - optional, and slow to load

    part = _part(_read(page), box)
    if part is None or float(part.std()) < _FLAT:
        return None
    done, content = cv2.imencode(".png", part)
    return content.tobytes() if done else None


def _alike(picture: bytes, page: bytes, boxes: Sequence[Box]) -> list[float]:
    template, whole = _read(picture), _read(page)
    return [_likeness(template, whole, box) for box in boxes]


def _likeness(template: Picture, page: Picture, box: Box) -> float:
    """How alike what is light and dark is, either way round, at one size and without its finest lines."""
    import cv2  # noqa: PLC0415 - the same

    part = _part(page, box, round(box[2] * _LEEWAY / _SIZE))
    high, wide = template.shape
    if (
        part is None
        or float(part.std()) < _FLAT
        or not 1 / _MOST_STRETCH < wide * box[3] / (high * box[2]) < _MOST_STRETCH
    ):
        return 0.0
    match = cv2.matchTemplate(_sized(part, _SIZE + 2 * _LEEWAY), _sized(template, _SIZE), cv2.TM_CCOEFF_NORMED)
    return max(0.0, float(match.max()), -float(match.min()))


def _sized(picture: Picture, size: int) -> Picture:
    import cv2  # noqa: PLC0415 - the same

    how = cv2.INTER_CUBIC if picture.shape[0] < size else cv2.INTER_AREA
    return cv2.GaussianBlur(cv2.resize(picture, (size, size), interpolation=how), (0, 0), _BLUR)


def _places_saying(text: str, page: bytes) -> list[Place]:
    told = _told(page)
    lines = zip(told.txts or (), told.boxes if told.boxes is not None else (), told.scores or (), strict=True)
    return [
        Place(float(box[:, 0].mean()), float(box[:, 1].mean()), float(score))
        for said, box, score in lines
        if says(said, text) and score >= _SURE_OF_A_WORD
    ]


def _told(page: bytes, *, words: bool = False) -> Any:  # noqa: ANN401 - has no types
    """What the reader tells of a page."""
    import cv2  # noqa: PLC0415 - the same
    import numpy as np  # noqa: PLC0415 - the same

    colours = cv2.imdecode(np.frombuffer(page, np.uint8), cv2.IMREAD_COLOR)
    with _reading:
        return engine(_SIDE)(colours, return_word_box=words)


def _phrases(page: bytes) -> list[Phrase]:
    lines = [
        [_Word(text, box) for text, score, box in line if box is not None and score >= _SURE_OF_A_WORD]
        for line in _told(page, words=True).word_results or ()
    ]
    return [phrase for line in lines for part in _parts(line) for phrase in _joined(part)]


class _Word:
    """A word that was read, and where it ends on each side."""

    def __init__(self, text: str, corners: Sequence[Sequence[float]]) -> None:
        self.text = text
        self.left, self.right = min(x for x, _ in corners), max(x for x, _ in corners)
        self.top, self.bottom = min(y for _, y in corners), max(y for _, y in corners)


def _parts(line: list[_Word]) -> list[list[_Word]]:
    """A line, and if it has gaps, the parts between them."""
    parts: list[list[_Word]] = []
    for word in line:
        apart = not parts or word.left - parts[-1][-1].right >= _GAP * (word.bottom - word.top)
        if apart:
            parts.append([word])
        else:
            parts[-1].append(word)
    return [line, *parts] if len(parts) > 1 else parts


def _joined(words: list[_Word]) -> Iterator[Phrase]:
    """Words as one phrase, without the icons beside it that look like characters."""
    texts = [index for index, word in enumerate(words) if any(map(str.isalnum, word.text))]
    meant = words[texts[0] : texts[-1] + 1] if texts else words
    if meant:
        left, top = min(word.left for word in meant), min(word.top for word in meant)
        right, bottom = max(word.right for word in meant), max(word.bottom for word in meant)
        yield Phrase(" ".join(word.text for word in meant), (left, top, right - left, bottom - top))


def _matches(picture: bytes, page: bytes, scales: Sequence[float]) -> list[Match]:
    template, whole = _template(picture), _read(page)
    found = sorted((each for scale in scales for each in _at_scale(template, whole, scale)), key=lambda m: -m.score)
    apart: list[Match] = []
    for match in found:
        if not any(_same(match.box, other.box) for other in apart):
            apart.append(match)
    return apart


def _template(picture: bytes) -> Picture:
    try:
        template = _read(picture)
    except MachineError:
        raise ValueError("it is no picture") from None
    if min(template.shape) < _SMALLEST or float(template.std()) < _FLAT:
        raise ValueError("there is nothing to see on it")
    return template


def _at_scale(template: Picture, page: Picture, scale: float) -> Iterator[Match]:
    """The places that are most alike at one size, far enough from each other."""
    import cv2  # noqa: PLC0415 - the same

    if scale != 1:
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        template = cv2.resize(template, None, fx=scale, fy=scale, interpolation=how)
        template, page = (cv2.GaussianBlur(each, (0, 0), _SOFT) for each in (template, page))
    high, wide = template.shape
    if (
        min(high, wide) < (_TELLING if scale < 1 else _SMALLEST)
        or high > page.shape[0]
        or wide > page.shape[1]
        or float(template.std()) < _FLAT
    ):
        return
    likeness = cv2.matchTemplate(page, template, cv2.TM_CCOEFF_NORMED)
    for _ in range(_MOST_MATCHES):
        _, score, _, (x, y) = cv2.minMaxLoc(likeness)
        if not 0 < score < math.inf:
            return
        yield Match((x, y, wide, high), min(1.0, float(score)))
        likeness[max(0, y - high // 2) : y + high // 2 + 1, max(0, x - wide // 2) : x + wide // 2 + 1] = -1


def _same(one: Box, other: Box) -> bool:
    """Whether the middle of one box is on another."""
    x, y = one[0] + one[2] / 2, one[1] + one[3] / 2
    return other[0] <= x <= other[0] + other[2] and other[1] <= y <= other[1] + other[3]


def _plain(text: str) -> str:
    """A text as readers get it right: they see blanks and capitals differently."""
    return "".join(text.casefold().split())


def _read(picture: bytes) -> Picture:
    """A picture in shades of grey."""
    import cv2  # noqa: PLC0415 - the same
    import numpy as np  # noqa: PLC0415 - the same

    read = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    if read is None:
        raise MachineError("a picture cannot be read: it is no PNG")
    return read


def _part(page: Picture, box: Box, pad: int = 0) -> Picture | None:
    x, y, width, height = (round(each) for each in box)
    high, wide = page.shape
    if min(width, height) < _SMALLEST or x < 0 or y < 0 or x + width > wide or y + height > high:
        return None
    return page[max(0, y - pad) : y + height + pad, max(0, x - pad) : x + width + pad]
