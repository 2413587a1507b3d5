"""What a Word document says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from activities.formats.fields import Expression, find_fields
from activities.formats.word.markup import P, blocks, plain_text, rows_of, text_of
from activities.formats.word.opening import margins_of, open_word

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_TITLE = "Title"
_PROPERTIES = ("title", "author", "subject", "keywords", "comments", "category", "last_modified_by")
_MOMENTS = ("created", "modified")


@dataclass(frozen=True, slots=True)
class WordParagraph:
    """One paragraph that is not empty."""

    text: str
    style: str
    level: int | None
    """Of a heading: 0 for the title of the document, 1 to 9 else."""


@dataclass(frozen=True, slots=True)
class WordText:
    """What a document says."""

    text: str
    fields: dict[str, str | None]
    paragraphs: list[WordParagraph]
    tables: list[list[list[str]]]
    margins: str
    """What stands in headers and footers."""
    properties: dict[str, str | None]


def read_word(path: Path, fields: Mapping[str, Expression], *, shown_as: str, password: str | None = None) -> WordText:
    """Read a whole document.

    Raises:
        InvalidFileError: it is no Word document.
    """
    document = open_word(path, shown_as=shown_as, password=password, macros="leave")
    body = document.element.body
    found = list(blocks(body))
    styles = _Styles(document)
    text = plain_text(body)
    return WordText(
        text=text,
        fields=find_fields(text, fields),
        paragraphs=[styles.paragraph(each) for each in found if each.tag == P and text_of(each).strip()],
        tables=[rows_of(each) for each in found if each.tag != P],
        margins="\n".join(filter(None, (plain_text(each.element).strip() for each in margins_of(document)))),
        properties=_properties(document),
    )


class _Styles:
    """The names of a document's styles."""

    def __init__(self, document: Document) -> None:
        self._names = {style.style_id: style.name or style.style_id for style in document.styles}
        self._usual = document.styles.default(1)

    def paragraph(self, element: _Element) -> WordParagraph:
        style = element.style  # type: ignore[attr-defined] # python-docx's own kind of element
        name = self._names.get(style, style) or (self._usual.name if self._usual is not None else "") or ""
        heading = _HEADING.fullmatch(name)
        level = int(heading[1]) if heading else 0 if name == _TITLE else None
        return WordParagraph(text_of(element), name, level)


def _properties(document: Document) -> dict[str, str | None]:
    kept = document.core_properties
    texts = {name: getattr(kept, name) or None for name in _PROPERTIES}
    return texts | {name: _moment(getattr(kept, name)) for name in _MOMENTS}


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value is not None else None
