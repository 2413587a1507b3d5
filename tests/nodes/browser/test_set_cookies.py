from __future__ import annotations

import time

import pytest

from activities.nodes.browser.cookies import Cookies, cookies
from activities.nodes.browser.goto import Goto, goto
from activities.nodes.browser.set_cookies import SetCookies, set_cookies
from activities.sessions.profile import Cookie
from tests.support.browser import Desk
from workflows.errors import InvalidParamsError

SOON = float(int(time.time()) + 86_400)


async def test_a_site_gets_its_cookies(desk: Desk) -> None:
    await desk.show("text")

    done = await set_cookies(desk.page(), SetCookies(cookies=[Cookie(name="login", value="alice", http_only=True)]))
    await goto(desk.page(), Goto(url="/?"))

    assert (1, "login=alice") == (done.count, desk.site.asked[-1].cookie)


async def test_a_cookie_of_the_same_name_is_replaced(desk: Desk) -> None:
    for value in ("1", "2"):
        await set_cookies(
            desk.page(),
            SetCookies(cookies=[Cookie(name="n", value=value, domain="a.example", expires=SOON, same_site="Lax")]),
        )

    found = await cookies(desk.page(), Cookies())
    assert [("n", "2", SOON, "Lax")] == [(one.name, one.value, one.expires, one.same_site) for one in found.cookies]


async def test_a_cookie_of_no_site_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidParamsError, match="the browser does not take these cookies"):
        await set_cookies(desk.page(), SetCookies(cookies=[Cookie(name="a", value="1")]))
