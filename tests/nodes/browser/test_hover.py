from __future__ import annotations

import pytest

from activities.nodes.browser.click import Click, click
from activities.nodes.browser.hover import Hover, hover
from activities.nodes.browser.read import Read, read
from tests.support.browser import Desk
from workflows.errors import ElementNotReadyError

MENU = (
    "<style>ul {display: none} nav:hover ul {display: block}</style>"
    "<nav>Reports<ul><li><button onclick=\"out.textContent = 'done'\">Yearly</button></ul></nav><p id=out>"
)


async def test_a_menu_opens_under_the_mouse(desk: Desk) -> None:
    await desk.show(MENU)

    await hover(desk.page(), Hover(target="nav"))
    await click(desk.page(), Click(target={"role": "button", "name": "Yearly"}))

    assert "done" == (await read(desk.page(), Read(target="#out"))).text


async def test_what_is_covered_cannot_be_pointed_at(desk: Desk) -> None:
    await desk.show(MENU + "<div id=veil style='position:fixed;inset:0'></div>")

    with pytest.raises(ElementNotReadyError, match='hovered over: it is covered by <div id="veil">'):
        await hover(desk.page(1), Hover(target="nav"))
