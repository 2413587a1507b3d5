"""Documents for tests, and the processes in which they are opened."""

from __future__ import annotations

import shutil
import zipfile
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import docx

from activities.drivers.documents import documents_provider, ocr_provider
from activities.provider import Provider

if TYPE_CHECKING:
    from docx.document import Document

OFFICE = shutil.which("soffice")
"""LibreOffice, if this machine has it."""


@cache
def documents() -> Provider[Any]:
    """One for all tests of a process: what it starts once stays."""
    return documents_provider()


@cache
def ocr() -> Provider[Any]:
    """The same for what reads pictures: it loads its models once."""
    return ocr_provider()


def saved(document: Document) -> bytes:
    """A Word document as a file."""
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def opened(content: bytes) -> Document:
    """A file as a Word document."""
    return docx.Document(BytesIO(content))


def with_part(content: bytes, name: str, old: str, new: str) -> bytes:
    """A document with other XML in one of its parts: what Word writes and python-docx does not."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for each in source.namelist():
            text = source.read(each)
            target.writestr(each, text.decode().replace(old, new) if each == name else text)
    return buffer.getvalue()
