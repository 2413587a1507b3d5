from __future__ import annotations

import pytest

from activities.nodes.browser.drag import Drag, drag
from activities.nodes.browser.read import Read, read
from tests.support.browser import Desk
from workflows.errors import ElementNotFoundError, ElementNotReadyError

BOARD = """
<ul aria-label=Open ondragover="event.preventDefault()"><li draggable=true id=card>Invoice 4711</li></ul>
<ul aria-label=Done ondragover="event.preventDefault()" ondrop="this.append(card)" style="min-height: 40px"></ul>
"""
CARD = {"text": "Invoice 4711"}
DONE = {"role": "list", "name": "Done"}


async def test_a_card_is_dropped_on_another_list(desk: Desk) -> None:
    await desk.show(BOARD)

    dropped = await drag(desk.page(), Drag(target=CARD, to=DONE))

    assert desk.site.url() == dropped.url
    assert "Invoice 4711" == (await read(desk.page(), Read(target=DONE))).text


async def test_a_slider_made_of_boxes_is_dragged_with_the_mouse(desk: Desk) -> None:
    await desk.show(
        "<div id=knob style='width:20px;height:20px;background:red'></div><div id=goal style='height:50px'>here</div>"
        "<script>let down = false; knob.onmousedown = () => down = true;"
        "onmouseup = event => { if (down) knob.textContent = event.target.id }</script>"
    )

    await drag(desk.page(), Drag(target="#knob", to="#goal"))

    assert "goal" == (await read(desk.page(), Read(target="#knob"))).text


async def test_without_a_place_to_drop_nothing_is_taken_up(desk: Desk) -> None:
    await desk.show(BOARD)

    with pytest.raises(ElementNotFoundError) as caught:
        await drag(desk.page(1), Drag(target=CARD, to={"role": "list", "name": "Paid"}))

    assert caught.value.acted is False


async def test_a_card_under_a_veil_is_not_taken_up(desk: Desk) -> None:
    await desk.show(BOARD + "<div id=veil style='position:fixed;inset:0'></div>")

    with pytest.raises(ElementNotReadyError, match="it is covered by") as caught:
        await drag(desk.page(1), Drag(target=CARD, to=DONE))

    assert caught.value.acted is False
