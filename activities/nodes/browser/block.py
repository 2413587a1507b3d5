"""Block requests."""

from __future__ import annotations

from typing import Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Page
from activities.sessions.traffic import Resource, Rule
from workflows.spec import Effect


class Block(Params):
    """Which requests; those that are both, if both are given."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["urls"]}, {"required": ["resources"]}]})

    urls: tuple[str, ...] = ()
    """Addresses or paths, with `*` for anything, e.g. `*://ads.example/*`."""
    resources: tuple[Resource, ...] = ()
    """Kinds of things, e.g. `[image, font, media]`."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.urls and not self.resources:
            raise PydanticCustomError("block", "give at least one of: urls, resources")
        return self


class Blocked(Result):
    """Nothing: pages do without."""


@node("browser.block", needs=BROWSER, effect=Effect.IDEMPOTENT, label="urls")
async def block(page: Page, params: Block) -> Blocked:
    """Block requests of pages until the run ends: they fail at once, e.g. to do without pictures or trackers.

    ```yaml
    - id: fast
      do: browser.block
      with: {resources: [image, font, media]}
    ```
    """
    await page.traffic.rule(Rule(urls=params.urls, resources=params.resources))
    return Blocked()
