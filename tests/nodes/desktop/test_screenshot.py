from __future__ import annotations

import io

from PIL import Image

from activities.nodes.desktop.screenshot import screenshot
from tests.support.screen import Screen
from tests.support.steps import Steps


async def size(steps: Steps, path: str) -> tuple[int, int]:
    return Image.open(io.BytesIO(await steps.content(path))).size


async def test_the_screen_and_a_control_are_pictured(screen: Screen, steps: Steps) -> None:
    await screen.have("calculator")

    whole = await steps.do(screenshot)
    button = {"app": "calculator", "target": {"control_type": "Button", "name": "7"}}
    part = await steps.do(screenshot, button | {"path": "seven.png"})

    wide, high = await size(steps, "seven.png")
    assert (1280, 800) == await size(steps, whole["path"])
    assert "seven.png" == part["path"]
    assert 20 < wide < 200
    assert 20 < high < 100
