"""Upload a file."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Upload(OnPage):
    """What to upload where."""

    target: Target
    """The file field, or the button that asks for a file."""
    path: str | Annotated[list[str], Field(min_length=1)]
    """The file in the run's workspace, or a list of files."""


class Uploaded(Result):
    """What the page did at once."""

    url: str
    """Where the browser is now."""
    dialogs: list[str]
    """The messages of the dialogs the page showed."""


@node(
    "browser.upload",
    needs=BROWSER,
    effect=Effect.ONCE,
    timeout=timedelta(minutes=2),
    label="path",
    workspace=True,
)
async def upload(page: Page, params: Upload) -> Uploaded:
    """Give a file of the run to a page; many pages send it at once, so it is never repeated blindly.

    ```yaml
    - id: scan
      do: browser.upload
      with: {target: {label: Invoice}, path: invoice.pdf}
    ```
    """
    paths = [params.path] if isinstance(params.path, str) else params.path
    async with AsyncExitStack() as stack:
        files = [await stack.enter_async_context(page.workspace.reading(path)) for path in paths]
        reaction = await page.upload(params.target, files)
    return Uploaded(url=reaction.url, dialogs=list(reaction.dialogs))
