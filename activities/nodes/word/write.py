"""Write a Word document."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Self

from pydantic import Field, model_validator

from activities.formats.word.writing import (
    NewHeading,
    NewList,
    NewPage,
    NewParagraph,
    NewPicture,
    NewTable,
    Part,
    write_word,
)
from activities.node import Params, Result, node
from activities.sessions.documents import DOCUMENTS, Workshop
from activities.table import Records, rows_of
from workflows.spec import Effect

_KINDS = ("heading", "text", "bullets", "numbers", "table", "picture", "page_break")


class Block(Params):
    """One thing in a document: exactly one of the first seven fields."""

    heading: str | None = None
    """A heading."""
    text: str | None = None
    """A paragraph."""
    bullets: tuple[str, ...] | None = None
    """Points."""
    numbers: tuple[str, ...] | None = None
    """Numbered items."""
    table: Records | None = None
    """A table: mappings by column name, or lists."""
    picture: str | None = None
    """A picture (PNG, JPEG, GIF, BMP or TIFF), relative to the run's workspace."""
    page_break: bool | None = None
    """With `true`, what follows begins a new page."""
    level: int = Field(default=1, ge=0, le=9)
    """Of a heading; 0 is the title of the document."""
    style: str | None = None
    """Of a paragraph or table: the name of a style of the document, e.g. `Quote`."""
    columns: tuple[str, ...] | None = Field(default=None, min_length=1)
    """Of a table: which columns, in which order."""
    width: float | None = Field(default=None, gt=0, le=100)
    """Of a picture: how wide it is, in centimetres."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [name for name in _KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            msg = f"expected one of {', '.join(_KINDS)}, found {' and '.join(given) or 'none'}"
            raise ValueError(msg)
        return self


class Write(Params):
    """What to write, and where."""

    path: str = Field(pattern=r"\.[dD][oO][cC][xX]$")
    """The document (.docx), relative to the run's workspace."""
    content: tuple[str | Block, ...]
    """What it holds, in order; a plain text is a paragraph."""
    base: str | None = None
    """A document to begin with: the content comes at its end, in its styles, with its headers and footers."""
    title: str | None = None
    """The title that its properties name."""
    author: str | None = None
    """The author that its properties name."""


class Written(Result):
    """What was written."""

    path: str
    """The document."""
    size: int
    """How long the file is, in bytes."""


@node("word.write", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, label="path")
async def write(workshop: Workshop, params: Write) -> Written:
    """Write a document of headings, paragraphs, lists, tables and pictures.

    ```yaml
    - do: word.write
      with:
        path: report.docx
        title: Payments
        content:
          - {heading: Payments}
          - "All were made on time."
          - {bullets: [Checked, Booked]}
          - {table: [{invoice: A-1, amount: 12.5}, {invoice: A-2, amount: 7}]}
    ```
    """
    properties = {"title": params.title, "author": params.author}
    given = {name: value for name, value in properties.items() if value is not None}
    async with AsyncExitStack() as stack:
        parts = [await _part(workshop, stack, each) for each in params.content]
        base = await stack.enter_async_context(workshop.files.reading(params.base)) if params.base else None
        to = await stack.enter_async_context(workshop.files.writing(params.path))
        await workshop.do(write_word, to, parts, given, base=base, shown_as=params.base or params.path)
    return Written(path=params.path, size=workshop.files.entry(params.path).size)


async def _part(workshop: Workshop, stack: AsyncExitStack, block: str | Block) -> Part:
    match block:
        case str():
            return NewParagraph(block, None)
        case Block(picture=str(path)):
            return NewPicture(await stack.enter_async_context(workshop.files.reading(path)), block.width, path)
        case _:
            return _part_without_file(block)


def _part_without_file(block: Block) -> Part:
    match block:
        case Block(heading=str(text)):
            return NewHeading(text, block.level)
        case Block(text=str(text)):
            return NewParagraph(text, block.style)
        case Block(bullets=tuple(items)):
            return NewList(items, numbered=False)
        case Block(numbers=tuple(items)):
            return NewList(items, numbered=True)
        case Block(table=list(records)):
            return NewTable(*rows_of(records, block.columns), style=block.style)
        case _:
            return NewPage()
