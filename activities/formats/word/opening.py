"""Opening Word documents, and saving them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from activities.formats.looks import looks_like
from workflows.errors import InvalidFileError

if TYPE_CHECKING:
    from docx.document import Document
    from docx.parts.story import StoryPart

_LARGEST = 200 * 2**20
"""Unpacked, in bytes: from there a document is more than a robot should take into its memory."""
_LARGEST_TEXT = 50 * 2**20
"""Of one part with text; it takes ten times that in memory."""
_MARGINS = ("header+xml", "footer+xml")


def open_word(path: Path | None, *, shown_as: str) -> Document:
    """Open a document, or begin an empty one.

    Raises:
        InvalidFileError: it is none, is protected by a password, or unpacks to more than a robot can hold.
    """
    import docx  # noqa: PLC0415 - optional

    if path is None:
        return docx.Document()
    try:
        _check_size(path, shown_as)
        with path.open("rb") as file:
            return docx.Document(file)
    except InvalidFileError:
        raise
    except Exception as error:  # a broken file trips python-docx anywhere
        raise InvalidFileError(
            f"{shown_as!r} is no Word document (.docx) that can be read{looks_like(path)}; open it in Word and save it "
            "as .docx without a password, or let `word.export` make one of it"
        ) from error


def parts_with_text(document: Document) -> Iterator[StoryPart]:
    """Give all that is printed: the document itself first, then headers and footers."""
    from docx.parts.story import StoryPart  # noqa: PLC0415 - optional

    yield document.part
    for part in document.part.package.iter_parts():
        if isinstance(part, StoryPart) and part.content_type.endswith(_MARGINS):
            yield part


def _check_size(path: Path, shown_as: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    text = max((part.file_size for part in parts if part.filename.endswith((".xml", ".rels"))), default=0)
    if size > _LARGEST or text > _LARGEST_TEXT:
        raise InvalidFileError(
            f"{shown_as!r} unpacks to {size // 2**20} MiB with {text // 2**20} MiB of text in one part; a robot takes "
            f"up to {_LARGEST // 2**20} MiB and {_LARGEST_TEXT // 2**20} MiB into its memory: split it"
        )
