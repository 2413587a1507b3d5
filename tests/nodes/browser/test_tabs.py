from __future__ import annotations

from activities.nodes.browser.tabs import Tabs, tabs
from activities.nodes.browser.wait import Wait, wait
from tests.support.browser import Desk


async def test_tabs_are_listed_with_the_one_in_front_last(desk: Desk) -> None:
    desk.site.page("/a", "a", title="A")
    desk.site.page("/b", "b", title="B")
    await desk.show("<script>window.open('/a'); window.open('/b')</script>", title="Portal")
    await wait(desk.page(), Wait(page="popup_2", url="/b", text="b"))
    await wait(desk.page(), Wait(page="popup", url="/a", text="a"))

    listed = await tabs(desk.page(), Tabs())

    assert [
        ("main", desk.site.url(), "Portal", False),
        ("popup", desk.site.url("/a"), "A", False),
        ("popup_2", desk.site.url("/b"), "B", True),
    ] == [(tab.name, tab.url, tab.title, tab.front) for tab in listed.tabs]
