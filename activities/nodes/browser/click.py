"""Click an element."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Result, node
from activities.sessions.browser import BROWSER, Dialog, Modifier, MouseButton, OnPage, Page, Point, Stroke, TabName
from activities.sessions.profile import Part
from activities.sessions.spot import Spot
from activities.sessions.target import Target
from workflows.spec import Effect


class Position(Part):
    """A place on an element."""

    x: float
    """Pixels from its left edge."""
    y: float
    """Pixels from its upper edge."""


class Click(OnPage):
    """What to click, and how."""

    target: Target
    """The element."""
    button: MouseButton = "left"
    """Which mouse button."""
    count: int = Field(default=1, ge=1, le=3)
    """How many times in a row; 2 is a double click."""
    modifiers: tuple[Modifier, ...] = ()
    """Keys that are held, e.g. `[Control]`."""
    position: Position | None = None
    """Where on the element; by default its middle."""
    spot: Spot | None = None
    """Where on the element, by what is seen there, e.g. `{text: Pay}` or `{image: pay.png}` on a canvas."""
    opens: TabName | None = None
    """What to call the tab that the click opens, for the steps that are about it; it is waited for."""
    dialog: Dialog | None = None
    """What to answer should the page ask whether to go on; by default as `browser.on_dialog` said, else `dismiss`."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.position is not None and self.spot is not None:
            raise PydanticCustomError("click", "give either a position or a spot")
        return self


class Clicked(Result):
    """What the page did at once."""

    url: str
    """Where the browser is now; with `opens`, where the new tab is."""
    dialogs: list[str]
    """The messages of the dialogs the page showed."""


@node("browser.click", needs=BROWSER, effect=Effect.ONCE, label="target", workspace_for="spot")
async def click(page: Page, params: Click) -> Clicked:
    """Click an element once it is visible, enabled, still and not covered.

    A click that does not arrive is an error, as where the page moves or replaces the element when the mouse is pressed.
    If it leads to another page, it waits until that page answers. Dialogs are closed and reported; a question is
    answered as `dialog` says. A tab that the click opens comes to the front; with `opens` it gets a name.

    ```yaml
    - id: submit
      do: browser.click
      with: {target: {role: button, name: Pay}}
    ```
    """
    at = Point(params.position.x, params.position.y) if params.position else None
    stroke = Stroke(params.button, params.count, params.modifiers, at, params.opens, params.spot)
    reaction = await page.click(params.target, stroke, params.dialog)
    return Clicked(url=reaction.url, dialogs=list(reaction.dialogs))
