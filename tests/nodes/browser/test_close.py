from __future__ import annotations

from activities.nodes.browser.click import Click, click
from activities.nodes.browser.close import Close, close
from activities.nodes.browser.read import Read, read
from tests.support.browser import Desk


async def test_a_tab_that_a_click_opened_is_in_front_until_it_is_closed(desk: Desk) -> None:
    desk.site.page("/other", "<h1>Other</h1>", delay=0.3)
    await desk.show("<h1>First</h1><a href=/other target=_blank>Go</a>")
    await click(desk.page(), Click(target={"role": "link"}))

    other = await read(desk.page(), Read(target={"role": "heading", "name": "Other"}))
    closed = await close(desk.page(), Close())
    first = await read(desk.page(), Read(target={"role": "heading"}))

    assert ("Other", desk.site.url(), "First") == (other.text, closed.url, first.text)


async def test_an_empty_tab_follows_the_last_one(desk: Desk) -> None:
    await desk.show("only")

    closed = await close(desk.page(), Close())

    assert closed.url == "about:blank"
