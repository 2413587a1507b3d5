"""Set what a PDF file says of itself."""

from __future__ import annotations

from pydantic import Field

from activities.formats.pdf.opening import PdfFile
from activities.formats.pdf.rewriting import Property
from activities.formats.pdf.rewriting import set_properties as write_properties
from activities.node import Result, node
from activities.sessions.documents import DOCUMENTS, OnPdf, Workshop
from workflows.spec import Effect


class SetProperties(OnPdf):
    """What to say of which file."""

    properties: dict[Property, str] = Field(min_length=1)
    """What it is to say, by name; what is not named stays."""
    to: str | None = None
    """Where to write the changed file; by default it takes the old one's place."""


class Written(Result):
    """What was written."""

    path: str
    """The changed file."""


@node("pdf.set_properties", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, label="path")
async def set_properties(workshop: Workshop, params: SetProperties) -> Written:
    """Set title, author and other properties of a file.

    A protected file is written without its protection.

    ```yaml
    - do: pdf.set_properties
      with: {path: invoice.pdf, properties: {title: "Invoice R-4711", author: Miller}}
    ```
    """
    target = params.to or params.path
    async with workshop.files.reading(params.path) as path, workshop.files.writing(target) as to:
        await workshop.do(write_properties, PdfFile(path, params.password, params.path), to, params.properties)
    return Written(path=target)
