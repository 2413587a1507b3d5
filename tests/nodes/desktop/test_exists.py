from __future__ import annotations

import pytest

from activities.nodes.desktop.exists import exists
from tests.support.screen import Screen
from tests.support.steps import Steps


@pytest.mark.parametrize(
    ("target", "there"),
    [
        ({"control_type": "Button"}, True),
        ("Undo", True),
        ("Redo", False),
        ({"control_type": "Window", "name": "A"}, False),
    ],
)
async def test_absence_is_an_answer(screen: Screen, steps: Steps, target: object, there: bool) -> None:  # noqa: FBT001
    await screen.have("calculator")

    assert {"exists": there} == await steps.do(exists, {"app": "calculator", "target": target})
