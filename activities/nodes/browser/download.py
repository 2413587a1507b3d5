"""Download a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Result, node
from activities.sessions.address import AnyAddress
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Download(OnPage):
    """What to download."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["target"]}, {"required": ["url"]}]})

    target: Target | None = None
    """What to click; give this or `url`."""
    url: AnyAddress | None = None
    """The address of the file, with the page's cookies; it may be relative to the page."""
    path: str | None = None
    """Where to put the file in the run's workspace; by default in `downloads/`, under the name the page gives it."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.target is None) == (self.url is None):
            raise PydanticCustomError("download", "give either target or url")
        return self


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
    """Click something that makes the page send a file, or ask an address for it, and wait for all of it.

    Asking for a file twice is taken to do no more than asking once. If it does, e.g. because the portal hands out each
    file a single time, say `effect: once` on the step.

    ```yaml
    - id: export
      do: browser.download
      with: {target: {role: link, name: Export}, path: export.csv}
    ```
    """
    if params.target is not None:
        file = await page.download(params.target)
    else:
        file = await page.download_from(params.url or "")
    path = params.path or f"downloads/{file.name}"
    async with page.workspace.writing(path) as place:
        await file.save(place)
    entry = page.workspace.entry(path)
    return Downloaded(path=path, name=file.name, size=entry.size, artifact=entry.digest)
