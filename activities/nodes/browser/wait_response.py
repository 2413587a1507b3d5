"""Wait for an answer from the network."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Page
from activities.sessions.traffic import Method, Sought
from workflows.spec import Effect


class WaitResponse(Params):
    """Which answer."""

    url: Annotated[str, StringConstraints(min_length=1)]
    """Its address or path, with `*` for anything."""
    method: Method | None = None
    """Only the answer to a request of this method."""
    status: Annotated[int, Field(ge=100, le=599)] | None = None
    """Only an answer of this HTTP status."""


class ResponseGot(Result):
    """The answer."""

    url: str
    """Its address."""
    status: int
    """Its HTTP status."""
    headers: dict[str, str]
    """Its headers, by names in small letters."""
    text: str | None
    """Its content; null for what is no text."""
    json_: JsonValue = Field(alias="json")
    """Its content as data; null for what is no JSON."""


@node("browser.wait_response", needs=BROWSER, effect=Effect.READ, label="url")
async def wait_response(page: Page, params: WaitResponse) -> ResponseGot:
    """Wait for an answer that a page gets from the network, e.g. the JSON behind a list.

    An answer counts if it came since the last step that did something in the browser began, so it cannot be missed.
    Of several, the latest counts.

    ```yaml
    - id: search
      do: browser.click
      with: {target: {role: button, name: Search}}
    - id: found
      do: browser.wait_response
      with: {url: "*/api/search*"}
    ```
    """
    got = await page.traffic.response(Sought(params.url, params.method, params.status))
    return ResponseGot(url=got.url, status=got.status, headers=dict(got.headers), text=got.text, json_=got.json)
