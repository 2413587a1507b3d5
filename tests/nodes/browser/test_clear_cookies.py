from __future__ import annotations

import pytest

from activities.nodes.browser.clear_cookies import ClearCookies, clear_cookies
from activities.nodes.browser.cookies import Cookies, cookies
from activities.nodes.browser.set_cookies import SetCookies, set_cookies
from activities.sessions.profile import Cookie
from tests.support.browser import Desk

THREE = [
    Cookie(name="a", value="1", domain="one.example"),
    Cookie(name="b", value="1", domain="one.example"),
    Cookie(name="a", value="1", domain="two.example"),
]


@pytest.mark.parametrize(
    ("which", "left"),
    [
        ({}, []),
        ({"name": "a"}, ["b"]),
        ({"domain": "one.example"}, ["a"]),
        ({"name": "a", "domain": "one.example"}, ["a", "b"]),
    ],
)
async def test_cookies_are_removed(desk: Desk, which: dict[str, str], left: list[str]) -> None:
    await set_cookies(desk.page(), SetCookies(cookies=THREE))

    cleared = await clear_cookies(desk.page(), ClearCookies(**which))

    found = await cookies(desk.page(), Cookies())
    assert (3 - len(left), left) == (cleared.count, sorted(cookie.name for cookie in found.cookies))
