"""What frames show is seen as what pages show: nested, of another origin, scaled, and never what is out of sight."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from activities.drivers.playwright.healing.memory import Memory
from activities.fingerprints import local_fingerprints
from activities.nodes.browser.click import Click, click
from activities.sessions.browser import Condition, State
from activities.sessions.spot import Spot
from activities.sessions.target import Target
from tests.nodes.browser.test_click_spot import board
from tests.nodes.browser.test_healing_icons import toolbar
from tests.support.browser import Desk
from tests.support.steps import Steps, failure_of
from workers.providers import browser_provider
from workflows.call import StepOutcome

pytest.importorskip("rapidocr", reason="needs the extra 'vision'")

ALL = ["cross", "plus", "tick", "circle"]
FRAME = Target(css="#inner", frame=Target(css="#outer"))


class Embedded:
    """A page in a frame of another origin, in a frame that is smaller than life, far down a page."""

    def __init__(self, desk: Desk, directory: Path) -> None:
        self.desk = desk
        self._steps = Steps(directory, browser_provider(desk.host, memory=Memory(local_fingerprints(directory))))

    async def show(self, inner: str, *, height: int = 200) -> None:
        self.desk.site.page("/inner", inner)
        elsewhere = self.desk.site.url("/inner").replace("127.0.0.1", "localhost")
        self.desk.site.page(
            "/outer", f"<h1>Outer</h1><iframe id=inner src='{elsewhere}' width=560 height={height}></iframe>"
        )
        style = "border: 7px solid; padding: 9px; transform: scale(.9); transform-origin: 0 0"
        await self.desk.show(
            f"<p style='height: 1500px'>Page<iframe id=outer src=/outer width=700 height=500 style='{style}'></iframe>"
        )

    async def press(self, shapes: Sequence[str], *, prefix: str = "a", **look: Any) -> StepOutcome:
        """Run the step that clicks the third picture."""
        height = look.pop("height", 200)
        await self.show(toolbar(shapes, prefix=prefix, **look), height=height)
        target: Any = {"css": "#a2", "frame": {"css": "#inner", "frame": {"css": "#outer"}}}
        facts: dict[str, Any] = {"session": self.desk.grant, "timeout": 12}
        return await self._steps.outcome(click, {"target": target}, **facts)

    async def clicked(self, what: str) -> None:
        """Wait until the title of the inner page tells what was clicked."""
        said = Target(css="title", frame=FRAME)
        left = await self.desk.page().meets(Condition(target=said, state=State.ATTACHED, text=what))
        assert left is None, left


@pytest.fixture
def embedded(desk: Desk, tmp_path: Path) -> Embedded:
    return Embedded(desk, tmp_path)


async def test_a_picture_in_a_frame_is_known_again(embedded: Embedded) -> None:
    await embedded.press(ALL)

    outcome = await embedded.press(["circle", "tick", "cross", "plus"], prefix="n", size=28, colour="navy")

    assert [3] == [heal.tier for heal in outcome.healed]
    await embedded.clicked("tick")


async def test_a_picture_that_is_gone_from_a_frame_is_not_replaced_by_another(embedded: Embedded) -> None:
    await embedded.press(ALL)

    error = await failure_of(embedded.press(["circle", "cross", "plus"], prefix="n"))

    assert error.acted is False
    await embedded.clicked("Test page")


async def test_a_frame_that_is_not_seen_whole_is_for_a_person(embedded: Embedded) -> None:
    """What is out of sight may look the same."""
    await embedded.press(ALL)

    error = await failure_of(embedded.press(["circle", "tick", *["cross"] * 40], prefix="n", height=130))

    assert ("ElementChangedError", False) == (error.type, error.acted)
    assert "others are out of sight" in error.message
    await embedded.clicked("Test page")


@pytest.mark.parametrize("target", [Target(css="canvas", frame=FRAME), FRAME])
async def test_words_on_a_canvas_in_a_frame_are_clicked(embedded: Embedded, target: Target) -> None:
    await embedded.show(board(("Cancel", 20, 20), ("Pay now", 300, 200)), height=360)

    await click(embedded.desk.page(60), Click(target=target, spot=Spot(text="Pay now")))

    await embedded.clicked("Pay now")
