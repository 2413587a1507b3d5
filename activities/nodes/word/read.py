"""Read a Word document."""

from __future__ import annotations

from pydantic import Field

from activities.formats.fields import Expression
from activities.formats.word.reading import read_word
from activities.node import Params, Result, node
from activities.sessions.documents import DOCUMENTS, Workshop
from activities.table import Records, records_of
from workflows.spec import Effect


class Read(Params):
    """Which document to read, and how."""

    path: str
    """The document (.docx), relative to the run's workspace."""
    password: str | None = None
    """What opens it if it is protected; best from a secret."""
    fields: dict[str, Expression] = Field(default_factory=dict)
    """Regular expressions of single values by their names; a value is what the first parentheses hold."""
    header: bool = True
    """Whether the first row of each table names its columns; with `false`, records are lists."""


class Paragraph(Result):
    """One paragraph that is not empty."""

    text: str
    """What it says."""
    style: str
    """The name of its style, e.g. `Normal` or `List Bullet`."""


class Heading(Result):
    """One heading."""

    text: str
    """What it says."""
    level: int
    """Its level from 1, and 0 for the title of the document."""


class Table(Result):
    """One table."""

    records: Records
    """Its rows below the header: mappings by column name, or lists without a header."""
    columns: tuple[str, ...] | None
    """The names of the columns, in order; null without a header."""


class Document(Result):
    """What a document says."""

    text: str
    """All of it: a line per paragraph, and per row of a table, with tabs between the cells."""
    fields: dict[str, str | None]
    """The values that were looked for by their names; null for what is not there."""
    paragraphs: tuple[Paragraph, ...]
    """The paragraphs outside of tables."""
    headings: tuple[Heading, ...]
    """Those of them that are headings."""
    tables: tuple[Table, ...]
    """Each table."""
    margins: str
    """What stands in headers and footers."""
    properties: dict[str, str | None]
    """`title`, `author`, `subject`, `keywords`, `comments`, `category`, `last_modified_by`, `created`,
    `modified`."""


@node("word.read", needs=DOCUMENTS, effect=Effect.READ, label="path")
async def read(workshop: Workshop, params: Read) -> Document:
    """Read text, headings, tables and properties of a document.

    The text is what a person sees with all tracked changes accepted. Cells that are merged all have the text they show.
    Numbers that Word makes itself (of lists and headings) and footnotes are no part of it.

    ```yaml
    - do: word.write
      with:
        path: offer.docx
        content:
          - {heading: Offer}
          - {table: [{item: Pen, price: 1.1}, {item: Ink, price: 4}]}
    - id: offer
      do: word.read
      with: {path: offer.docx}
    - assert: "${{ offer.headings[0].text == 'Offer' and offer.tables[0].records[1].price == '4' }}"
    ```
    """
    async with workshop.files.reading(params.path) as path:
        said = await workshop.do(read_word, path, params.fields, shown_as=params.path, password=params.password)
    headings = (Heading(text=each.text, level=each.level) for each in said.paragraphs if each.level is not None)
    return Document(
        text=said.text,
        fields=said.fields,
        paragraphs=tuple(Paragraph(text=each.text, style=each.style) for each in said.paragraphs),
        headings=tuple(headings),
        tables=tuple(_table(rows, header=params.header) for rows in said.tables),
        margins=said.margins,
        properties=said.properties,
    )


def _table(rows: list[list[str]], *, header: bool) -> Table:
    columns, records = records_of([list(row) for row in rows], header=header)
    return Table(records=records, columns=columns)
