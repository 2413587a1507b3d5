from __future__ import annotations

from datetime import timedelta

import pytest

from activities.nodes.browser.scroll_until import ScrollUntil, scroll_until
from activities.sessions.target import Target
from tests.support.browser import Desk
from workflows.errors import ElementNotFoundError, InvalidParamsError

FEED = """
<div id=feed></div><script>
let n = 0;
const more = () => { for (let k = 0; k < 10 && n < 50; k++) {
  const p = document.createElement('article'); p.style.height = '100px'; p.textContent = 'Order ' + ++n;
  (document.getElementById('feed')).append(p) } };
more();
let coming = false;
(%s).addEventListener('scroll', () => { if (coming) return; coming = true;
  setTimeout(() => { more(); coming = false }, 60) });
</script>"""
PAGE = FEED % "window"
PATIENCE = timedelta(seconds=2)
ORDERS = {"role": "article"}


async def test_a_page_that_loads_more_is_scrolled_to_its_end(desk: Desk) -> None:
    await desk.show(PAGE)

    scrolled = await scroll_until(desk.page(), ScrollUntil(target=ORDERS, count=1000, patience=PATIENCE))

    assert (50, "end") == (scrolled.count, scrolled.reached)


async def test_it_stops_when_there_are_enough(desk: Desk) -> None:
    await desk.show(PAGE)

    scrolled = await scroll_until(desk.page(), ScrollUntil(target=ORDERS, count=25))

    assert "count" == scrolled.reached
    assert 25 <= scrolled.count < 50


async def test_it_stops_at_the_element(desk: Desk) -> None:
    await desk.show(PAGE)

    scrolled = await scroll_until(desk.page(), ScrollUntil(target={"text": "Order 33"}))

    assert (1, "target") == (scrolled.count, scrolled.reached)


async def test_a_box_of_the_page_may_be_what_scrolls(desk: Desk) -> None:
    box = "document.getElementById('box')"
    await desk.show("<div id=box style='height:300px;overflow:auto'>" + FEED % box + "</div>")

    scrolled = await scroll_until(desk.page(), ScrollUntil(within="#box", patience=PATIENCE))

    assert "end" == scrolled.reached
    assert 50 == len(await desk.page().read_all(Target(role="article"), None))


async def test_an_element_that_never_comes_is_an_error(desk: Desk) -> None:
    await desk.show("<article>Order 1</article>")

    with pytest.raises(ElementNotFoundError, match="although all of the list was scrolled through"):
        await scroll_until(desk.page(), ScrollUntil(target={"text": "Order 99"}, patience=PATIENCE))


def test_only_elements_can_be_counted() -> None:
    with pytest.raises(InvalidParamsError, match="count needs a target"):
        scroll_until.read_params({"count": 3})
