"""What a PDF file says of itself."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.formats.pdf.opening import PdfFile, parsed

if TYPE_CHECKING:
    from pypdf import DocumentInformation, PdfReader

_TEXTS = ("title", "author", "subject", "keywords", "creator", "producer")
_POINT = 25.4 / 72
"""In millimetres."""


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What is known of a file."""

    pages: int
    sizes: list[tuple[float, float]]
    """Width and height of each page as it is shown, in millimetres."""
    encrypted: bool
    version: str
    form: bool
    signed: bool
    properties: dict[str, str | None]


def read_facts(file: PdfFile) -> PdfFacts:
    """Look at a file without reading its pages.

    Raises:
        InvalidFileError: it is no PDF file that can be opened.
    """
    with parsed(file) as reader:
        fields = reader.get_fields() or {}
        return PdfFacts(
            pages=len(reader.pages),
            sizes=[_size(reader, number) for number in range(len(reader.pages))],
            encrypted=reader.is_encrypted,
            version=reader.pdf_header.removeprefix("%PDF-"),
            form=bool(fields),
            signed=any(field.get("/FT") == "/Sig" and field.get("/V") for field in fields.values()),
            properties=_properties(reader.metadata),
        )


def _size(reader: PdfReader, number: int) -> tuple[float, float]:
    page = reader.pages[number]
    width, height = (
        round(float(side) * page.user_unit * _POINT, 1) for side in (page.cropbox.width, page.cropbox.height)
    )
    return (height, width) if page.rotation % 180 else (width, height)


def _properties(told: DocumentInformation | None) -> dict[str, str | None]:
    texts = {name: getattr(told, name, None) or None for name in _TEXTS}
    return texts | {"created": _moment(told, "creation_date"), "modified": _moment(told, "modification_date")}


def _moment(told: DocumentInformation | None, name: str) -> str | None:
    with suppress(ValueError):  # a date as nobody writes it
        moment = getattr(told, name, None)
        return moment.isoformat() if moment is not None else None
    return None
