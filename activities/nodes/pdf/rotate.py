"""Rotate the pages of a PDF file."""

from __future__ import annotations

from typing import Literal

from activities.formats.pdf.opening import PdfFile
from activities.formats.pdf.rewriting import rotate as rotate_pages
from activities.node import Result, node
from activities.pages import PageRange
from activities.sessions.documents import DOCUMENTS, OnPdf, Workshop
from workflows.spec import Effect


class Rotate(OnPdf):
    """Which pages to turn, and how far."""

    by: Literal[90, 180, 270]
    """How far, in degrees clockwise."""
    pages: PageRange | None = None
    """Which pages, e.g. `1-3, 5` or `2-`; by default all."""
    to: str | None = None
    """Where to write the changed file; by default it takes the old one's place."""


class Rotated(Result):
    """What was written."""

    path: str
    """The changed file."""
    rotated: int
    """How many pages were turned."""


@node("pdf.rotate", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, label="path")
async def rotate(workshop: Workshop, params: Rotate) -> Rotated:
    """Turn pages of a file.

    ```yaml
    - do: pdf.rotate
      with: {path: invoice.pdf, by: 90, pages: "2-"}
    ```
    """
    target = params.to or params.path
    async with workshop.files.reading(params.path) as path, workshop.files.writing(target) as to:
        count = await workshop.do(
            rotate_pages, PdfFile(path, params.password, params.path), to, params.pages, by=params.by
        )
    return Rotated(path=target, rotated=count)
