"""Targets by what the screen shows, on pictures of real programs."""

from __future__ import annotations

import asyncio
import io
import sys
from typing import Any

import pytest
from PIL import Image

from activities.nodes.desktop.click import click
from activities.nodes.desktop.exists import exists
from activities.nodes.desktop.expect import expect
from activities.nodes.desktop.fill import fill
from activities.nodes.desktop.press import press
from activities.nodes.desktop.read import read
from activities.nodes.desktop.screenshot import screenshot
from activities.nodes.desktop.type import type as type_text
from activities.nodes.desktop.wait import wait
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of

SEVEN = {"control_type": "Button", "name": "7"}
DISPLAY = {"control_type": "Edit", "class_name": "GtkSourceView"}
AMOUNT = {"control_type": "Edit", "found_index": 2}
BOX = {"control_type": "CheckBox", "name": "Display line endings"}


async def picture(steps: Steps, app: str, target: dict[str, Any], path: str, *, scale: float = 1) -> None:
    """Put a picture of a control into the run, maybe of a screen with larger pixels; of a wide one, its left end."""
    image = Image.new("L", (1, 1))
    async with asyncio.timeout(60):
        while len(set(image.convert("L").getextrema())) == 1:  # its window is there, but not drawn yet
            await steps.do(screenshot, {"app": app, "target": target, "path": path})
            image = Image.open(io.BytesIO(await steps.content(path)))
    image = image.crop((0, 0, min(image.width, 3 * image.height // 2), image.height))
    content = io.BytesIO()
    image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS).save(
        content, "PNG"
    )
    await steps.put(path, content.getvalue())


@pytest.mark.parametrize("scale", [1, 1.25])
async def test_what_looks_like_a_picture_is_clicked_at_another_size_too(
    screen: Screen, steps: Steps, scale: float
) -> None:
    await screen.have("calculator")
    await steps.do(press, {"app": "calculator", "keys": "{Esc}"})
    await picture(steps, "calculator", SEVEN, "seven.png", scale=scale)

    await steps.do(click, {"app": "calculator", "target": {"image": "seven.png"}})

    await steps.do(expect, {"app": "calculator", "target": DISPLAY, "value": "7"})


async def test_two_places_that_look_like_a_picture_are_both_told(screen: Screen, steps: Steps) -> None:
    await screen.have("settings")
    await picture(steps, "settings", BOX, "box.png")

    error = await failure_of(steps.do(click, {"app": "settings", "target": {"image": "box.png"}}, timeout=2))
    second = await steps.do(exists, {"app": "settings", "target": {"image": "box.png", "found_index": 2}})
    alone = await steps.do(exists, {"app": "settings", "target": {"image": "box.png", "within": BOX}})

    assert ("ElementAmbiguousError", False) == (error.type, error.acted)
    assert isinstance(error.details, dict)
    assert isinstance(error.details["places"], list)
    assert 2 == len(error.details["places"])
    assert "say where it is (within), or which one (found_index)" in error.message
    assert (True, True) == (second["exists"], alone["exists"])


async def test_a_picture_of_what_is_not_there_is_told_with_what_is_most_alike(screen: Screen, steps: Steps) -> None:
    await screen.have("calculator")
    await screen.have("form")
    await picture(steps, "calculator", SEVEN, "seven.png")

    error = await failure_of(steps.do(click, {"app": "form", "target": {"image": "seven.png"}}, timeout=2))
    there = await steps.do(exists, {"app": "form", "target": {"image": "seven.png"}})

    assert ("ElementNotFoundError", False) == (error.type, error.acted)
    assert "but 0.9 is needed" in error.message
    assert there["exists"] is False


async def test_a_picture_without_anything_to_see_is_refused(screen: Screen, steps: Steps) -> None:
    await screen.have("form")
    content = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(content, "PNG")
    await steps.put("blank.png", content.getvalue())

    error = await failure_of(steps.do(click, {"app": "form", "target": {"image": "blank.png"}}))

    assert ("WorkspaceFileError", "configuration", False) == (error.type, error.kind, error.acted)
    assert "there is nothing to see on it" in error.message


async def test_words_on_the_screen_are_clicked_beside_waited_for_and_read(screen: Screen, steps: Steps) -> None:
    await screen.have("form")
    amount = {"app": "form", "target": {"ocr": "Amount"}}

    await steps.do(wait, amount)
    told = await steps.do(read, amount)
    await steps.do(click, amount | {"position": {"x": 150, "y": 10}})
    await steps.do(type_text, {"app": "form", "text": "1234"})

    assert "Amount" in told["text"]
    await steps.do(expect, {"app": "form", "target": AMOUNT, "text": "1234"})


async def test_words_that_are_not_there_are_told_with_those_that_are(screen: Screen, steps: Steps) -> None:
    await screen.have("form")

    error = await failure_of(steps.do(click, {"app": "form", "target": {"ocr": "Suplier"}}, timeout=2))

    assert ("ElementNotFoundError", False) == (error.type, error.acted)
    assert "read there: 'Supplier'" in error.message


async def test_a_place_is_never_taken_for_a_field(screen: Screen, steps: Steps) -> None:
    await screen.have("form")

    error = await failure_of(steps.do(fill, {"app": "form", "target": {"ocr": "Supplier"}, "value": "ACME"}))

    assert ("ConfigurationError", False) == (error.type, error.acted)
    assert "click it, and type" in error.message


async def test_a_robot_that_cannot_look_says_how_to_make_it(
    screen: Screen, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    await screen.have("form")
    monkeypatch.setitem(sys.modules, "rapidocr", None)

    error = await failure_of(steps.do(click, {"app": "form", "target": {"ocr": "OK"}}))

    assert ("ConfigurationError", False) == (error.type, error.acted)
    assert "pip install 'aether-rpa[vision]'" in error.message
