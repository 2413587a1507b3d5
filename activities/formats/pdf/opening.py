"""Opening PDF files, and saving them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from activities.formats.looks import looks_like
from workflows.errors import AetherError, InvalidFileError

if TYPE_CHECKING:
    from pypdf import PdfReader, PdfWriter
    from pypdfium2 import PdfDocument

_LARGEST = 400 * 2**20
"""In bytes: what is written anew is in memory as a whole."""
_WRONG_PASSWORD = 4
"""How PDFium numbers that."""


@dataclass(frozen=True, slots=True)
class PdfFile:
    """A file, what opens it, and how people call it."""

    path: Path
    password: str | None
    shown_as: str


@contextmanager
def parsed(file: PdfFile) -> Iterator[PdfReader]:
    """A file as the objects that make it up.

    Raises:
        InvalidFileError: it is no PDF file, is broken, or another password opens it.
    """
    from pypdf import PasswordType, PdfReader  # noqa: PLC0415 - optional

    with file.path.open("rb") as content, _refusing_broken(file):
        reader = PdfReader(content)
        if reader.is_encrypted and reader.decrypt(file.password or "") is PasswordType.NOT_DECRYPTED:
            raise _locked(file)
        len(reader.pages)
        yield reader


@contextmanager
def drawn(file: PdfFile) -> Iterator[PdfDocument]:
    """A file as what can be seen of it.

    Raises:
        InvalidFileError: it is no PDF file, is broken, or another password opens it.
    """
    from pypdfium2 import PdfDocument, PdfiumError  # noqa: PLC0415 - optional

    with _refusing_broken(file):
        try:
            document = PdfDocument(file.path, password=file.password)
        except PdfiumError as error:
            if error.err_code == _WRONG_PASSWORD:
                raise _locked(file) from error
            raise
        try:
            document.init_forms()  # before any page, or what is filled in is not seen
            yield document
        finally:
            document.close()


def check_size(*files: PdfFile) -> None:
    """Refuse to write anew what is too large for that.

    Raises:
        InvalidFileError: together they are.
    """
    size = sum(file.path.stat().st_size for file in files)
    if size > _LARGEST:
        raise InvalidFileError(
            f"the PDF files have {size // 2**20} MiB together; a robot writes files of up to {_LARGEST // 2**20} MiB "
            "anew: split them elsewhere first, or make their pictures smaller"
        )


def save(writer: PdfWriter, to: Path) -> None:
    """Write a file."""
    with to.open("wb") as file:
        writer.write(file)


@contextmanager
def _refusing_broken(file: PdfFile) -> Iterator[None]:
    try:
        yield
    except (AetherError, MemoryError):
        raise
    except Exception as error:  # a broken file trips the libraries anywhere
        raise InvalidFileError(
            f"{file.shown_as!r} is no PDF file that can be read{_but(file.path)}; ask for it again, or print it into a "
            "new one"
        ) from error


def _but(path: Path) -> str:
    looks = looks_like(path)
    return "; it is broken or cut off" if looks.endswith("a PDF file") else looks


def _locked(file: PdfFile) -> InvalidFileError:
    if file.password:
        return InvalidFileError(f"{file.shown_as!r} is protected by another password than the one given")
    return InvalidFileError(f"{file.shown_as!r} is protected by a password; give it as 'password', from a secret")
