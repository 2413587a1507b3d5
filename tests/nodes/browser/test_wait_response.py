from __future__ import annotations

import pytest

from activities.nodes.browser.click import Click, click
from activities.nodes.browser.wait_response import WaitResponse, wait_response
from tests.support.browser import Desk
from tests.support.pages import Answer
from workflows.errors import PageError

SEARCHING = "<button onclick=\"fetch('/api/search?q=desk', {method: 'POST'})\">Search</button>"
FOUND = Answer(b'{"found": [1, 2]}', headers={"Content-Type": "application/json"})
SLOW = Answer(FOUND.body, headers=FOUND.headers, delay=0.4)


@pytest.mark.parametrize("answer", [FOUND, SLOW], ids=["at once", "late"])
async def test_the_data_behind_a_page_is_got_whenever_it_comes(desk: Desk, answer: Answer) -> None:
    desk.site.put("/api/search", answer)
    await desk.show(SEARCHING)
    await click(desk.page(), Click(target="button"))

    got = await wait_response(desk.page(), WaitResponse(url="*/api/search*", method="POST"))

    assert (200, {"found": [1, 2]}, desk.site.url("/api/search?q=desk")) == (got.status, got.json_, got.url)
    assert "application/json" == got.headers["content-type"]


async def test_an_answer_to_an_earlier_step_does_not_count(desk: Desk) -> None:
    desk.site.put("/api/search", FOUND)
    await desk.show(SEARCHING)
    await click(desk.page(), Click(target="button"))
    await wait_response(desk.page(), WaitResponse(url="/api/search*"))
    desk.site.put("/api/search", Answer(b'{"found": [3]}', headers=FOUND.headers, delay=0.3))
    await click(desk.page(), Click(target="button"))

    got = await wait_response(desk.page(), WaitResponse(url="/api/search*"))

    assert {"found": [3]} == got.json_


async def test_what_is_no_json_is_text(desk: Desk) -> None:
    desk.site.put("/api/search", Answer(b"broken", 500, {"Content-Type": "text/plain"}))
    await desk.show(SEARCHING)
    await click(desk.page(), Click(target="button"))

    got = await wait_response(desk.page(), WaitResponse(url="/api/search*", status=500))

    assert ("broken", None) == (got.text, got.json_)


async def test_an_answer_that_never_comes_is_told_with_those_that_did(desk: Desk) -> None:
    desk.site.put("/api/search", FOUND)
    await desk.show(SEARCHING)
    await click(desk.page(), Click(target="button"))
    await wait_response(desk.page(), WaitResponse(url="*/api/search*"))

    with pytest.raises(PageError) as caught:
        await wait_response(desk.page(1), WaitResponse(url="*/api/orders", method="GET", status=200))

    assert (
        "no page got an answer from GET '*/api/orders' with status 200 in time; "
        f"what came: POST '{desk.site.url('/api/search')}' 200"
    ) == caught.value.message
