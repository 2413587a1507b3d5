from __future__ import annotations

from activities.nodes.desktop.exists import exists
from activities.nodes.desktop.expand import expand
from activities.nodes.desktop.wait import wait
from tests.support.screen import Screen
from tests.support.steps import Steps

BOX = {"app": "form", "target": {"control_type": "ComboBox"}}
ITEM = {"app": "form", "target": {"control_type": "MenuItem", "name": "Office"}, "timeout": "30s"}


async def test_what_is_folded_is_opened_and_closed_again(screen: Screen, steps: Steps) -> None:
    await screen.have("form")

    await steps.do(expand, BOX)
    opened = await steps.do(exists, ITEM)
    for _ in range(2):
        await steps.do(expand, BOX | {"expanded": False})

    assert opened["exists"] is True
    await steps.do(wait, {"app": "form", "target": ITEM["target"], "state": "gone"})
