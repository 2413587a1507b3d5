from __future__ import annotations

import pytest

from activities.nodes.browser.back import Back, back
from activities.nodes.browser.forward import Forward, forward
from activities.nodes.browser.goto import Goto, goto
from tests.support.browser import Desk
from workflows.errors import PageError


async def test_the_page_that_was_left_by_going_back_comes_again(desk: Desk) -> None:
    desk.site.page("/second", "second", title="Second")
    await desk.show("first")
    await goto(desk.page(), Goto(url="/second"))
    await back(desk.page(), Back())

    went = await forward(desk.page(), Forward())

    assert (desk.site.url("/second"), "Second") == (went.url, went.title)


async def test_where_nothing_follows_one_cannot_go(desk: Desk) -> None:
    await desk.show("only")

    with pytest.raises(PageError, match="there is no page to go forward to"):
        await forward(desk.page(), Forward())
