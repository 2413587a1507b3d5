from __future__ import annotations

import asyncio

from activities.nodes.desktop.drag import drag
from activities.sessions.control import Control
from tests.support.screen import Screen
from tests.support.steps import Steps


async def names(screen: Screen) -> list[str]:
    tabs = await screen.session().app("tabs").tree(Control(control_type="Tab"))
    return [each.facts.name for each in tabs if each.facts.control_type == "TabItem"]


async def test_a_control_is_dropped_onto_another(screen: Screen, steps: Steps) -> None:
    await screen.have("tabs")
    before = await names(screen)

    first, _, third = [{"control_type": "TabItem", "name": name} for name in before]
    await steps.do(drag, {"app": "tabs", "target": first, "to": third})

    async with asyncio.timeout(60):
        while await names(screen) != [*before[1:], before[0]]:  # noqa: ASYNC110 - a condition of the world outside of the loop
            await asyncio.sleep(0.05)
