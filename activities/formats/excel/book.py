"""A workbook opened to be read: its format is told by its content, not by its name."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msoffcrypto
from msoffcrypto.exceptions import DecryptionError

from activities.formats.excel.ods import open_ods
from activities.formats.excel.records import new_traces, old_traces
from activities.formats.excel.values import Book
from activities.formats.excel.xls import open_binary
from workflows.errors import AetherError, InvalidFileError

LARGEST = 500 * 1024 * 1024
"""Unpacked, in bytes: what takes longer to read than a step should."""
_OLE = b"\xd0\xcf\x11\xe0"
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_ENCRYPTED_ODS = b"encryption-data"


@dataclass(frozen=True, slots=True)
class Workbook:
    """Which file to open, and how."""

    path: Path
    shown_as: str
    """How the run knows it."""
    password: str | None = None


@contextmanager
def opened(workbook: Workbook) -> Iterator[Book]:
    """Open a workbook to read it: .xlsx, .xlsm, .xlsb, .xls or .ods.

    Raises:
        InvalidFileError: it is none, is broken or protected, or too large.
    """
    with translated(workbook):
        path = _readable(workbook)
        with _open(path, workbook) as book:
            if not book.sheets:
                raise InvalidFileError(f"{workbook.shown_as!r} has no sheet with cells")
            yield book


@contextmanager
def translated(workbook: Workbook) -> Iterator[None]:
    """Say in one way that a file is broken: that trips its readers anywhere."""
    try:
        yield
    except (AetherError, GeneratorExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # calamine's panics are no mere exceptions
        raise InvalidFileError(
            f"{workbook.shown_as!r} is no workbook (.xlsx, .xlsm, .xlsb, .xls or .ods) that can be read; "
            f"{_advice(workbook.path)}"
        ) from error


def _advice(path: Path) -> str:
    """Say what to do with a file that only its name makes a workbook: portals call all kinds of exports so."""
    with path.open("rb") as file:
        start = file.read(1024)
    if start.lstrip().lower().startswith((b"<html", b"<!doctype", b"<table")):
        return "it is a web page: open it in Excel and save it, or read it in a browser with 'browser.table'"
    if start.lstrip().startswith(b"<"):
        return "it is XML: open it in Excel and save it, or read it with 'xml.read'"
    if start and all(byte > 8 for byte in start):  # noqa: PLR2004 - the first white space
        return "it looks like text: read it with 'csv.read'"
    return "open it in Excel and save it"


def is_office_file(path: Path) -> bool:
    """Tell whether a file is in the container of old Office documents, and of those behind a password."""
    with path.open("rb") as file:
        return file.read(len(_OLE)) == _OLE


def refuse_strict(path: Path, *, shown_as: str) -> None:
    """Refuse the variant of .xlsx whose parts have other names: its sheets would seem not to be there."""
    with zipfile.ZipFile(path) as archive:
        strict = "xl/workbook.xml" in archive.namelist() and _STRICT in archive.read("xl/workbook.xml")
    if strict:
        raise InvalidFileError(
            f"{shown_as!r} is a 'Strict Open XML' workbook, which robots do not open; save it in Excel as 'Excel "
            "Workbook (.xlsx)'"
        )


def _readable(workbook: Workbook) -> Path:
    """Give a file without protection: the workbook itself, or what its password opens, beside it."""
    if not is_office_file(workbook.path):
        return workbook.path
    plain = workbook.path.with_name(f"opened-{workbook.path.name}")
    with workbook.path.open("rb") as source, plain.open("wb") as target:
        file = msoffcrypto.OfficeFile(source)
        if not file.is_encrypted():
            return workbook.path
        if workbook.password is None:
            raise InvalidFileError(f"{workbook.shown_as!r} is protected by a password; give it as 'password'")
        try:
            file.load_key(password=workbook.password)
            file.decrypt(target)
        except DecryptionError as error:
            raise InvalidFileError(f"the given password does not open {workbook.shown_as!r}") from error
    return plain


def _open(path: Path, workbook: Workbook) -> AbstractContextManager[Book]:
    if is_office_file(path):
        return open_binary(path, old_traces(path), shown_as=workbook.shown_as)
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        size = sum(part.file_size for part in archive.infolist())
        if "META-INF/manifest.xml" in names and _ENCRYPTED_ODS in archive.read("META-INF/manifest.xml"):
            raise InvalidFileError(
                f"{workbook.shown_as!r} is protected by a password, in a way only LibreOffice can open; save it without"
            )
    if size > LARGEST:
        raise InvalidFileError(
            f"{workbook.shown_as!r} unpacks to {size // 2**20} MiB, more than the {LARGEST // 2**20} MiB a robot reads"
            "; split it"
        )
    if "content.xml" in names:
        return open_ods(path)
    refuse_strict(path, shown_as=workbook.shown_as)
    if "xl/workbook.bin" in names:
        return open_binary(path, new_traces(path), shown_as=workbook.shown_as)
    from activities.formats.excel.xlsx import open_xlsx  # noqa: PLC0415 - slow to load

    return open_xlsx(path, shown_as=workbook.shown_as)
