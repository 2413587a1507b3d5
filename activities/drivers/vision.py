"""Seeing what has neither text nor name: pictures compared with pictures, and words read in them.

Needs the optional extra `vision`; whoever asks for it without gets nothing, and nothing heavy is loaded before it is
needed.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeAlias

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
    import cv2  # noqa: PLC0415 - the same
    import numpy as np  # noqa: PLC0415 - the same

    colours = cv2.imdecode(np.frombuffer(page, np.uint8), cv2.IMREAD_COLOR)
    with _reading:
        told: Any = _reader()(colours)
    lines = zip(told.txts or (), told.boxes if told.boxes is not None else (), told.scores or (), strict=True)
    wanted = _plain(text)
    return [
        Place(float(box[:, 0].mean()), float(box[:, 1].mean()), float(score))
        for said, box, score in lines
        if _plain(said) == wanted and score >= _SURE_OF_A_WORD
    ]


@cache
def _reader() -> Any:  # noqa: ANN401 - has no types
    """What reads, with the models that it brings along."""
    from rapidocr import RapidOCR  # noqa: PLC0415 - the same

    return RapidOCR(
        params={
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Global.use_cls": False,
            "Global.log_level": "error",
            "Det.limit_type": "max",
            "Det.limit_side_len": 960,
            "Rec.rec_batch_num": 1,
        }
    )


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
