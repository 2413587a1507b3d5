from __future__ import annotations

import pytest

from activities.nodes.desktop.expect import expect
from activities.nodes.desktop.fill import fill
from activities.nodes.desktop.press import press
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of

TEXT = {"app": "editor", "target": {"control_type": "Edit"}}


@pytest.fixture(autouse=True)
async def editor(screen: Screen) -> None:
    await screen.have("editor")


async def test_keys_are_pressed_and_held(steps: Steps) -> None:
    await steps.do(fill, TEXT | {"value": "old text"})

    await steps.do(press, TEXT | {"keys": "{Ctrl}anew{Enter}line"})

    await steps.do(expect, TEXT | {"value": "new\nline"})


async def test_a_key_that_does_not_exist_is_told_before_anything_is_pressed(steps: Steps) -> None:
    error = await failure_of(steps.do(press, TEXT | {"keys": "a{Entr}"}))

    assert ("InvalidParamsError", False) == (error.type, error.acted)
    assert "Entr" in error.message
