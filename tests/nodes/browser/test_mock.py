from __future__ import annotations

import pytest

from activities.nodes.browser.evaluate import Evaluate, evaluate
from activities.nodes.browser.mock import Mock, mock
from tests.support.browser import Desk
from tests.support.pages import Answer
from workflows.errors import InvalidParamsError

FETCH = """async method => { const answer = await fetch('/api/rates', {method});
  return [answer.status, answer.headers.get('content-type'), await answer.text()] }"""


async def fetched(desk: Desk, method: str = "GET") -> object:
    return (await evaluate(desk.page(), Evaluate(script=FETCH, argument=method))).value


async def test_a_page_gets_json_that_no_server_gave(desk: Desk) -> None:
    await desk.show("text")

    await mock(desk.page(), Mock(url="/api/rates", json_={"EUR": 1}))

    assert [200, "application/json", '{"EUR": 1}'] == await fetched(desk)
    assert "/api/rates" not in [asked.path for asked in desk.site.asked]


async def test_a_page_gets_a_text_with_status_and_headers(desk: Desk) -> None:
    await desk.show("text")

    await mock(desk.page(), Mock(url="*/api/*", status=503, headers={"Content-Type": "text/x"}, body="later"))

    assert [503, "text/x", "later"] == await fetched(desk)


async def test_a_page_gets_a_file_of_the_run(desk: Desk) -> None:
    await desk.put("rates.csv", b"EUR;1")
    await desk.show("text")

    await mock(desk.page(), Mock(url="*/api/rates", path="rates.csv", headers={"content-type": "text/csv"}))

    assert [200, "text/csv", "EUR;1"] == await fetched(desk)


async def test_the_latest_mock_counts_and_other_methods_go_through(desk: Desk) -> None:
    desk.site.put("/api/rates", Answer(b"real", headers={"Content-Type": "text/real"}))
    await desk.show("text")

    for body in ("first", "second"):
        await mock(desk.page(), Mock(url="*/api/rates", method="GET", body=body))

    assert [200, "text/plain; charset=utf-8", "second"] == await fetched(desk)
    assert [200, "text/real", "real"] == await fetched(desk, "POST")


@pytest.mark.parametrize("content", [{}, {"json": None, "body": "x"}])
def test_there_must_be_one_content(content: dict[str, object]) -> None:
    with pytest.raises(InvalidParamsError, match=r"json.*body.*path"):
        mock.read_params({"url": "/x", **content})
