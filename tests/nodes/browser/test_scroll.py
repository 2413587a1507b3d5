from __future__ import annotations

import pytest

from activities.nodes.browser.evaluate import Evaluate, evaluate
from activities.nodes.browser.scroll import Distance, Scroll, scroll
from tests.support.browser import Desk
from workflows.errors import InvalidParamsError

LONG = (
    "<div id=box style='height:100px;width:100px;overflow:auto'><div style='height:900px;width:800px'></div></div>"
    "<div style='height:5000px'></div><p id=end>The end</p>"
)


@pytest.mark.parametrize(
    ("what", "where", "found"),
    [
        ({"to": "bottom"}, "scrollY > 3000", True),
        ({"by": Distance(y=70)}, "scrollY", 70),
        ({"target": "#end"}, "scrollY > 3000", True),
        ({"target": "#box", "to": "bottom"}, "box.scrollTop > 700", True),
        ({"target": "#box", "to": "right"}, "box.scrollLeft > 600", True),
        ({"target": "#box", "by": Distance(x=30)}, "box.scrollLeft", 30),
    ],
)
async def test_the_page_or_a_box_is_scrolled(desk: Desk, what: dict[str, object], where: str, found: object) -> None:
    await desk.show(LONG)

    await scroll(desk.page(), Scroll(**what))

    assert found == (await evaluate(desk.page(), Evaluate(script=where))).value


async def test_scrolling_back_leads_to_the_top(desk: Desk) -> None:
    await desk.show(LONG)
    await scroll(desk.page(), Scroll(to="bottom"))

    await scroll(desk.page(), Scroll(to="top"))

    assert 0 == (await evaluate(desk.page(), Evaluate(script="scrollY"))).value


@pytest.mark.parametrize("params", [{}, {"to": "top", "by": {"y": 3}}])
def test_there_must_be_one_way_to_go(params: dict[str, object]) -> None:
    with pytest.raises(InvalidParamsError, match=r"target.*to.*by|either to or by"):
        scroll.read_params(params)
