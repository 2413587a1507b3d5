"""Places on a canvas that are named by a picture: clicked, pointed at, waited for; left alone where it is not sure."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pytest
from PIL import Image
from pydantic import JsonValue

from activities.nodes.browser.click import Click, click
from activities.nodes.browser.configure import Configure, configure
from activities.nodes.browser.exists import Exists, exists
from activities.nodes.browser.hover import Hover, hover
from activities.nodes.browser.wait import Wait, wait
from activities.sessions.spot import Spot
from activities.sessions.target import Target
from tests.support.browser import Desk
from workflows.errors import (
    ElementAmbiguousError,
    ElementNotFoundError,
    WorkspaceFileError,
)

pytest.importorskip("rapidocr", reason="needs the extra 'vision'")

CANVAS = Target(css="canvas")
STAR = Spot(image="star.png")
SHAPES: Mapping[str, str] = {
    "star": "M20 2 L25 15 L38 15 L28 24 L32 38 L20 29 L8 38 L12 24 L2 15 L15 15 Z",
    "house": "M20 3 L38 18 L33 18 L33 37 L7 37 L7 18 L2 18 Z",
    "cross": "M5 5 L12 5 L20 15 L28 5 L35 5 L24 20 L35 35 L28 35 L20 25 L12 35 L5 35 L16 20 Z",
}


def drawing(*shapes: tuple[str, int, int], more: str = "") -> str:
    """A canvas with shapes on it; its title tells what was done to which."""
    drawn = "".join(f"draw('{name}', {x}, {y});" for name, x, y in shapes)
    paths = ", ".join(f"{name}: '{path}'" for name, path in SHAPES.items())
    return f"""<canvas width=500 height=300 style="border: 9px solid black"></canvas><script>
      const canvas = document.querySelector('canvas'), pen = canvas.getContext('2d'), places = [], paths = {{{paths}}};
      function draw(name, x, y) {{
        pen.save(); pen.translate(x, y); pen.fill(new Path2D(paths[name])); pen.restore(); places.push([name, x, y]);
      }}
      {drawn}
      const told = event => {{
        const {{offsetX, offsetY}} = event, at = Math.round(offsetX) + ' ' + Math.round(offsetY);
        const hit = places.find(([, x, y]) => offsetX >= x && offsetX <= x + 40 && offsetY >= y && offsetY <= y + 40);
        document.title = event.type + ' ' + (hit ? hit[0] : 'beside ' + at);
      }};
      canvas.onclick = told; canvas.ondblclick = told; canvas.onmousemove = told; {more}
    </script>"""


BOARD = drawing(("house", 30, 30), ("star", 300, 200), ("cross", 200, 60))


async def cut(desk: Desk, x: int, y: int, path: str = "star.png", *, density: float = 1) -> None:
    """Have a picture of a shape in the run's files, cut from what the screen shows."""
    shot: Image.Image = Image.open(io.BytesIO(await desk.page().screenshot(CANVAS, full_page=False)))
    corners = [round(each * density) for each in (x + 9, y + 9, x + 49, y + 49)]
    content = io.BytesIO()
    shot.crop((corners[0], corners[1], corners[2], corners[3])).save(content, "PNG")
    await desk.put(path, content.getvalue())


async def test_what_looks_like_a_picture_is_clicked_and_pointed_at(desk: Desk) -> None:
    await desk.show(BOARD)
    await cut(desk, 300, 200)

    await hover(desk.page(60), Hover(target=CANVAS, spot=STAR))
    assert "mousemove star" == await desk.title()
    await click(desk.page(60), Click(target=CANVAS, spot=STAR, count=2))

    assert "dblclick star" == await desk.title()


@pytest.mark.parametrize("device", ["iPhone 15", "Pixel 7"])
async def test_a_screen_of_finer_pixels_shows_the_same_picture(desk: Desk, device: str) -> None:
    """Whether the picture was cut there, or from a screen where a pixel is a pixel."""
    page = f"<meta name=viewport content='width=device-width, initial-scale=1'>{BOARD}"
    await desk.show(page)
    await cut(desk, 300, 200)
    await configure(desk.page(), Configure(device=device))
    await desk.show(page)
    density = await desk.page().evaluate("devicePixelRatio", None, None)
    assert isinstance(density, int | float)
    await cut(desk, 30, 30, "house.png", density=density)

    await click(desk.page(60), Click(target=CANVAS, spot=STAR))
    first = await desk.title()
    await click(desk.page(60), Click(target=CANVAS, spot=Spot(image="house.png")))

    assert ("click star", "click house") == (first, await desk.title())


async def test_nothing_is_clicked_where_two_places_look_like_a_picture(desk: Desk) -> None:
    await desk.show(drawing(("star", 30, 30), ("star", 300, 200)))
    await cut(desk, 300, 200)

    with pytest.raises(ElementAmbiguousError, match=r"can be seen at 2 places .*1\. at \("):
        await click(desk.page(60), Click(target=CANVAS, spot=STAR))

    assert "Test page" == await desk.title()
    assert (await exists(desk.page(60), Exists(target=CANVAS, spot=STAR))).exists


async def test_nothing_is_clicked_that_is_not_alike_enough(desk: Desk) -> None:
    await desk.show(BOARD)
    await cut(desk, 300, 200)
    await desk.show(drawing(("house", 30, 30), ("cross", 200, 60)))

    with pytest.raises(ElementNotFoundError, match=r"the most alike, at \(.* but 0\.9 is needed"):
        await click(desk.page(2), Click(target=CANVAS, spot=STAR))

    assert "Test page" == await desk.title()
    assert not (await exists(desk.page(60), Exists(target=CANVAS, spot=STAR))).exists


async def test_what_a_canvas_will_show_is_waited_for_and_its_end_too(desk: Desk) -> None:
    await desk.show(BOARD)
    await cut(desk, 300, 200)
    await desk.show(drawing(("house", 30, 30), more="setTimeout(() => draw('star', 200, 90), 700)"))

    await wait(desk.page(60), Wait(target=CANVAS, spot=STAR))
    await desk.page().evaluate("() => setTimeout(() => pen.clearRect(150, 50, 300, 200), 700)", None, None)
    await wait(desk.page(60), Wait(target=CANVAS, spot=STAR, state="hidden"))

    assert not (await exists(desk.page(60), Exists(target=CANVAS, spot=STAR))).exists
    with pytest.raises(ElementNotFoundError, match=r"waited in vain for the picture 'star\.png' to be visible"):
        await wait(desk.page(1), Wait(target=CANVAS, spot=STAR))


async def test_a_picture_is_a_file_of_the_run(desk: Desk) -> None:
    await desk.show(BOARD)

    with pytest.raises(WorkspaceFileError, match=r"the run has no file 'star\.png'"):
        await click(desk.page(), Click(target=CANVAS, spot=STAR))


@pytest.mark.parametrize("spot", [{}, {"text": "a", "image": "b.png"}, {"text": "a", "confidence": 0.5}])
def test_a_spot_is_named_in_one_way(spot: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"give one of them|needs an image"):
        Spot.model_validate(spot)


@pytest.mark.parametrize(
    "wanted",
    [{"target": "canvas", "state": "enabled"}, {"url": "/", "target": "canvas"}, {}],
)
def test_a_spot_is_waited_for_on_an_element_and_by_itself(wanted: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"visible or hidden|needs a target|at least one of"):
        Wait.model_validate(wanted | {"spot": {"text": "Ready"}})


def test_only_steps_with_a_spot_are_sent_the_files_of_a_run() -> None:
    plain: dict[str, JsonValue] = {"target": "canvas"}

    assert [False, True] == [click.spec().opens_workspace(given) for given in (plain, plain | {"spot": {}})]
