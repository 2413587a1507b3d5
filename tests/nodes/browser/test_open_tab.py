from __future__ import annotations

import pytest

from activities.nodes.browser.open_tab import OpenTab, open_tab
from activities.nodes.browser.read import Read, read
from activities.nodes.browser.tabs import Tabs, tabs
from tests.support.browser import Desk
from workflows.errors import InvalidParamsError, PageError


async def test_a_step_may_act_in_any_tab_by_its_name(desk: Desk) -> None:
    desk.site.page("/rates", "<h1>Rates</h1>", title="Rates")
    await desk.show("<h1>Portal</h1>")

    opened = await open_tab(desk.page(), OpenTab(page="rates", url="/rates"))
    texts = [(await read(desk.page(), Read(target="h1", page=page))).text for page in ("main", "rates", None)]

    assert (desk.site.url("/rates"), "Rates", 200) == (opened.url, opened.title, opened.status)
    assert ["Portal", "Rates", "Rates"] == texts


async def test_opening_a_tab_a_second_time_uses_it_again(desk: Desk) -> None:
    desk.site.page("/a", "a")
    desk.site.page("/b", "b")
    await desk.show("portal")
    await open_tab(desk.page(), OpenTab(page="extra", url="/a"))

    await open_tab(desk.page(), OpenTab(page="extra", url="/b"))

    listed = await tabs(desk.page(), Tabs())
    assert [("main", desk.site.url()), ("extra", desk.site.url("/b"))] == [(tab.name, tab.url) for tab in listed.tabs]


async def test_a_tab_that_is_not_there_is_told_with_those_that_are(desk: Desk) -> None:
    await desk.show("<h1>Portal</h1>")

    with pytest.raises(PageError, match=r"there is no tab 'rates'; open are: 'main' \('http"):
        await read(desk.page(1), Read(target="h1", page="rates"))


def test_a_tab_has_a_plain_name() -> None:
    with pytest.raises(InvalidParamsError, match="field 'page'"):
        open_tab.read_params({"page": "my tab", "url": "https://example.com/"})
