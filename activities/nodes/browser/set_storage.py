"""Change what a site has stored."""

from __future__ import annotations

from pydantic import Field

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.profile import StorageKind
from workflows.spec import Effect


class SetStorage(OnPage):
    """What to store where."""

    entries: dict[str, str | None] = Field(min_length=1)
    """Texts by their keys; null removes one."""
    kind: StorageKind = "local"
    """`local` lasts as long as the run's browser, `session` as long as the tab."""


class StorageSet(Result):
    """How it went."""

    count: int
    """How many entries were set or removed."""


@node("browser.set_storage", needs=BROWSER, effect=Effect.IDEMPOTENT, label="kind")
async def set_storage(page: Page, params: SetStorage) -> StorageSet:
    """Change what the page's site has stored in the browser.

    ```yaml
    - id: no_tour
      do: browser.set_storage
      with: {entries: {tour_seen: "yes"}}
    ```
    """
    await page.profile.store(params.kind, params.entries)
    return StorageSet(count=len(params.entries))
