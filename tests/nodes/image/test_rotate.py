from __future__ import annotations

from io import BytesIO

from PIL import Image

from activities.nodes.image.rotate import rotate
from tests.support.office import png
from tests.support.steps import Steps


async def test_right_angles_lose_nothing(steps: Steps) -> None:
    before = Image.effect_noise((40, 30), 50)
    await steps.put("a.png", png(before))

    output = await steps.do(rotate, {"path": "a.png", "to": "b.png", "by": 90})
    await steps.do(rotate, {"path": "b.png", "to": "c.png", "by": -90})

    assert (30, 40) == (output["width"], output["height"])
    assert before.tobytes() == Image.open(BytesIO(await steps.content("c.png"))).tobytes()


async def test_corners_that_come_to_be_have_a_colour(steps: Steps) -> None:
    await steps.put("a.png", png(Image.new("RGB", (40, 40))))

    await steps.do(rotate, {"path": "a.png", "to": "b.png", "by": 45, "background": "#ff0000"})

    turned = Image.open(BytesIO(await steps.content("b.png")))
    assert ((255, 0, 0), True) == (turned.getpixel((0, 0)), turned.width > 50)


async def test_all_pages_of_a_scan_are_turned(steps: Steps) -> None:
    buffer = BytesIO()
    Image.new("L", (40, 30)).save(buffer, "TIFF", save_all=True, append_images=[Image.new("L", (20, 10))])
    await steps.put("a.tiff", buffer.getvalue())

    await steps.do(rotate, {"path": "a.tiff", "to": "b.tiff", "by": 90})

    turned = Image.open(BytesIO(await steps.content("b.tiff")))
    sizes = []
    for page in range(getattr(turned, "n_frames", 1)):
        turned.seek(page)
        sizes.append(turned.size)
    assert [(30, 40), (10, 20)] == sizes
