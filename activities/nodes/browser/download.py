"""Download a file."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Download(Params):
    """What to download."""

    target: Target
    """What to click."""
    path: str | None = None
    """Where to put the file in the run's workspace; by default in `downloads/`, under the name the page gives it."""


class Downloaded(Result):
    """The file."""

    path: str
    """Where it is in the run's workspace."""
    name: str
    """The name the page gave it."""
    size: int
    """Bytes."""
    artifact: str
    """Its digest, under which it is stored."""


@node(
    "browser.download",
    needs=BROWSER,
    effect=Effect.IDEMPOTENT,
    timeout=timedelta(minutes=2),
    label="target",
    workspace=True,
)
async def download(page: Page, params: Download) -> Downloaded:
    """Click something that makes the page send a file, and wait for all of it.

    Asking for a file twice is taken to do no more than asking once. If it does, e.g. because the portal hands out each
    file a single time, say `effect: once` on the step.

    ```yaml
    - id: export
      do: browser.download
      with: {target: {role: link, name: Export}, path: export.csv}
    ```
    """
    file = await page.download(params.target)
    path = params.path or f"downloads/{file.name}"
    async with page.workspace.writing(path) as place:
        await file.save(place)
    entry = page.workspace.entry(path)
    return Downloaded(path=path, name=file.name, size=entry.size, artifact=entry.digest)
