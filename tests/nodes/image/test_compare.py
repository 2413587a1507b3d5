from __future__ import annotations

from io import BytesIO

from PIL import Image

from activities.nodes.image.compare import compare
from tests.support.office import png
from tests.support.steps import Steps


async def test_what_differs_is_told_and_shown(steps: Steps) -> None:
    after = Image.new("RGB", (100, 50), "white")
    after.paste("black", (10, 20, 30, 30))
    await steps.put("a.png", png(Image.new("L", (100, 50), 255)))
    await steps.put("b.png", png(after))

    output = await steps.do(compare, {"path": "a.png", "other": "b.png", "to": "c.png"})

    assert {
        "same": False,
        "same_size": True,
        "difference": 0.04,
        "box": {"left": 10, "top": 20, "width": 20, "height": 10},
    } == output
    shown = Image.open(BytesIO(await steps.content("c.png")))
    assert [(255, 0, 0), (255, 255, 255)] == [shown.getpixel(place) for place in ((15, 25), (5, 5))]


async def test_small_differences_do_not_count(steps: Steps) -> None:
    await steps.put("a.png", png(Image.new("RGB", (10, 10), (100, 100, 100))))
    await steps.put("b.png", png(Image.new("RGB", (10, 10), (100, 110, 100))))

    outputs = [
        await steps.do(compare, {"path": "a.png", "other": "b.png", "tolerance": tolerance}) for tolerance in (10, 9)
    ]

    assert [(True, None), (False, 10)] == [
        (output["same"], output["box"] and output["box"]["width"]) for output in outputs
    ]


async def test_pictures_of_other_sizes_differ_as_a_whole(steps: Steps) -> None:
    await steps.put("a.png", png(Image.new("L", (10, 10))))
    await steps.put("b.png", png(Image.new("L", (10, 11))))

    output = await steps.do(compare, {"path": "a.png", "other": "b.png"})

    assert (False, 1.0, None) == (output["same_size"], output["difference"], output["box"])
