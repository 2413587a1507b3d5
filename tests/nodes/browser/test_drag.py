from __future__ import annotations

import pytest

from activities.nodes.browser.drag import Drag, drag
from activities.nodes.browser.read import Read, read
from tests.support.browser import Desk
from workflows.errors import ElementNotFoundError, ElementNotReadyError, PageError

BOARD = """
<ul aria-label=Open ondragover="event.preventDefault()"><li draggable=true id=card>Invoice 4711</li></ul>
<ul aria-label=Done ondragover="event.preventDefault()" ondrop="this.append(card)" style="min-height: 40px"></ul>
"""
CARD = {"text": "Invoice 4711"}
DONE = {"role": "list", "name": "Done"}


async def test_a_card_is_dropped_on_another_list(desk: Desk) -> None:
    await desk.show(BOARD)

    dropped = await drag(desk.page(20), Drag(target=CARD, to=DONE))

    assert desk.site.url() == dropped.url
    assert "Invoice 4711" == (await read(desk.page(), Read(target=DONE))).text


async def test_a_slider_made_of_boxes_is_dragged_with_the_mouse(desk: Desk) -> None:
    await desk.show(
        "<div id=knob style='width:20px;height:20px;background:red'></div><div id=goal style='height:50px'>here</div>"
        "<script>let down = false; knob.onmousedown = () => down = true;"
        "onmouseup = event => { if (down) knob.textContent = event.target.id }</script>"
    )

    await drag(desk.page(20), Drag(target="#knob", to="#goal"))

    assert "goal" == (await read(desk.page(), Read(target="#knob"))).text


async def test_without_a_place_to_drop_nothing_is_taken_up(desk: Desk) -> None:
    await desk.show(BOARD)

    with pytest.raises(ElementNotFoundError) as caught:
        await drag(desk.page(1), Drag(target=CARD, to={"role": "list", "name": "Paid"}))

    assert caught.value.acted is False


async def test_a_card_under_a_veil_is_not_taken_up(desk: Desk) -> None:
    await desk.show(BOARD + "<div id=veil style='position:fixed;inset:0'></div>")

    with pytest.raises(ElementNotReadyError, match="it is covered by") as caught:
        await drag(desk.page(2), Drag(target=CARD, to=DONE))

    assert caught.value.acted is False


LIFTED = "<p id=card draggable=true onmousedown=\"this.className = 'up'\" ondragend=\"this.className = ''\">Card</p>"
WALL = "<p id=wall style='height: 50px'>Wall</p>"
CLOCK = "<p id=clock>0</p><script>setInterval(() => { clock.textContent = 1 + Number(clock.textContent) }, 20)</script>"
ON_THE_WALL = Drag(target="#card", to="#wall")


async def test_a_card_that_nothing_accepts_is_not_reported_as_dropped(desk: Desk) -> None:
    """Neither what a page shows only while one drags nor what goes on by itself on it says otherwise."""
    await desk.show(LIFTED + WALL + CLOCK)

    with pytest.raises(
        PageError, match=r"'#card' on .* was dragged onto .* '#wall', but nothing accepted it"
    ) as caught:
        await drag(desk.page(20), ON_THE_WALL)

    assert caught.value.acted is False


async def test_what_a_page_does_without_accepting_a_drop_is_not_missed(desk: Desk) -> None:
    """Some lists move what is over them while one drags, others see what to do once it ends."""
    card, wall = "<p id=card draggable=true", "<p id=wall style='height: 50px'"
    told = "<div><div><div><output id=out></output></div></div></div>"
    for page in (
        f'{card}>Card</p>{wall} ondragenter="requestAnimationFrame(() => this.after(card))">Wall</p>',
        f'{card} ondragend="setTimeout(() => this.remove(), 50)">Card</p>{wall}>Wall</p>',
        f"{card} ondragend=\"out.textContent = 'moved'\">Card</p>{wall}>Wall</p>{told}",
        f"{card} ondragend=\"fetch('/moved')\">Card</p>{wall}>Wall</p>",
    ):
        await desk.show(page)

        await drag(desk.page(20), ON_THE_WALL)


async def test_what_no_page_listens_to_is_not_reported_as_dragged(desk: Desk) -> None:
    await desk.show(f"<p id=card>Card</p>{WALL}")

    with pytest.raises(PageError, match="nothing on the page listens to the mouse there") as caught:
        await drag(desk.page(20), ON_THE_WALL)

    assert caught.value.acted is False
    await desk.show(f"<p id=card>Card</p>{WALL}<script>onmouseup = () => window.seen = true</script>")
    await drag(desk.page(20), ON_THE_WALL)


async def test_a_list_that_takes_what_comes_to_it_only_once_it_is_ready_gets_it(desk: Desk) -> None:
    """As those do that begin with the first turn after the drag has begun, and look which way it goes."""
    await desk.show(
        "<p id=card draggable=true ondragstart='setTimeout(() => ready = true)'>Card</p>"
        "<p id=wall style='height: 50px'>Wall</p><script>let ready = false, was = null; wall.ondragover = event => {"
        " event.preventDefault(); if (ready && was !== null && was !== event.clientY) wall.append(card);"
        " was = event.clientY }</script>"
    )

    await drag(desk.page(20), ON_THE_WALL)

    assert "Card" in ((await read(desk.page(), Read(target="#wall"))).text or "")
