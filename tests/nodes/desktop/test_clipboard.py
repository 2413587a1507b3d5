from __future__ import annotations

from activities.nodes.desktop.clipboard import clipboard
from activities.nodes.desktop.expect import expect
from activities.nodes.desktop.fill import fill
from activities.nodes.desktop.press import press
from tests.support.screen import Screen
from tests.support.steps import Steps

TEXT = {"app": "editor", "target": {"control_type": "Edit"}}


async def test_what_is_put_there_can_be_read_and_pasted(screen: Screen, steps: Steps) -> None:
    await screen.have("editor")
    await steps.do(fill, TEXT | {"value": ""})

    put = await steps.do(clipboard, {"text": "Rechnung 4711 für Größe"})
    await steps.do(press, TEXT | {"keys": "{Ctrl}v"})

    assert {"text": "Rechnung 4711 für Größe"} == put == await steps.do(clipboard)
    await steps.do(expect, TEXT | {"value": "Rechnung 4711 für Größe"})


async def test_what_a_program_copies_can_be_read(screen: Screen, steps: Steps) -> None:
    await screen.have("editor")
    await steps.do(fill, TEXT | {"value": "copied"})

    await steps.do(press, TEXT | {"keys": "{Ctrl}a{Ctrl}c"})

    assert {"text": "copied"} == await steps.do(clipboard)
