from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from activities.drivers.http import HttpDriver
from activities.nodes.http.request import request
from tests.support.steps import Steps, failure_of
from tests.support.web import Received, Web, web
from workflows.call import SecretRef, SecretSlot
from workflows.spec import Effect


async def hang(_request: Received, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def hang_up(_request: Received, writer: asyncio.StreamWriter) -> None:
    writer.close()


@dataclass(frozen=True)
class Verdict:
    """What a status means to a run."""

    status: int
    method: str
    type: str
    kind: str
    acted: bool | None


@pytest.mark.parametrize(
    "case",
    [
        Verdict(400, "POST", "RequestRefusedError", "business", acted=False),
        Verdict(404, "GET", "RequestRefusedError", "business", acted=False),
        Verdict(401, "POST", "AccessDeniedError", "configuration", acted=False),
        Verdict(403, "GET", "AccessDeniedError", "configuration", acted=False),
        Verdict(429, "POST", "ServerFailedError", "robot", acted=False),
        Verdict(500, "GET", "ServerFailedError", "robot", acted=False),
        Verdict(500, "POST", "ServerFailedError", "robot", acted=None),
        Verdict(503, "PUT", "ServerFailedError", "robot", acted=None),
    ],
    ids=lambda case: f"{case.method}-{case.status}",
)
async def test_a_status_tells_who_must_act_and_what_was_done(steps: Steps, site: Web, case: Verdict) -> None:
    url = site.answer("/x", case.status, b"sorry, no")

    error = await failure_of(steps.do(request, {"method": case.method, "url": f"{url}?token=abc"}))

    assert (case.type, case.kind, case.acted) == (error.type, error.kind, error.acted)
    assert f"{case.method} {url!r} was answered with {case.status} Said: sorry, no" == error.message
    assert isinstance(error.details, dict)
    assert (case.status, "sorry, no") == (error.details["status"], error.details["text"])


async def test_an_expected_error_is_an_answer(steps: Steps, site: Web) -> None:
    output = await steps.do(request, {"url": site.answer("/x", 404, b"none"), "expect_status": [200, 404]})

    assert (404, "none") == (output["status"], output["text"])


async def test_a_success_that_is_not_the_expected_one_is_an_error_that_acted(steps: Steps, site: Web) -> None:
    url = site.answer("/x", 202)

    error = await failure_of(steps.do(request, {"method": "POST", "url": url, "expect_status": 201}))

    assert ("RequestRefusedError", True) == (error.type, error.acted)
    assert "202 Said instead of 201" in error.message


@pytest.mark.parametrize(("asked", "expected"), [("7", 7), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("999999999", 86_400)])
async def test_a_server_that_says_when_to_come_back_is_heard(
    steps: Steps, site: Web, asked: str, expected: float
) -> None:
    error = await failure_of(steps.do(request, {"url": site.answer("/x", 503, Retry_After=asked)}))

    assert isinstance(error.details, dict)
    assert expected == error.details["retry_after"]


async def test_a_server_may_say_a_moment_to_come_back(steps: Steps, site: Web) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(minutes=30))

    error = await failure_of(steps.do(request, {"url": site.answer("/x", 503, Retry_After=moment)}))

    assert isinstance(error.details, dict)
    wait = error.details["retry_after"]
    assert isinstance(wait, float)
    assert 1700 <= wait <= 1800


async def test_a_server_that_does_not_say_when_to_come_back_says_nothing(steps: Steps, site: Web) -> None:
    error = await failure_of(steps.do(request, {"url": site.answer("/x", 503, Retry_After="soon")}))

    assert isinstance(error.details, dict)
    assert "retry_after" not in error.details


async def test_a_refused_connection_has_done_nothing(steps: Steps) -> None:
    async with web() as closed:
        url = closed.url()

    error = await failure_of(steps.do(request, {"method": "POST", "url": url}))

    assert ("ServerUnreachableError", "robot", False) == (error.type, error.kind, error.acted)


async def test_a_name_nobody_knows_has_done_nothing(steps: Steps) -> None:
    error = await failure_of(steps.do(request, {"method": "POST", "url": "http://no-such-host.invalid/"}))

    assert ("ServerUnreachableError", False) == (error.type, error.acted)
    assert "no address is known for 'no-such-host.invalid'" in error.message


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nobody_knows_what_a_server_did_that_hung_up(steps: Steps, site: Web, method: str) -> None:
    error = await failure_of(steps.do(request, {"method": method, "url": site.behave("/x", hang_up)}))

    assert "ServerUnreachableError" == error.type
    assert (False if method == "GET" else None) is error.acted


async def test_a_get_that_is_said_to_act_is_never_taken_for_harmless(steps: Steps, site: Web) -> None:
    failed = site.answer("/delete", 500)

    answered = await failure_of(steps.do(request, {"url": failed}, effect=Effect.ONCE))
    silent = await failure_of(steps.do(request, {"url": site.behave("/x", hang_up)}, effect=Effect.ONCE))

    assert [None, None] == [answered.acted, silent.acted]


async def test_nobody_knows_what_a_server_did_that_does_not_answer(steps: Steps, site: Web) -> None:
    url = site.behave("/x", hang)

    error = await failure_of(steps.do(request, {"method": "POST", "url": url, "timeout": "1s"}))

    assert ("ServerUnreachableError", None) == (error.type, error.acted)
    assert f"{url!r} gave no whole answer within 1s" == error.message


async def test_the_timeout_of_the_step_holds_without_one_of_its_own(steps: Steps, site: Web) -> None:
    error = await failure_of(steps.do(request, {"method": "POST", "url": site.behave("/x", hang)}, timeout=2))

    assert error.type in {"StepTimeoutError", "ServerUnreachableError"}
    assert error.acted is None


async def test_an_answer_that_trickles_in_ends_at_the_timeout(steps: Steps, site: Web) -> None:
    async def trickle(_request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    error = await failure_of(steps.do(request, {"url": site.behave("/x", trickle), "timeout": "1s"}))

    assert "no whole answer within 1s" in error.message


async def test_after_a_redirect_a_post_has_been_seen_by_a_server(steps: Steps, site: Web) -> None:
    async with web() as closed:
        elsewhere = closed.url("/gone")
    url = site.answer("/order", 303, Location=elsewhere)

    error = await failure_of(steps.do(request, {"method": "POST", "url": url}))

    assert ("ServerUnreachableError", None) == (error.type, error.acted)


async def test_no_failure_shows_part_of_a_secret_where_an_answer_is_cut(steps: Steps, site: Web) -> None:
    """Half a secret is not recognised as one."""
    tokens = (SecretSlot(path=("auth", "bearer"), parts=(SecretRef(secret="token"),)),)

    for before in (290, 3990):
        url = site.answer(f"/{before}", 404, b"x" * before + b" hunter22-token")
        error = await failure_of(steps.do(request, {"url": url, "auth": {"bearer": None}}, slots=tokens))

        assert "hunter" not in error.model_dump_json()


async def test_a_long_secret_in_a_wrong_place_is_not_shown_in_part(tmp_path: Path) -> None:
    steps = Steps(tmp_path, HttpDriver().provider(), secrets={"token": "eyJ0" + "abcdefgh" * 20})
    tokens = (SecretSlot(path=("method",), parts=(SecretRef(secret="token"),)),)

    error = await failure_of(steps.do(request, {"url": "http://127.0.0.1/", "method": None}, slots=tokens))

    assert "eyJ" not in error.model_dump_json()
