"""QR codes and bar codes in pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from activities.formats.ocr.sheets import Scan, sheets

if TYPE_CHECKING:
    from PIL.Image import Image

CodeKind: TypeAlias = Literal["qr", "bar"]


@dataclass(frozen=True, slots=True)
class Code:
    """One code that could be read, and where it is."""

    page: int
    kind: CodeKind
    text: str
    left: int
    top: int
    width: int
    height: int


def read_codes(scan: Scan) -> list[Code]:
    """Read all codes on pages, from the top of each to its end.

    Raises:
        InvalidFileError: it is neither a picture nor a PDF file, or has no such page.
    """
    return [
        code
        for number, picture in sheets(scan)
        for code in sorted(_codes(number, picture), key=lambda each: (each.top, each.left))
    ]


def _codes(page: int, picture: Image) -> Iterator[Code]:
    import cv2  # noqa: PLC0415 - optional
    import numpy as np  # noqa: PLC0415 - the same

    shades: Any = np.asarray(picture.convert("L"))
    found, texts, corners, _ = cv2.QRCodeDetector().detectAndDecodeMulti(shades)
    if found:
        yield from _placed(page, "qr", texts, corners)
    found, texts, corners, _ = cv2.barcode.BarcodeDetector().detectAndDecodeMulti(shades)
    if found:
        yield from _placed(page, "bar", texts, corners)


def _placed(page: int, kind: CodeKind, texts: Any, corners: Any) -> Iterator[Code]:  # noqa: ANN401 - has no types
    for text, points in zip(texts, corners, strict=True):
        if text:
            left, top = (round(float(side)) for side in points.min(axis=0))
            right, bottom = (round(float(side)) for side in points.max(axis=0))
            yield Code(page, kind, text, left, top, right - left, bottom - top)
