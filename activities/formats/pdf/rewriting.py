"""PDF files put together, taken apart and changed as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from activities.formats.pdf.opening import PdfFile, check_size, parsed, save
from activities.pages import PageRange, chosen_pages

if TYPE_CHECKING:
    from pypdf import PdfReader, PdfWriter

Property: TypeAlias = Literal["title", "author", "subject", "keywords", "creator", "producer"]


def merge(sources: Sequence[tuple[PdfFile, PageRange | None]], to: Path) -> int:
    """Put pages of files one after the other into a new one, and tell how many there are.

    Raises:
        InvalidFileError: one of them cannot be opened, has no such page, or they are too large.
    """
    check_size(*(file for file, _ in sources))
    writer = _writer()
    with ExitStack() as stack:
        for file, pages in sources:
            reader = stack.enter_context(parsed(file))
            numbers = chosen_pages(pages, len(reader.pages), shown_as=file.shown_as)
            writer.append(reader, pages=[number - 1 for number in numbers])
            for name, contents in reader.attachments.items():  # an invoice for machines, for instance
                for content in contents:
                    writer.add_attachment(name, content)
        save(writer, to)
    return len(writer.pages)


def page_count(file: PdfFile) -> int:
    """How many pages there are."""
    with parsed(file) as reader:
        return len(reader.pages)


def split(file: PdfFile, parts: Sequence[tuple[PageRange, Path]]) -> list[int]:
    """Write parts of a file as files of their own, and tell how many pages each has.

    Raises:
        InvalidFileError: it cannot be opened, has no such page, or is too large.
    """
    check_size(file)
    with parsed(file) as reader:
        return [
            _write_part(reader, chosen_pages(pages, len(reader.pages), shown_as=file.shown_as), to)
            for pages, to in parts
        ]


def rotate(file: PdfFile, to: Path, pages: PageRange | None, *, by: int) -> int:
    """Turn pages clockwise by so many degrees, and tell how many."""
    check_size(file)
    with parsed(file) as reader:
        writer = _copy(reader)
        numbers = chosen_pages(pages, len(reader.pages), shown_as=file.shown_as)
        for number in numbers:
            writer.pages[number - 1].rotate(by)
        save(writer, to)
    return len(numbers)


def encrypt(file: PdfFile, to: Path, *, password: str, owner: str | None, allowed: Sequence[str]) -> None:
    """Protect a file with AES of 256 bits; whoever has the owner's password may do everything."""
    from pypdf.constants import UserAccessPermissions  # noqa: PLC0415 - optional

    rights = {
        "print": UserAccessPermissions.PRINT | UserAccessPermissions.PRINT_TO_REPRESENTATION,
        "copy": UserAccessPermissions.EXTRACT | UserAccessPermissions.EXTRACT_TEXT_AND_GRAPHICS,
        "change": UserAccessPermissions.MODIFY | UserAccessPermissions.ASSEMBLE_DOC,
        "fill": UserAccessPermissions.FILL_FORM_FIELDS | UserAccessPermissions.ADD_OR_MODIFY,
    }
    given = UserAccessPermissions(0)
    for name in allowed:
        given |= rights[name]
    check_size(file)
    with parsed(file) as reader:
        writer = _copy(reader)
        writer.encrypt(password, owner, permissions_flag=given, algorithm="AES-256")
        save(writer, to)


def decrypt(file: PdfFile, to: Path) -> bool:
    """Write a file without its protection, and tell whether it had any."""
    check_size(file)
    with parsed(file) as reader:
        save(_copy(reader), to)
        return reader.is_encrypted


def set_properties(file: PdfFile, to: Path, properties: Mapping[Property, str]) -> None:
    """Say other things of a file in its properties."""
    check_size(file)
    with parsed(file) as reader:
        writer = _copy(reader)
        writer.add_metadata({f"/{name.capitalize()}": value for name, value in properties.items()})
        writer.xmp_metadata = None  # else it would go on saying what it did, and viewers believe it first
        save(writer, to)


def _write_part(reader: PdfReader, numbers: Sequence[int], to: Path) -> int:
    writer = _writer()
    writer.append(reader, pages=[number - 1 for number in numbers], import_outline=False)
    save(writer, to)
    return len(numbers)


def _writer() -> PdfWriter:
    from pypdf import PdfWriter  # noqa: PLC0415 - optional

    return PdfWriter()


def _copy(reader: PdfReader) -> PdfWriter:
    from pypdf import PdfWriter  # noqa: PLC0415 - optional

    return PdfWriter(clone_from=reader)
