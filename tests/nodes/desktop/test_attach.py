from __future__ import annotations

from activities.nodes.desktop.attach import attach
from activities.nodes.desktop.exists import exists
from tests.support.screen import Screen
from tests.support.steps import Steps


async def test_a_program_that_runs_already_gets_a_name(screen: Screen, steps: Steps) -> None:
    await screen.have("calculator")

    attached = await steps.do(attach, {"window": {"control_type": "Window", "name": "Calculator"}, "app": "found"})

    assert ("found", screen.station.apps["calculator"], "Calculator") == tuple(attached.values())
    assert (await steps.do(exists, {"target": {"control_type": "Button", "name": "7"}}))["exists"] is True
