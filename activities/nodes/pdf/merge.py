"""Merge PDF files."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta

from pydantic import Field

from activities.formats.pdf.opening import PdfFile
from activities.formats.pdf.rewriting import merge as merge_files
from activities.node import Params, Result, node
from activities.pages import PageRange
from activities.sessions.documents import DOCUMENTS, OnPdf, Workshop
from workflows.spec import Effect


class Pages(OnPdf):
    """Pages of one file."""

    pages: PageRange | None = None
    """Which pages, e.g. `1-3, 5` or `2-`; by default all."""


class Merge(Params):
    """What to merge, and into which file."""

    files: tuple[str | Pages, ...] = Field(min_length=1)
    """The files in their order; with a mapping, some pages of one."""
    to: str
    """The file to write."""


class Merged(Result):
    """What was written."""

    path: str
    """The file."""
    page_count: int
    """How many pages it has."""
    size: int
    """How long it is, in bytes."""


@node("pdf.merge", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=1), label="to")
async def merge(workshop: Workshop, params: Merge) -> Merged:
    """Write pages of files into one, one after the other; also to take some pages out of a file or to order them.

    ```yaml
    - do: pdf.merge
      with: {files: [invoice.pdf, {path: form.pdf, pages: "1"}], to: out/all.pdf}
    ```
    """
    async with AsyncExitStack() as stack:
        sources = [await _source(workshop, stack, each) for each in params.files]
        to = await stack.enter_async_context(workshop.files.writing(params.to))
        count = await workshop.do(merge_files, sources, to)
    return Merged(path=params.to, page_count=count, size=workshop.files.entry(params.to).size)


async def _source(workshop: Workshop, stack: AsyncExitStack, file: str | Pages) -> tuple[PdfFile, PageRange | None]:
    wanted = Pages(path=file) if isinstance(file, str) else file
    path = await stack.enter_async_context(workshop.files.reading(wanted.path))
    return PdfFile(path, wanted.password, wanted.path), wanted.pages
