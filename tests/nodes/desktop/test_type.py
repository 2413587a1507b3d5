from __future__ import annotations

from activities.nodes.desktop.expect import expect
from activities.nodes.desktop.fill import fill
from activities.nodes.desktop.press import press
from activities.nodes.desktop.type import type as type_text
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of

TEXT = {"app": "editor", "target": {"control_type": "Edit"}}


async def test_a_text_is_typed_as_it_is_after_what_is_there(screen: Screen, steps: Steps) -> None:
    await screen.have("editor")
    await steps.do(fill, TEXT | {"value": "Sum: "})
    await steps.do(press, TEXT | {"keys": "{Ctrl}{End}"})

    await steps.do(type_text, TEXT | {"text": "{12} € (netto)\nÄ"})

    await steps.do(expect, TEXT | {"value": "Sum: {12} € (netto)\nÄ"})


async def test_what_takes_no_text_is_told(screen: Screen, steps: Steps) -> None:
    await screen.have("trap")

    error = await failure_of(
        steps.do(type_text, {"app": "trap", "target": {"name": "Just a label"}, "text": "lost"}, timeout=2)
    )

    assert "ElementNotReadyError" == error.type
    assert "which takes no text" in error.message
