from __future__ import annotations

import pytest

from activities.nodes.browser.goto import Goto, goto
from tests.support.browser import Desk
from workflows.errors import PageError


@pytest.mark.parametrize(("address", "path"), [("/help", "/help"), ("./b", "/a/b"), ("?page=2", "/a/x?page=2")])
async def test_a_relative_address_starts_at_the_page(desk: Desk, address: str, path: str) -> None:
    await desk.show("start", path="/a/x")
    desk.site.page("/help", "help")
    desk.site.page("/a/b", "beside")

    reached = await goto(desk.page(), Goto(url=address))

    assert (desk.site.url(path), 200) == (reached.url, reached.status)


async def test_an_anchor_fetches_nothing(desk: Desk) -> None:
    await desk.show("<p id=end>end</p>")

    reached = await goto(desk.page(), Goto(url="#end"))

    assert (desk.site.url("/#end"), None) == (reached.url, reached.status)


async def test_a_relative_address_needs_a_page(desk: Desk) -> None:
    with pytest.raises(PageError, match="is not a valid address"):
        await goto(desk.page(), Goto(url="/help"))
