"""Clicking what a canvas shows: a place is named by the words that stand there, never by a blind coordinate."""

from __future__ import annotations

import pytest

from activities.drivers import vision
from activities.nodes.browser.click import Click, Position, click
from activities.sessions.spot import Spot
from activities.sessions.target import Target
from tests.support.browser import Desk
from workflows.errors import ConfigurationError, ElementAmbiguousError, ElementNotFoundError

CANVAS = Target(css="canvas")


def board(*buttons: tuple[str, int, int]) -> str:
    """A canvas with buttons drawn on it; its title tells which was clicked."""
    drawn = "".join(
        f"pen.fillStyle = '#0645ad'; pen.fillRect({x}, {y}, 120, 40); pen.fillStyle = 'white'; "
        f"pen.fillText('{text}', {x + 20}, {y + 26}); places.push(['{text}', {x}, {y}]);"
        for text, x, y in buttons
    )
    return f"""<canvas width=500 height=300 style="border: 9px solid black"></canvas><script>
      const canvas = document.querySelector('canvas'), pen = canvas.getContext('2d'), places = [];
      pen.font = '18px sans-serif'; {drawn}
      canvas.onclick = ({{offsetX, offsetY}}) => {{
        const hit = places.find(([, x, y]) => offsetX >= x && offsetX <= x + 120 && offsetY >= y && offsetY <= y + 40);
        document.title = hit ? hit[0] : 'beside';
      }};
    </script>"""


@pytest.fixture
def reading() -> None:
    pytest.importorskip("rapidocr", reason="needs the extra 'vision'")


@pytest.mark.usefixtures("reading")
async def test_a_button_on_a_canvas_is_clicked_where_its_words_stand(desk: Desk) -> None:
    await desk.show(board(("Cancel", 20, 20), ("Pay now", 300, 200)))

    await click(desk.page(60), Click(target=CANVAS, spot=Spot(text="Pay now")))

    assert "Pay now" == await desk.title()


@pytest.mark.usefixtures("reading")
async def test_nothing_is_clicked_where_the_words_stand_twice(desk: Desk) -> None:
    await desk.show(board(("Pay now", 20, 20), ("Pay now", 300, 200)))

    with pytest.raises(ElementAmbiguousError, match="can be seen at 2 places"):
        await click(desk.page(60), Click(target=CANVAS, spot=Spot(text="Pay now")))

    assert "Test page" == await desk.title()


@pytest.mark.usefixtures("reading")
async def test_nothing_is_clicked_where_the_words_do_not_stand(desk: Desk) -> None:
    await desk.show(board(("Cancel", 20, 20)))

    with pytest.raises(ElementNotFoundError, match="cannot be seen on"):
        await click(desk.page(2), Click(target=CANVAS, spot=Spot(text="Pay now")))

    assert "Test page" == await desk.title()


async def test_a_robot_that_cannot_read_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vision, "can_see", lambda: False)
    await desk.show(board(("Pay now", 20, 20)))

    with pytest.raises(ConfigurationError, match="extra 'vision'"):
        await click(desk.page(), Click(target=CANVAS, spot=Spot(text="Pay now")))


def test_a_place_is_given_in_one_way() -> None:
    with pytest.raises(ValueError, match="either a position or a spot"):
        Click(target=CANVAS, position=Position(x=1, y=1), spot=Spot(text="Pay"))
