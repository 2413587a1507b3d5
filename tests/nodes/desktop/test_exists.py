from __future__ import annotations

import os
import signal

import pytest

from activities.nodes.desktop.exists import exists
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of


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

    wait = {"timeout": "20s"} if there else {}
    assert {"exists": there} == await steps.do(exists, {"app": "calculator", "target": target} | wait)


async def test_what_a_program_that_hangs_shows_is_not_taken_for_gone(screen: Screen, steps: Steps) -> None:
    await screen.have("trap")
    await steps.do(exists, {"app": "trap", "target": {"name": "Beside"}})
    os.kill(screen.station.apps["trap"], signal.SIGSTOP)
    try:
        error = await failure_of(steps.do(exists, {"app": "trap", "target": {"name": "Beside"}}))
    finally:
        os.kill(screen.station.apps["trap"], signal.SIGCONT)

    assert ("ApplicationFailedError", False) == (error.type, error.acted)
    assert "does not answer" in error.message
