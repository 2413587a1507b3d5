from __future__ import annotations

import pytest

from activities.nodes.browser.back import Back, back
from activities.nodes.browser.goto import Goto, goto
from tests.support.browser import Desk
from workflows.errors import PageError


async def test_the_page_before_comes_back(desk: Desk) -> None:
    desk.site.page("/second", "second", title="Second")
    await desk.show("first", title="First")
    await goto(desk.page(), Goto(url="/second"))

    went = await back(desk.page(), Back())

    assert (desk.site.url(), "First") == (went.url, went.title)


async def test_a_step_of_a_page_that_does_not_load_anew_is_one_too(desk: Desk) -> None:
    await desk.show("<script>history.pushState({}, '', '/filtered')</script>")

    went = await back(desk.page(), Back())

    assert desk.site.url() == went.url


async def test_where_nothing_was_before_one_cannot_go(desk: Desk) -> None:
    desk.site.page("/", "first")
    await desk.page().open_tab("fresh", desk.site.url())
    await back(desk.page(), Back())  # the empty tab it began as

    with pytest.raises(PageError, match="there is no page to go back to from an empty tab"):
        await back(desk.page(), Back())
