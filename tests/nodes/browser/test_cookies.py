from __future__ import annotations

from activities.nodes.browser.cookies import Cookies, cookies
from activities.nodes.browser.set_cookies import SetCookies, set_cookies
from activities.sessions.profile import Cookie
from tests.support.browser import Desk


async def test_cookies_of_a_page_are_read(desk: Desk) -> None:
    await desk.show("<script>document.cookie = 'a=1'; document.cookie = 'b=2'</script>")

    everything = await cookies(desk.page(), Cookies())
    one = await cookies(desk.page(), Cookies(url=desk.site.url(), name="b"))

    assert {"a": "1", "b": "2"} == {cookie.name: cookie.value for cookie in everything.cookies}
    assert [("b", "2", "127.0.0.1")] == [(cookie.name, cookie.value, cookie.domain) for cookie in one.cookies]


async def test_cookies_of_other_sites_can_be_left_out(desk: Desk) -> None:
    await desk.show("text")
    await set_cookies(desk.page(), SetCookies(cookies=[Cookie(name="x", value="1", domain="other.example")]))

    mine = await cookies(desk.page(), Cookies(url=desk.site.url()))

    assert 0 == mine.count
