from __future__ import annotations

import pytest

from activities.nodes.desktop.read import read
from activities.nodes.desktop.select import select
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of

BOX = {"app": "form", "target": {"control_type": "ComboBox"}}


@pytest.mark.parametrize("item", ["Travel", "Food"])
async def test_an_item_of_a_combo_box_is_chosen(screen: Screen, steps: Steps, item: str) -> None:
    await screen.have("form")

    chosen = await steps.do(select, BOX | {"item": item})

    assert (item, item) == (chosen["item"], (await steps.do(read, BOX))["text"])


async def test_a_tab_is_brought_to_the_front(screen: Screen, steps: Steps) -> None:
    await screen.have("settings")

    for tab in ("Editor", "View"):
        await steps.do(select, {"app": "settings", "target": {"control_type": "Tab"}, "item": tab})

        read_back = await steps.do(read, {"app": "settings", "target": {"control_type": "TabItem", "name": tab}})
        assert read_back["selected"] is True


async def test_what_is_beside_a_combo_box_is_not_taken_for_an_item_of_it(screen: Screen, steps: Steps) -> None:
    await screen.have("trap")
    target = {"control_type": "ComboBox"}

    error = await failure_of(steps.do(select, {"app": "trap", "target": target, "item": "Just a label"}, timeout=2))

    assert ("ElementNotFoundError", False) == (error.type, error.acted)
    assert "has no item 'Just a label'; there are: 'First', 'Second'" in error.message
