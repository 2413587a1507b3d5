from __future__ import annotations

from activities.nodes.desktop.double_click import double_click
from activities.nodes.desktop.expect import expect
from activities.nodes.desktop.fill import fill
from activities.nodes.desktop.type import type as type_text
from tests.support.screen import Screen
from tests.support.steps import Steps

TEXT = {"app": "editor", "target": {"control_type": "Edit"}}


async def test_a_double_click_does_what_the_program_makes_of_it(screen: Screen, steps: Steps) -> None:
    await screen.have("editor")
    await steps.do(fill, TEXT | {"value": "unquestionable invoice"})

    await steps.do(double_click, TEXT | {"position": {"x": 60, "y": 10}})
    await steps.do(type_text, {"app": "editor", "text": "paid"})

    await steps.do(expect, TEXT | {"value": "paid invoice"})
