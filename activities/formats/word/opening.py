"""Opening Word documents, and saving them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

from activities.formats.looks import looks_like
from workflows.errors import InvalidFileError

if TYPE_CHECKING:
    from docx.document import Document
    from docx.parts.story import StoryPart

_LARGEST = 200 * 2**20
"""Unpacked, in bytes: from there a document is more than a robot should take into its memory."""
_LARGEST_TEXT = 50 * 2**20
"""Of one part with text; it takes ten times that in memory."""
_OWN = "(.docx)"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARGINS = ("header+xml", "footer+xml")
_NOTES = ("footnotes+xml", "endnotes+xml", "comments+xml")
_TEMPLATE = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
_WITH_MACROS = (
    "application/vnd.ms-word.document.macroEnabled.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
)


def open_word(
    path: Path | None, *, shown_as: str, password: str | None = None, macros: Literal["refuse", "leave"] = "refuse"
) -> Document:
    """Open a document or a template, or begin an empty one; those with macros only to be read.

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
            document, kind = _opened(content)
    except InvalidFileError:
        raise
    except Exception as error:  # a broken file trips python-docx anywhere
        looks = looks_like(path)
        what = "; it is broken, or not all of it is there" if looks.endswith(_OWN) else looks
        raise InvalidFileError(
            f"{shown_as!r} is no Word document (.docx) that can be read{what}; open it in Word and save it "
            "as .docx without a password, or let `word.export` make one of it"
        ) from error
    if kind in _WITH_MACROS and macros == "refuse":
        raise InvalidFileError(
            f"{shown_as!r} holds macros, which would be lost when it is changed; save it in Word without them, as .docx"
        )
    return document


def _opened(content: IO[bytes]) -> tuple[Document, str]:
    """Open a document of any kind, and say which it is; what is written of it is a plain one."""
    from docx.opc.constants import CONTENT_TYPE  # noqa: PLC0415 - optional
    from docx.opc.part import PartFactory  # noqa: PLC0415 - the same
    from docx.package import Package  # noqa: PLC0415 - the same
    from docx.parts.document import DocumentPart  # noqa: PLC0415 - the same
    from docx.parts.story import StoryPart  # noqa: PLC0415 - the same

    kinds = (CONTENT_TYPE.WML_DOCUMENT_MAIN, _TEMPLATE, *_WITH_MACROS)
    notes = (CONTENT_TYPE.WML_FOOTNOTES, CONTENT_TYPE.WML_ENDNOTES)
    PartFactory.part_type_for.update(dict.fromkeys(kinds, DocumentPart) | dict.fromkeys(notes, StoryPart))
    part = Package.open(content).main_document_part
    kind = part.content_type
    if kind not in kinds:
        msg = f"expected a text document, found {kind}"
        raise ValueError(msg)
    part._content_type = CONTENT_TYPE.WML_DOCUMENT_MAIN  # noqa: SLF001 - no other way
    return part.document, kind


def margins_of(document: Document) -> Iterator[StoryPart]:
    """Give headers and footers."""
    return _parts(document, _MARGINS)


def parts_with_text(document: Document) -> Iterator[StoryPart]:
    """Give all that people read: the document itself first, then headers, footers, notes and comments."""
    yield document.part
    yield from _parts(document, _MARGINS + _NOTES)


def _parts(document: Document, endings: tuple[str, ...]) -> Iterator[StoryPart]:
    from docx.parts.story import StoryPart  # noqa: PLC0415 - optional

    for part in document.part.package.iter_parts():
        if isinstance(part, StoryPart) and part.content_type.endswith(endings):
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
