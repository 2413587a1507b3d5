from __future__ import annotations

from activities.nodes.desktop.read_tree import read_tree
from tests.support.screen import Screen
from tests.support.steps import Steps


async def test_the_controls_of_a_program_are_told_with_their_levels(screen: Screen, steps: Steps) -> None:
    await screen.have("form")

    tree = await steps.do(read_tree, {"app": "form"})
    windows = await steps.do(read_tree, {"app": "form", "depth": 0})

    told = [(each["depth"] > 0, each["control_type"], each["name"]) for each in tree["controls"]]
    assert (False, "Window", "Invoice") == told[0]
    assert (True, "Button", "OK") in told
    assert {(0, "Window")} == {(each["depth"], each["control_type"]) for each in windows["controls"]}


async def test_a_part_of_a_window_is_told_alone(screen: Screen, steps: Steps) -> None:
    await screen.have("editor")

    tree = await steps.do(read_tree, {"app": "editor", "target": {"control_type": "MenuBar"}, "depth": 1})

    assert ["", "File", "Edit", "Search", "View", "Document", "Help"] == [each["name"] for each in tree["controls"]]
