from __future__ import annotations

from activities.nodes.desktop.fill import fill
from activities.nodes.desktop.menu import menu
from tests.support.eventually import eventually
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of


async def test_an_item_is_chosen_by_the_names_that_lead_to_it(screen: Screen, steps: Steps) -> None:
    await screen.have("editor")
    await steps.do(fill, {"app": "editor", "target": {"control_type": "Edit"}, "value": "saved by the menu"})

    await steps.do(menu, {"app": "editor", "path": ["File", "Save"]})

    await eventually(lambda: "saved by the menu" in (screen.station.folder / "journal.txt").read_text())


async def test_a_button_beside_the_menu_is_not_taken_for_an_item_of_it(screen: Screen, steps: Steps) -> None:
    await screen.have("trap")

    error = await failure_of(steps.do(menu, {"app": "trap", "path": ["File", "Beside"]}, timeout=2))

    assert ("ElementNotFoundError", False) == (error.type, error.acted)
    assert "there is no menu item 'File' > 'Beside'" in error.message
    assert "there are: 'Open'" in error.message
