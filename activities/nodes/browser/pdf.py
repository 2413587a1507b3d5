"""Print a page into a file."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated

from pydantic import Field, StringConstraints

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page, Paper, Print
from workflows.spec import Effect


class Pdf(OnPage):
    """How to print it, and where to put it."""

    path: str | None = None
    """Where to put it in the run's workspace; by default in `prints/`, under a name of its own."""
    paper: Paper = "A4"
    """The size of the paper."""
    landscape: bool = False
    """Whether the paper lies on its long side."""
    background: bool = True
    """Whether backgrounds are printed."""
    scale: float = Field(default=1.0, ge=0.1, le=2.0)
    """How large things are."""
    pages: Annotated[str, StringConstraints(pattern=r"^\d+(-\d+)?(, *\d+(-\d+)?)*$")] | None = None
    """Which pages, e.g. `1-3, 5`; by default all."""
    margin: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?(px|in|cm|mm)$")] = "1cm"
    """What is left free on all sides, e.g. `1cm` or `0.5in`."""


class Printed(Result):
    """The file."""

    path: str
    """Where it is in the run's workspace."""
    artifact: str
    """Its digest, under which it is stored."""
    size: int
    """Bytes."""


@node("browser.pdf", needs=BROWSER, effect=Effect.READ, label="path", workspace=True)
async def pdf(page: Page, params: Pdf) -> Printed:
    """Print the page into a PDF file; only a Chromium without windows can.

    ```yaml
    - id: receipt
      do: browser.pdf
      with: {path: receipt.pdf, landscape: true}
    ```
    """
    how = Print(params.paper, params.landscape, params.background, params.scale, params.pages, params.margin)
    content = await page.pdf(how)
    path = params.path or f"prints/{hashlib.sha256(content).hexdigest()[:16]}.pdf"
    async with page.workspace.writing(path) as file:
        await asyncio.to_thread(file.write_bytes, content)
    entry = page.workspace.entry(path)
    return Printed(path=path, artifact=entry.digest, size=entry.size)
