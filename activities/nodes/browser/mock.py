"""Answer requests in the network's place."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Self

from pydantic import ConfigDict, Field, JsonValue, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Page
from activities.sessions.traffic import Answer, Method, Rule
from workflows.spec import Effect


class Mock(Params):
    """Which requests, and what they get."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["json"]}, {"required": ["body"]}, {"required": ["path"]}]}
    )

    url: Annotated[str, StringConstraints(min_length=1)]
    """The address or path, with `*` for anything."""
    method: Method | None = None
    """Only requests of this method."""
    status: int = Field(default=200, ge=200, le=599)
    """The HTTP status they get."""
    headers: dict[str, str] = Field(default={})
    """The headers they get."""
    json_: JsonValue = Field(default=None, alias="json")
    """JSON they get; give this, `body` or `path`."""
    body: str | None = None
    """Text they get."""
    path: str | None = None
    """A file of the run's workspace they get."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(field in self.model_fields_set for field in ("json_", "body", "path")) != 1:
            raise PydanticCustomError("mock", "give one of: json, body, path")
        return self


class Mocked(Result):
    """Nothing: pages do not notice."""


@node("browser.mock", needs=BROWSER, effect=Effect.IDEMPOTENT, label="url", workspace=True)
async def mock(page: Page, params: Mock) -> Mocked:
    """Answer requests of pages in the network's place, until the run ends; the latest mock that fits counts.

    ```yaml
    - id: rates
      do: browser.mock
      with: {url: "*/api/rates", json: {EUR: 1, USD: 1.1}}
    ```
    """
    headers = {name.lower(): value for name, value in params.headers.items()}
    if params.path is not None:
        async with page.workspace.reading(params.path) as file:
            body = await asyncio.to_thread(file.read_bytes)
    elif params.body is not None:
        body = params.body.encode()
        headers.setdefault("content-type", "text/plain; charset=utf-8")
    else:
        body = json.dumps(params.json_).encode()
        headers.setdefault("content-type", "application/json")
    answer = Answer(status=params.status, headers=headers, body=body)
    await page.traffic.rule(Rule(urls=(params.url,), method=params.method, answer=answer))
    return Mocked()
