from __future__ import annotations

from datetime import timedelta

import pytest

from activities.nodes.browser.exists import Exists, exists
from tests.support.browser import Desk


@pytest.mark.parametrize(
    ("html", "seen"),
    [("<p>A", True), ("<p>A<p>B", True), ("<p hidden>A<p>B", True), ("<p hidden>A", False), ("", False)],
)
async def test_something_exists_that_can_be_seen(desk: Desk, html: str, *, seen: bool) -> None:
    await desk.show(html)

    assert seen is (await exists(desk.page(), Exists(target="p"))).exists


async def test_it_may_take_a_while_to_appear(desk: Desk) -> None:
    await desk.show("")

    at_once = await exists(desk.page(), Exists(target="p"))
    await desk.later("document.body.innerHTML = '<p>A'")
    later = await exists(desk.page(), Exists(target="p", timeout=timedelta(seconds=30)))

    assert (False, True) == (at_once.exists, later.exists)


async def test_a_timeout_longer_than_the_steps_gives_an_answer_in_time(desk: Desk) -> None:
    await desk.show("nothing")

    found = await exists(desk.page(1), Exists(target="p", timeout=timedelta(minutes=1)))

    assert not found.exists
