"""Read the text of a PDF file."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from activities.formats.fields import Expression
from activities.formats.pdf.opening import PdfFile
from activities.formats.pdf.text import read_text
from activities.node import Result, node
from activities.pages import PageRange
from activities.sessions.documents import DOCUMENTS, OnPdf, Workshop
from workflows.spec import Effect


class Read(OnPdf):
    """Which file to read, and how."""

    pages: PageRange | None = None
    """Which pages, e.g. `1-3, 5` or `2-`; by default all."""
    fields: dict[str, Expression] = Field(default_factory=dict)
    """Regular expressions of single values by their names; a value is what the first parentheses hold."""
    layout: bool = False
    """Whether blanks and empty lines keep everything where it is on the page; it takes longer."""


class Page(Result):
    """One page."""

    page: int
    """Its number, from 1."""
    text: str
    """What it says."""
    scanned: bool
    """Whether it shows something but holds no text, or hardly any on the picture of a page: read it with `ocr.read`."""


class Text(Result):
    """What a file says."""

    text: str
    """All pages that were read, one after the other."""
    fields: dict[str, str | None]
    """The values that were looked for by their names; null for what is not there."""
    pages: tuple[Page, ...]
    """Each of them."""
    page_count: int
    """How many pages the file has."""
    scanned: tuple[int, ...]
    """The numbers of those that are."""


@node("pdf.read", needs=DOCUMENTS, effect=Effect.READ, timeout=timedelta(minutes=1), label="path")
async def read(workshop: Workshop, params: Read) -> Text:
    r"""Read the text of pages in the order in which a person reads it, with what is filled in.

    What stands side by side is one line, with a tab where there is room between; columns of prose are read one after
    the other.

    ```yaml
    - id: invoice
      do: pdf.read
      with:
        path: invoice.pdf
        fields: {number: 'Invoice (\S+)', total: 'Total:\s+([\d.,]+)'}
    - assert: "${{ number(invoice.fields.total, decimal=',') == 105.1 }}"
    ```
    """
    async with workshop.files.reading(params.path) as path:
        file = PdfFile(path, params.password, params.path)
        read = await workshop.do(read_text, file, params.pages, params.fields, layout=params.layout)
    return Text(
        text=read.text,
        fields=read.fields,
        pages=tuple(Page(page=page.number, text=page.text, scanned=page.scanned) for page in read.pages),
        page_count=read.count,
        scanned=tuple(page.number for page in read.pages if page.scanned),
    )
