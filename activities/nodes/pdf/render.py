"""Draw the pages of a PDF file."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta

from pydantic import Field

from activities.formats.pdf.opening import PdfFile
from activities.formats.pdf.picture import page_numbers
from activities.formats.pdf.picture import render as render_pages
from activities.node import Result, node
from activities.pages import PageRange
from activities.sessions.documents import DOCUMENTS, OnPdf, Workshop
from workflows.errors import InvalidParamsError
from workflows.spec import Effect

_MOST = 500


class Render(OnPdf):
    """Which pages to draw, and how."""

    pages: PageRange | None = None
    """Which pages, e.g. `1-3, 5` or `2-`; by default all."""
    dpi: int = Field(default=150, ge=20, le=1200)
    """How fine, in dots per inch."""
    to: str = Field(default="pages/{page}.png", pattern=r"\{page\}.*\.[pP][nN][gG]$")
    """The pictures to write (.png); `{page}` is the number of the page."""


class Picture(Result):
    """The picture of one page."""

    path: str
    """The file."""
    page: int
    """The number of the page."""
    width: int
    """In pixels."""
    height: int
    """In pixels."""


class Pictures(Result):
    """What was drawn."""

    pictures: tuple[Picture, ...]
    """Each page."""
    count: int
    """How many there are."""


@node("pdf.render", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=2), label="path")
async def render(workshop: Workshop, params: Render) -> Pictures:
    """Draw pages as pictures (PNG), with what is filled in on them.

    ```yaml
    - id: pages
      do: pdf.render
      with: {path: invoice.pdf, pages: "1", dpi: 72, to: "out/page-{page}.png"}
    - assert: "${{ pages.pictures[0].path == 'out/page-1.png' }}"
    ```
    """
    async with AsyncExitStack() as stack:
        path = await stack.enter_async_context(workshop.files.reading(params.path))
        numbers = await workshop.do(page_numbers, PdfFile(path, params.password, params.path), params.pages)
        if len(numbers) > _MOST:
            raise InvalidParamsError(
                f"{len(numbers)} pages are more than the {_MOST} that are drawn at once; name 'pages'"
            )
        names = [params.to.replace("{page}", str(number)) for number in numbers]
        places = [await stack.enter_async_context(workshop.files.writing(name)) for name in names]
        sizes = await workshop.do(
            render_pages,
            PdfFile(path, params.password, params.path),
            list(zip(numbers, places, strict=True)),
            dpi=params.dpi,
        )
    pictures = tuple(
        Picture(path=name, page=number, width=width, height=height)
        for name, number, (width, height) in zip(names, numbers, sizes, strict=True)
    )
    return Pictures(pictures=pictures, count=len(pictures))
