from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from activities.nodes.image.resize import resize
from tests.support.office import png
from tests.support.steps import Steps, failure_of


@pytest.mark.parametrize(
    ("wanted", "size"),
    [
        ({"width": 20}, (20, 15)),
        ({"height": 60}, (80, 60)),
        ({"width": 20, "height": 20}, (20, 15)),
        ({"width": 20, "height": 20, "fit": "exact"}, (20, 20)),
        ({"width": 1}, (1, 1)),
    ],
)
async def test_a_picture_becomes_as_large_as_wanted(
    steps: Steps, wanted: dict[str, Any], size: tuple[int, int]
) -> None:
    await steps.put("a.png", png(Image.new("RGBA", (40, 30))))

    output = await steps.do(resize, {"path": "a.png", "to": "b.webp", **wanted})

    assert size == (output["width"], output["height"])


async def test_some_side_must_be_named(steps: Steps) -> None:
    await steps.put("a.png", png(Image.new("L", (4, 3))))

    error = await failure_of(steps.do(resize, {"path": "a.png", "to": "b.png"}))

    assert "expected 'width' or 'height' or both, found neither" in error.message


async def test_a_picture_cannot_become_larger_than_a_robot_can_hold(steps: Steps) -> None:
    await steps.put("a.png", png(Image.new("L", (4, 3))))

    error = await failure_of(steps.do(resize, {"path": "a.png", "to": "b.png", "width": 40_000}))

    assert "40000 x 30000 pixels are more than the 50000000 a robot writes" == error.message
