from __future__ import annotations

from activities.nodes.browser.block import Block, block
from activities.nodes.browser.let_through import LetThrough, let_through
from activities.nodes.browser.mock import Mock, mock
from activities.nodes.browser.open import Open
from activities.nodes.browser.open import open as open_page
from tests.support.browser import Desk


async def test_requests_go_through_again(desk: Desk) -> None:
    desk.site.page("/", "real", title="Real")
    await block(desk.page(), Block(urls=["/x"]))
    await mock(desk.page(), Mock(url="*", body="mocked"))

    let = await let_through(desk.page(), LetThrough())

    assert (2, "Real") == (let.count, (await open_page(desk.page(), Open(url=desk.site.url()))).title)
