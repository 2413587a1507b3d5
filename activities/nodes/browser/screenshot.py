"""Take a picture of a page."""

from __future__ import annotations

import asyncio
import hashlib

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Screenshot(OnPage):
    """What to picture."""

    target: Target | None = None
    """One element; by default the part of the page that is visible."""
    full_page: bool = False
    """Whether to picture the whole page, also what has to be scrolled to."""
    path: str | None = None
    """Where to put it in the run's workspace; by default in `screenshots/`, under a name of its own."""


class Picture(Result):
    """The picture."""

    path: str
    """Where it is in the run's workspace."""
    artifact: str
    """Its digest, under which it is stored."""
    size: int
    """Bytes."""


@node("browser.screenshot", needs=BROWSER, effect=Effect.READ, label="target", workspace=True)
async def screenshot(page: Page, params: Screenshot) -> Picture:
    """Take a picture (PNG) of the page or of one element; password fields are covered.

    So are other fields that hold a secret of the document; text of the page that repeats it is not.

    ```yaml
    - id: proof
      do: browser.screenshot
      with: {full_page: true, path: proof.png}
    ```
    """
    picture = await page.screenshot(params.target, full_page=params.full_page)
    path = params.path or f"screenshots/{hashlib.sha256(picture).hexdigest()[:16]}.png"
    async with page.workspace.writing(path) as file:
        await asyncio.to_thread(file.write_bytes, picture)
    entry = page.workspace.entry(path)
    return Picture(path=path, artifact=entry.digest, size=entry.size)
