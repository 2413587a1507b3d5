"""Change what pages find around them."""

from __future__ import annotations

from typing import Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Page
from activities.sessions.profile import (
    ColorScheme,
    Geolocation,
    Grant,
    Origin,
    Permission,
    Surroundings,
    Viewport,
)
from workflows.spec import Effect

_SAID = ("geolocation", "permissions", "offline", "viewport", "color_scheme")


class Emulate(Params):
    """What to change; what is left out stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": [name]} for name in _SAID],
            "dependentRequired": {"origin": ["permissions"]},
        }
    )

    geolocation: Geolocation | None = None
    """Where the device seems to be; pages may ask for it if they have the permission `geolocation`."""
    permissions: list[Permission] | None = None
    """All that sites may do without asking; an empty list takes every permission back."""
    origin: Origin | None = None
    """The only site that gets the permissions; by default all."""
    offline: bool | None = None
    """Whether the network is cut off."""
    viewport: Viewport | None = None
    """How large the pages of all open tabs are shown."""
    color_scheme: ColorScheme | None = None
    """Whether the pages of all open tabs shall be light or dark."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if all(getattr(self, name) is None for name in _SAID):
            raise PydanticCustomError("emulate", "give at least one of: {names}", {"names": ", ".join(_SAID)})
        if self.origin is not None and self.permissions is None:
            raise PydanticCustomError("emulate", "origin needs permissions beside it")
        return self


class Emulated(Result):
    """Nothing: pages notice by themselves."""


@node("browser.emulate", needs=BROWSER, effect=Effect.IDEMPOTENT)
async def emulate(page: Page, params: Emulate) -> Emulated:
    """Change what pages find around them while they are open: place, permissions, network, size, colours.

    What has to be said before a page is opened is for `browser.configure`.

    ```yaml
    - id: here
      do: browser.emulate
      with: {geolocation: {latitude: 52.52, longitude: 13.4}, permissions: [geolocation]}
    ```
    """
    grant = None if params.permissions is None else Grant(permissions=tuple(params.permissions), origin=params.origin)
    surroundings = Surroundings(
        viewport=params.viewport,
        geolocation=params.geolocation,
        grant=grant,
        offline=params.offline,
        color_scheme=params.color_scheme,
    )
    await page.profile.surround(surroundings)
    return Emulated()
