"""Split a PDF file."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from pydantic import Field

from activities.formats.pdf.opening import PdfFile
from activities.formats.pdf.rewriting import page_count
from activities.formats.pdf.rewriting import split as split_file
from activities.node import Result, node
from activities.pages import PageRange
from activities.sessions.documents import DOCUMENTS, OnPdf, Workshop
from workflows.errors import InvalidFileError
from workflows.spec import Effect

_MOST = 1_000


class Split(OnPdf):
    """Which file to split, and how."""

    parts: tuple[PageRange, ...] | None = Field(default=None, min_length=1, max_length=_MOST)
    """The pages of each part, e.g. `["1-2", "3-"]`; by default every page is one."""
    to: str = Field(default="parts/{n}.pdf", pattern=r"\{n\}")
    """The files to write; `{n}` is the number of each, from 1."""


class Part(Result):
    """One part."""

    path: str
    """The file."""
    page_count: int
    """How many pages it has."""


class Parts(Result):
    """What was written."""

    files: tuple[Part, ...]
    """Each part, in order."""
    count: int
    """How many there are."""


@node("pdf.split", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=1), label="path")
async def split(workshop: Workshop, params: Split) -> Parts:
    """Write each page of a file, or each range of pages, as a file of its own.

    ```yaml
    - do: pdf.split
      with: {path: invoice.pdf, parts: ["1", "2-"], to: "out/part-{n}.pdf"}
    ```
    """
    async with AsyncExitStack() as stack:
        path = await stack.enter_async_context(workshop.files.reading(params.path))
        ranges = params.parts or await _each_page(workshop, params, path)
        names = [params.to.replace("{n}", str(number)) for number in range(1, len(ranges) + 1)]
        places = [await stack.enter_async_context(workshop.files.writing(name)) for name in names]
        counts = await workshop.do(
            split_file,
            PdfFile(path, params.password, params.path),
            list(zip(ranges, places, strict=True)),
        )
    parts = tuple(Part(path=name, page_count=count) for name, count in zip(names, counts, strict=True))
    return Parts(files=parts, count=len(parts))


async def _each_page(workshop: Workshop, params: Split, path: Path) -> tuple[PageRange, ...]:
    count = await workshop.do(page_count, PdfFile(path, params.password, params.path))
    if count > _MOST:
        raise InvalidFileError(
            f"{params.path!r} has {count} pages; it can be split into {_MOST} files at once: name 'parts'"
        )
    return tuple(str(number) for number in range(1, count + 1))
