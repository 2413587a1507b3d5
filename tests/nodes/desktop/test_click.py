from __future__ import annotations

import pytest

from activities.nodes.desktop.click import click
from activities.nodes.desktop.expect import expect
from activities.nodes.desktop.press import press
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of

DISPLAY = {"control_type": "Edit", "class_name": "GtkSourceView"}


@pytest.fixture(autouse=True)
async def calculator(screen: Screen, steps: Steps) -> None:
    await screen.have("calculator")
    await steps.do(press, {"app": "calculator", "keys": "{Esc}"})


async def test_a_button_is_pressed(steps: Steps) -> None:
    for name in ("7", "+", "6", "="):
        await steps.do(click, {"app": "calculator", "target": {"control_type": "Button", "name": name}})

    await steps.do(expect, {"app": "calculator", "target": DISPLAY, "value": "13"})


async def test_a_place_on_a_control_is_clicked_with_the_mouse(steps: Steps) -> None:
    target = {"control_type": "Button", "name": "8"}

    await steps.do(click, {"app": "calculator", "target": target, "position": {"x": 5, "y": 5}})

    await steps.do(expect, {"app": "calculator", "target": DISPLAY, "value": "8"})


async def test_of_two_that_match_none_is_clicked(steps: Steps) -> None:
    error = await failure_of(steps.do(click, {"app": "calculator", "target": {"control_type": "Button"}}, timeout=4))

    assert ("ElementAmbiguousError", False) == (error.type, error.acted)
    assert "which one (found_index)" in error.message
