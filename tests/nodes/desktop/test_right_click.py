from __future__ import annotations

from activities.nodes.desktop.expect import expect
from activities.nodes.desktop.fill import fill
from activities.nodes.desktop.menu import menu
from activities.nodes.desktop.right_click import right_click
from activities.nodes.desktop.type import type as type_text
from tests.support.screen import Screen
from tests.support.steps import Steps

TEXT = {"app": "tabs", "target": {"control_type": "Edit"}}


async def test_the_menu_of_a_control_is_opened(screen: Screen, steps: Steps) -> None:
    await screen.have("tabs")
    await steps.do(fill, TEXT | {"value": "old"})

    await steps.do(right_click, TEXT)
    await steps.do(menu, {"app": "tabs", "path": ["Select All"]})
    await steps.do(type_text, {"app": "tabs", "text": "new"})

    await steps.do(expect, TEXT | {"value": "new"})
