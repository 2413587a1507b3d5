"""Upload a file."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Upload(Params):
    """What to upload where."""

    target: Target
    """The file field, or the button that asks for a file."""
    path: str
    """The file in the run's workspace."""


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
    async with page.workspace.reading(params.path) as file:
        reaction = await page.upload(params.target, [file])
    return Uploaded(url=reaction.url, dialogs=list(reaction.dialogs))
