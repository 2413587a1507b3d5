from __future__ import annotations

from activities.nodes.desktop.read import read
from tests.support.screen import Screen
from tests.support.steps import Steps


async def test_a_control_is_read_with_how_it_is(screen: Screen, steps: Steps) -> None:
    await screen.have("settings")

    box = await steps.do(read, {"app": "settings", "target": "Wrap long lines"})
    spinner = await steps.do(read, {"app": "settings", "target": {"control_type": "Spinner"}})

    assert ("Wrap long lines", False, True) == (box["name"], box["checked"], box["enabled"])
    assert ("80", None, False) == (spinner["text"], spinner["checked"], spinner["enabled"])
