from __future__ import annotations

import pytest

from activities.nodes.desktop.click import click
from activities.nodes.desktop.double_click import double_click
from activities.nodes.desktop.expect import expect
from activities.nodes.desktop.press import press
from activities.nodes.desktop.wait import wait
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
    error = await failure_of(steps.do(click, {"app": "calculator", "target": {"control_type": "Button"}}, timeout=2))

    assert ("ElementAmbiguousError", False) == (error.type, error.acted)
    assert "which one (found_index)" in error.message


async def test_a_program_that_crashes_at_the_click_is_told(screen: Screen, steps: Steps) -> None:
    await screen.have("trap")

    error = await failure_of(steps.do(click, {"app": "trap", "target": {"control_type": "Button", "name": "Crash"}}))

    assert ("ApplicationFailedError", True) == (error.type, error.acted)
    assert "was ended by SIGKILL" in error.message


async def test_what_a_dialog_is_in_front_of_waits_for_the_dialog(screen: Screen, steps: Steps) -> None:
    await screen.have("trap")
    beside = {"app": "trap", "target": {"control_type": "Button", "name": "Beside"}}
    await steps.do(click, {"app": "trap", "target": {"control_type": "Button", "name": "Ask"}})
    await steps.do(wait, {"app": "trap", "target": {"control_type": "Button", "name": "Answer"}})

    error = await failure_of(steps.do(click, beside, timeout=2))
    await steps.do(click, {"app": "trap", "target": {"control_type": "Button", "name": "Answer"}})
    await steps.do(click, beside)

    assert ("ElementNotReadyError", False) == (error.type, error.acted)
    assert "cannot be used before the dialog 'Question' is answered" in error.message
    await steps.do(expect, {"app": "trap", "target": {"control_type": "Edit", "name": "Said"}, "value": "Beside"})


async def test_of_what_is_half_scrolled_away_the_rest_is_clicked(screen: Screen, steps: Steps) -> None:
    await screen.have("trap")
    half = {"app": "trap", "target": {"control_type": "Button", "name": "Row 2"}}

    error = await failure_of(steps.do(click, half | {"position": {"x": 5, "y": 30}}, timeout=2))
    await steps.do(double_click, half)

    await steps.do(expect, {"app": "trap", "target": {"control_type": "Edit", "name": "Said"}, "value": "Row 2"})
    assert ("ElementNotReadyError", False) == (error.type, error.acted)
    assert "scrolled out of view" in error.message
