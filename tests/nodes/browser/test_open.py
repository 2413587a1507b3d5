from __future__ import annotations

import asyncio

import pytest

from activities.nodes.browser.open import Open
from activities.nodes.browser.open import open as open_page
from activities.nodes.browser.wait import Wait, wait
from activities.sessions.profile import Viewport
from tests.support.browser import Desk
from tests.support.pages import Answer, running_site
from workflows.errors import InvalidParamsError, PageError


async def test_an_opened_page_is_told_by_address_title_and_status(desk: Desk) -> None:
    desk.site.page("/list", "<h1>Invoices</h1>", title="List")

    opened = await open_page(desk.page(), Open(url=desk.site.url("/list")))

    assert (desk.site.url("/list"), "List", 200) == (opened.url, opened.title, opened.status)


async def test_redirects_are_followed(desk: Desk) -> None:
    desk.site.put("/old", Answer(b"", 302, {"Location": "/new"}))
    desk.site.page("/new", "here", title="New")

    opened = await open_page(desk.page(), Open(url=desk.site.url("/old")))

    assert (desk.site.url("/new"), 200) == (opened.url, opened.status)


async def test_a_page_that_answers_late_is_waited_for(desk: Desk) -> None:
    desk.site.page("/slow", "here", title="At last", delay=3)

    opened = await open_page(desk.page(), Open(url=desk.site.url("/slow")))

    assert opened.title == "At last"


async def test_a_page_that_answers_too_late_is_an_error_within_the_steps_time(desk: Desk) -> None:
    desk.site.page("/slow", "here", delay=120)

    async with asyncio.timeout(60):
        with pytest.raises(PageError, match=r"/slow' did not load in time"):
            await open_page(desk.page(1), Open(url=desk.site.url("/slow")))


async def test_a_missing_page_is_a_status(desk: Desk) -> None:
    opened = await open_page(desk.page(), Open(url=desk.site.url("/nowhere")))

    assert opened.status == 404


async def test_a_failing_server_is_an_error_worth_a_retry(desk: Desk) -> None:
    desk.site.page("/broken", "oops", status=503)

    with pytest.raises(PageError, match=r"/broken' answered 503 Service Unavailable") as caught:
        await open_page(desk.page(), Open(url=desk.site.url("/broken") + "?token=kept-apart"))

    assert "kept-apart" not in caught.value.message


async def test_a_host_where_nothing_listens_is_named(desk: Desk) -> None:
    with running_site() as gone:
        url = gone.url("/x")

    with pytest.raises(PageError) as caught:
        await open_page(desk.page(), Open(url=url.replace("//", "//user:hunter2@")))

    assert f"'{url}' cannot be opened: nothing listens there (ERR_CONNECTION_REFUSED)" == caught.value.message


async def test_opening_starts_over_in_one_tab_of_the_wanted_size(desk: Desk) -> None:
    desk.site.page("/popup", "popup")
    desk.site.page("/start", "start")
    await desk.show("<script>window.open('/popup')</script>")
    await wait(desk.page(), Wait(url="/popup"))

    await open_page(desk.page(), Open(url=desk.site.url("/start"), viewport=Viewport(width=640, height=480)))

    tabs = desk.host.find(desk.session).context.pages
    assert [{"width": 640, "height": 480}] == [tab.viewport_size for tab in tabs]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "example.com", "https://", ""])
def test_an_address_that_is_none_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(InvalidParamsError, match="field 'url'"):
        open_page.read_params({"url": url})
