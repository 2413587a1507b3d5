"""New Word documents, and more at the end of those there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from activities.formats.looks import looks_like
from activities.formats.word.opening import open_word
from activities.formats.word.replacing import checked_text
from activities.table import Row, text_of
from workflows.errors import InvalidFileError, InvalidParamsError

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_MOST_CELLS = 100_000


@dataclass(frozen=True, slots=True)
class NewHeading:
    """A heading; level 0 is the title of the document."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class NewParagraph:
    """A paragraph in a style of the document."""

    text: str
    style: str | None


@dataclass(frozen=True, slots=True)
class NewList:
    """Points or numbered items."""

    items: Sequence[str]
    numbered: bool


@dataclass(frozen=True, slots=True)
class NewTable:
    """A table, with a header in bold if there is one."""

    header: Sequence[str] | None
    rows: Sequence[Row]
    style: str | None


@dataclass(frozen=True, slots=True)
class NewPicture:
    """A picture on a line of its own, so many centimetres wide."""

    path: Path
    width: float | None
    shown_as: str


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins a new page."""


Part: TypeAlias = NewHeading | NewParagraph | NewList | NewTable | NewPicture | NewPage


def write_word(
    to: Path, parts: Sequence[Part], properties: Mapping[str, str], *, base: Path | None, shown_as: str
) -> None:
    """Write a document, or a copy of one with more at its end.

    Raises:
        InvalidFileError: the one to begin with is no Word document, or a picture none.
        InvalidParamsError: something cannot stand in a document, or in a style that it has not.
    """
    document = open_word(base, shown_as=shown_as)
    for part in parts:
        _add(document, part)
    for name, value in properties.items():
        setattr(document.core_properties, name, checked_text(value))
    document.save(str(to))


def _add(document: Document, part: Part) -> None:
    from docx.enum.text import WD_BREAK  # noqa: PLC0415 - optional

    match part:
        case NewHeading(text, level):
            _styled(document, text, "Title" if level == 0 else f"Heading {level}")
        case NewParagraph(text, style):
            _styled(document, text, style)
        case NewList():
            _add_list(document, part)
        case NewTable():
            _add_table(document, part)
        case NewPicture():
            _add_picture(document, part)
        case NewPage():
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _styled(document: Document, text: str, style: str | None) -> Paragraph:
    if style is not None:
        _check_style(document, style)
    return document.add_paragraph(checked_text(text), style=style)


def _check_style(document: Document, style: str) -> None:
    if style not in document.styles:
        names = [each.name or "" for each in document.styles]
        close = get_close_matches(style, names, n=3) or [name for name in names if " " not in name]
        raise InvalidParamsError(f"the document has no style {style!r}; it has {', '.join(map(repr, close))}")


def _add_list(document: Document, part: NewList) -> None:
    style = "List Number" if part.numbered else "List Bullet"
    paragraphs = [_styled(document, item, style) for item in part.items]
    if part.numbered:
        _number_anew(document, paragraphs)


def _number_anew(document: Document, paragraphs: Sequence[Paragraph]) -> None:
    """Begin at 1 again: else Word would go on with the numbers of the list before."""
    linked = document.styles["List Number"].element.find(".//{*}numId")
    if linked is None or not paragraphs:
        return
    numbering = document.part.numbering_part.element
    known = {each.numId: each for each in numbering.num_lst}
    usual = known.get(linked.val)
    if usual is None:
        return
    fresh = numbering.add_num(usual.abstractNumId.val)
    fresh.add_lvlOverride(ilvl=0).add_startOverride(1)
    for paragraph in paragraphs:
        properties: Any = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no other way
        properties.get_or_add_numPr().get_or_add_numId().val = fresh.numId


def _add_table(document: Document, part: NewTable) -> None:
    rows = [[text_of(cell) for cell in row] for row in part.rows]
    lines = [list(part.header), *rows] if part.header else rows
    width = max(map(len, lines), default=0)
    if not width:
        return
    if width * len(lines) > _MOST_CELLS:
        raise InvalidParamsError(
            f"a table of {len(lines)} rows and {width} columns has more than {_MOST_CELLS} cells; write a workbook"
        )
    style = part.style or "Table Grid"
    _check_style(document, style)
    table = document.add_table(len(lines), width, style=style)
    cells = table._cells  # noqa: SLF001 - all at once: one by one, each would look for its place from the beginning
    for number, line in enumerate(lines):
        for column, text in enumerate(line):
            run = cells[number * width + column].paragraphs[0].add_run(checked_text(text))
            run.bold = True if part.header and number == 0 else None


def _add_picture(document: Document, part: NewPicture) -> None:
    from docx.shared import Cm  # noqa: PLC0415 - optional

    try:
        document.add_picture(str(part.path), width=Cm(part.width) if part.width is not None else None)
    except Exception as error:  # whatever is wrong with a picture
        raise InvalidFileError(
            f"{part.shown_as!r} is no picture that a Word document can show{looks_like(part.path)}; use PNG or JPEG"
        ) from error
