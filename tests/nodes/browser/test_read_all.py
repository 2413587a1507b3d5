from __future__ import annotations

import pytest

from activities.nodes.browser.read_all import ReadAll, read_all
from tests.support.browser import Desk
from workflows.errors import InvalidTargetError


async def test_all_that_match_are_read_in_the_order_of_the_page(desk: Desk) -> None:
    await desk.show("<a href=/a>A</a><a>B</a><a href=/c>C</a>")

    shown = await read_all(desk.page(), ReadAll(target="a"))
    links = await read_all(desk.page(), ReadAll(target="a", attribute="href"))

    assert (["A", "B", "C"], 3) == (shown.texts, shown.count)
    assert ["/a", None, "/c"] == links.texts


async def test_none_is_an_answer(desk: Desk) -> None:
    await desk.show("nothing")

    found = await read_all(desk.page(), ReadAll(target={"role": "link"}))

    assert ([], 0) == (found.texts, found.count)


async def test_a_broken_selector_is_the_authors_to_mend(desk: Desk) -> None:
    await desk.show("x")

    with pytest.raises(InvalidTargetError, match="a target cannot be read"):
        await read_all(desk.page(), ReadAll(target="##"))
