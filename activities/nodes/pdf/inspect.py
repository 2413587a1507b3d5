"""Look at a PDF file."""

from __future__ import annotations

from activities.formats.pdf.opening import PdfFile
from activities.formats.pdf.properties import read_facts
from activities.node import Result, node
from activities.sessions.documents import DOCUMENTS, OnPdf, Workshop
from workflows.spec import Effect


class Inspect(OnPdf):
    """Which file to look at."""


class Size(Result):
    """How large one page is, as it is shown."""

    width: float
    """In millimetres."""
    height: float
    """In millimetres."""


class Facts(Result):
    """What is known of a file."""

    page_count: int
    """How many pages it has."""
    sizes: tuple[Size, ...]
    """How large each of them is."""
    encrypted: bool
    """Whether it is protected, if only against changes."""
    form: bool
    """Whether it has fields."""
    signed: bool
    """Whether somebody has signed it; whatever writes it anew makes the signature worthless."""
    version: str
    """The version of PDF, e.g. `1.7`."""
    properties: dict[str, str | None]
    """`title`, `author`, `subject`, `keywords`, `creator`, `producer`, `created` and `modified`."""


@node("pdf.inspect", needs=DOCUMENTS, effect=Effect.READ, label="path")
async def inspect(workshop: Workshop, params: Inspect) -> Facts:
    """Look how many pages a file has, how large they are, and what it says of itself.

    ```yaml
    - id: invoice
      do: pdf.inspect
      with: {path: invoice.pdf}
    - assert: "${{ invoice.page_count == 2 and not invoice.encrypted }}"
    ```
    """
    async with workshop.files.reading(params.path) as path:
        facts = await workshop.do(read_facts, PdfFile(path, params.password, params.path))
    return Facts(
        page_count=facts.pages,
        sizes=tuple(Size(width=width, height=height) for width, height in facts.sizes),
        encrypted=facts.encrypted,
        form=facts.form,
        signed=facts.signed,
        version=facts.version,
        properties=facts.properties,
    )
