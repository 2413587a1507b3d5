from __future__ import annotations

from activities.nodes.browser.click import Click, click
from activities.nodes.browser.close import Close, close
from activities.nodes.browser.read import Read, read
from activities.nodes.browser.switch import Switch, switch
from tests.support.browser import Desk

TWO = "<title>First</title><h1>First</h1><a href=/other target=_blank>Go</a>"


async def test_steps_act_in_the_tab_that_was_switched_to(desk: Desk) -> None:
    desk.site.page("/other", "<h1>Other</h1>")
    await desk.show(TWO, title="First")
    await click(desk.page(), Click(target="a", opens="other"))

    switched = await switch(desk.page(), Switch(page="main"))
    text = await read(desk.page(), Read(target="h1"))

    assert (desk.site.url(), "First", "First") == (switched.url, switched.title, text.text)


async def test_a_tab_behind_can_be_closed_by_its_name(desk: Desk) -> None:
    desk.site.page("/other", "<h1>Other</h1>")
    await desk.show(TWO)
    await click(desk.page(), Click(target="a", opens="other"))

    closed = await close(desk.page(), Close(page="main"))

    assert desk.site.url("/other") == closed.url


async def test_a_tab_that_a_page_opens_late_is_waited_for(desk: Desk) -> None:
    desk.site.page("/other", "<h1>Other</h1>")
    await desk.show("<script>setTimeout(() => window.open('/other'), 400)</script>")

    switched = await switch(desk.page(), Switch(page="popup"))

    assert switched.url in {desk.site.url("/other"), "about:blank"}
