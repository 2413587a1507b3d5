from __future__ import annotations

from activities.nodes.desktop.read import read
from activities.nodes.desktop.toggle import toggle
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of

BOX = {"app": "settings", "target": {"control_type": "CheckBox", "name": "Display whitespace"}}


async def test_a_box_comes_to_be_as_it_shall_and_is_left_alone_then(screen: Screen, steps: Steps) -> None:
    await screen.have("settings")

    told = [await steps.do(toggle, BOX | {"checked": checked}) for checked in (False, True, True, False)]

    assert [False, True, True, False] == [each["checked"] for each in told]
    assert [True, False, True] == [each["changed"] for each in told[1:]]
    assert (await steps.do(read, BOX))["checked"] is False


async def test_what_cannot_be_checked_is_told(screen: Screen, steps: Steps) -> None:
    await screen.have("settings")

    error = await failure_of(
        steps.do(toggle, {"app": "settings", "target": {"control_type": "TabItem", "name": "View"}}, timeout=2)
    )

    assert error.acted is False
