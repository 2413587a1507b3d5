"""Buttons that say nothing but what their picture shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from activities.drivers.playwright.healing.memory import Memory
from activities.fingerprints import local_fingerprints
from activities.nodes.browser.click import click
from tests.support.browser import Desk
from tests.support.steps import Steps, failure_of
from workers.providers import browser_provider
from workflows.call import ErrorValue, StepOutcome

pytest.importorskip("rapidocr", reason="needs the extra 'vision'")

SHAPES = {
    "cross": "M4 4 L20 20 M20 4 L4 20",
    "plus": "M12 3 V21 M3 12 H21",
    "tick": "M4 13 L10 19 L20 5",
    "circle": "M12 3 A9 9 0 1 1 11.9 3 Z",
}


def toolbar(shapes: Sequence[str], *, prefix: str = "a", size: int = 24, colour: str = "black") -> str:
    """Buttons whose pictures are drawn by styles, so that nothing in the page names them."""
    buttons = "".join(
        f"<div role=button tabindex=0 id={prefix}{number} class={prefix} style='--at: {number}' "
        f"onclick=\"document.title = '{shape}'\"></div>"
        for number, shape in enumerate(shapes)
    )
    drawn = "".join(
        f"#{prefix}{number} {{ background-image: url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' "
        f"viewBox='0 0 24 24' fill='none' stroke='{colour}' stroke-width='3'%3E%3Cpath d='{SHAPES[shape]}'/%3E"
        '%3C/svg%3E") }'
        for number, shape in enumerate(shapes)
    )
    style = (
        f".{prefix} {{ display: inline-block; width: {size}px; height: {size}px; margin: 8px; background-size: 100% }}"
    )
    return f"<style>{style}{drawn}</style><h1>Board</h1><div>{buttons}</div>"


class Drawer:
    """Runs that click a picture."""

    def __init__(self, desk: Desk, directory: Path) -> None:
        self.desk = desk
        self._steps = Steps(directory, browser_provider(desk.host, memory=Memory(local_fingerprints(directory))))

    async def press(self, page: str) -> StepOutcome:
        await self.desk.show(page)
        facts: dict[str, Any] = {"session": self.desk.grant, "timeout": 10}
        return await self._steps.outcome(click, {"target": "#a2"}, **facts)

    async def refused(self, page: str) -> ErrorValue:
        return await failure_of(self.press(page))


@pytest.fixture
async def drawer(desk: Desk, tmp_path: Path) -> Drawer:
    drawer = Drawer(desk, tmp_path)
    await drawer.press(toolbar(["cross", "plus", "tick", "circle"]))
    return drawer


async def test_a_button_that_says_nothing_is_known_by_its_picture(drawer: Drawer) -> None:
    outcome = await drawer.press(toolbar(["circle", "tick", "cross", "plus"], prefix="n", size=28, colour="navy"))

    assert ("tick", [3]) == (await drawer.desk.title(), [heal.tier for heal in outcome.healed])


async def test_of_two_that_look_alike_none_is_clicked(drawer: Drawer) -> None:
    error = await drawer.refused(toolbar(["tick", "cross", "tick", "plus"], prefix="n"))

    assert error.acted is False
    assert "Test page" == await drawer.desk.title()


async def test_a_picture_that_is_gone_is_not_replaced_by_another(drawer: Drawer) -> None:
    error = await drawer.refused(toolbar(["circle", "cross", "plus"], prefix="n"))

    assert error.acted is False
    assert "Test page" == await drawer.desk.title()
