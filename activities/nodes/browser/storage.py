"""Read what a site has stored."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.profile import StorageKind
from workflows.spec import Effect


class Storage(OnPage):
    """Which storage."""

    kind: StorageKind = "local"
    """`local` lasts as long as the run's browser, `session` as long as the tab."""


class Stored(Result):
    """What is stored."""

    entries: dict[str, str]
    """Texts by their keys."""


@node("browser.storage", needs=BROWSER, effect=Effect.READ, label="kind")
async def storage(page: Page, params: Storage) -> Stored:
    """Read what the page's site has stored in the browser.

    ```yaml
    - id: settings
      do: browser.storage
      with: {kind: local}
    ```
    """
    return Stored(entries=dict(await page.profile.storage(params.kind)))
