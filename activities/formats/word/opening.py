"""Opening Word documents, and saving them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

from activities.formats.looks import looks_like
from workflows.errors import InvalidFileError

if TYPE_CHECKING:
    from docx.document import Document
    from docx.parts.story import StoryPart

_LARGEST = 200 * 2**20
"""Unpacked, in bytes: from there a document is more than a robot should take into its memory."""
_LARGEST_TEXT = 50 * 2**20
"""Of one part with text; it takes ten times that in memory."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARGINS = ("header+xml", "footer+xml")


def open_word(path: Path | None, *, shown_as: str, password: str | None = None) -> Document:
    """Open a document, or begin an empty one.

    Raises:
        InvalidFileError: it is none, is protected by a password, or unpacks to more than a robot can hold.
    """
    import docx  # noqa: PLC0415 - optional

    if path is None:
        return docx.Document()
    try:
        with path.open("rb") as file:
            content = _unlocked(file, password, shown_as) if file.read(len(_OLE)) == _OLE else file
            _check_size(content, shown_as)
            return docx.Document(content)
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


def _unlocked(file: IO[bytes], password: str | None, shown_as: str) -> IO[bytes]:
    """What a password opens, in memory: it has been as large before."""
    from msoffcrypto import OfficeFile  # noqa: PLC0415 - slow to load, seldom needed
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError  # noqa: PLC0415 - the same

    file.seek(0)
    locked = OfficeFile(file)
    if not locked.is_encrypted() or locked.format == "doc97":
        return file
    if password is None:
        raise InvalidFileError(f"{shown_as!r} is protected by a password; give it as 'password', from a secret")
    opened = BytesIO()
    try:
        locked.load_key(password=password)
        locked.decrypt(opened)
    except (DecryptionError, InvalidKeyError) as error:
        raise InvalidFileError(f"{shown_as!r} is protected by another password than the one given") from error
    return opened


def _check_size(content: IO[bytes], shown_as: str) -> None:
    with zipfile.ZipFile(content) as archive:
        parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    text = max((part.file_size for part in parts if part.filename.endswith((".xml", ".rels"))), default=0)
    if size > _LARGEST or text > _LARGEST_TEXT:
        raise InvalidFileError(
            f"{shown_as!r} unpacks to {size // 2**20} MiB with {text // 2**20} MiB of text in one part; a robot takes "
            f"up to {_LARGEST // 2**20} MiB and {_LARGEST_TEXT // 2**20} MiB into its memory: split it"
        )
