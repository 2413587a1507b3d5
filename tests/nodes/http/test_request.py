from __future__ import annotations

import asyncio
import base64
import gzip
import json
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from activities.drivers.http import HttpDriver
from activities.nodes.http.request import request
from tests.support.steps import Steps, failure_of
from tests.support.web import Received, Web, respond, web
from workflows.call import SecretRef, SecretSlot
from workflows.spec import Effect

MEGABYTE = 1024 * 1024


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    async with web() as served:
        yield served


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    return Steps(tmp_path, HttpDriver().provider(), secrets={"token": "hunter22-token"})


def guarded(tmp_path: Path, **settings: Any) -> Steps:
    return Steps(tmp_path, HttpDriver(**settings).provider())


async def hang(_request: Received, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def hang_up(_request: Received, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def test_an_answer_has_status_headers_and_text(steps: Steps, site: Web) -> None:
    url = site.answer("/hello", 200, "Grüße".encode(), Content_Type="text/plain", X_One="1")

    output = await steps.do(request, {"url": url})

    assert (200, "Grüße", None, None, url) == tuple(output[key] for key in ("status", "text", "json", "path", "url"))
    assert "1" == output["headers"]["x-one"]
    assert 0 <= output["seconds"] < 5


@pytest.mark.parametrize("content_type", ["application/json", "application/problem+json", "text/html"])
async def test_json_is_read_whatever_the_server_calls_it(steps: Steps, site: Web, content_type: str) -> None:
    url = site.answer("/rates", 200, b'{"USD": 1.1}', Content_Type=content_type)

    assert {"USD": 1.1} == (await steps.do(request, {"url": url}))["json"]


async def test_other_charsets_are_read_and_pictures_are_no_text(steps: Steps, site: Web) -> None:
    latin = site.answer("/latin", 200, "ü".encode("latin-1"), Content_Type="text/plain; charset=iso-8859-1")
    picture = site.answer("/picture", 200, b"\x89PNG\xff", Content_Type="image/png")

    texts = [(await steps.do(request, {"url": url}))["text"] for url in (latin, picture)]

    assert ["ü", None] == texts


async def test_the_query_is_added_to_the_one_the_address_has(steps: Steps, site: Web) -> None:
    url = site.answer("/find")

    await steps.do(request, {"url": f"{url}?a=1", "params": {"q": "x y&z", "n": [1, 2], "none": None, "yes": True}})

    assert "/find?a=1&q=x+y%26z&n=1&n=2&yes=true" == site.received[0].path.replace("%20", "+")


@pytest.mark.parametrize(
    ("content", "content_type", "body"),
    [
        ({"json": {"a": "ü"}}, "application/json", '{"a": "ü"}'.encode()),
        ({"json": None}, "application/json", b"null"),
        ({"form": {"a": "x y", "n": 1}}, "application/x-www-form-urlencoded", b"a=x+y&n=1"),
        ({"body": "<a/>", "headers": {"content-type": "text/xml"}}, "text/xml", b"<a/>"),
    ],
)
async def test_content_is_sent_as_json_form_or_as_it_is(
    steps: Steps, site: Web, content: dict[str, Any], content_type: str, body: bytes
) -> None:
    await steps.do(request, {"method": "POST", "url": site.answer("/order"), **content})

    assert (content_type, body) == (site.received[0].headers["content-type"], site.received[0].body)


@pytest.mark.parametrize(
    "fields", [{"json": {}, "form": {}}, {"auth": {}}, {"auth": {"username": "a"}}, {"method": "get"}]
)
async def test_contradictions_are_refused_before_anything_is_sent(
    steps: Steps, site: Web, fields: dict[str, Any]
) -> None:
    error = await failure_of(steps.do(request, {"url": site.answer("/x"), **fields}))

    assert "InvalidParamsError" == error.type
    assert [] == site.received


@pytest.mark.parametrize("url", ["", "/path", "ftp://host/x", "http://", "http://[::1", "file:///etc/passwd"])
async def test_what_is_no_address_of_the_web_is_refused(steps: Steps, url: str) -> None:
    error = await failure_of(steps.do(request, {"url": url}))

    assert ("InvalidParamsError", False) == (error.type, error.acted)


async def test_a_user_is_announced_with_basic_authentication(steps: Steps, site: Web) -> None:
    await steps.do(request, {"url": site.answer("/x"), "auth": {"username": "ann", "password": "pä:ss"}})

    assert f"Basic {base64.b64encode('ann:pä:ss'.encode()).decode()}" == site.received[0].headers["authorization"]


async def test_a_secret_token_is_sent_and_never_comes_back(steps: Steps, site: Web) -> None:
    async def echo(received: Received, writer: asyncio.StreamWriter) -> None:
        await respond(writer, 403, json.dumps(received.headers).encode())

    slot = SecretSlot(path=("auth", "bearer"), parts=(SecretRef(secret="token"),))
    error = await failure_of(
        steps.do(request, {"url": site.behave("/echo", echo), "auth": {"bearer": None}}, slots=[slot])
    )

    assert "Bearer hunter22-token" == site.received[0].headers["authorization"]
    assert "AccessDeniedError" == error.type
    assert "hunter22" not in error.model_dump_json()
    assert "Bearer ***" in error.message


@pytest.mark.parametrize(
    ("params", "effect"),
    [
        ({}, Effect.READ),
        ({"method": "GET"}, Effect.READ),
        ({"method": "HEAD"}, Effect.READ),
        ({"method": "PUT"}, Effect.IDEMPOTENT),
        ({"method": "DELETE"}, Effect.IDEMPOTENT),
        ({"method": "POST"}, Effect.ONCE),
        ({"method": "PATCH"}, Effect.ONCE),
        ({"method": "POST", "idempotent": True}, Effect.IDEMPOTENT),
        ({"method": "${{ method }}"}, Effect.ONCE),
    ],
)
def test_the_method_decides_what_repeating_would_do(params: dict[str, Any], effect: Effect) -> None:
    assert effect == request.spec().effect_of(params)


async def test_posts_carry_the_key_of_their_step_and_gets_do_not(steps: Steps, site: Web) -> None:
    url = site.answer("/x")

    for method in ("POST", "PATCH", "GET", "PUT"):
        await steps.do(request, {"method": method, "url": url}, key="run-1/pay[7]")
    await steps.do(request, {"method": "POST", "url": url, "headers": {"idempotency-key": "my own"}})

    keys = [received.headers.get("idempotency-key") for received in site.received]
    assert ["run-1/pay[7]", "run-1/pay[7]", None, None, "my own"] == keys


async def test_redirects_are_followed_unless_told_otherwise(steps: Steps, site: Web) -> None:
    there = site.answer("/there", 200, b"here")
    url = site.answer("/moved", 302, Location="/there")

    followed = await steps.do(request, {"url": url})
    stayed = await steps.do(request, {"url": url, "follow_redirects": False})

    assert (200, there, "here") == (followed["status"], followed["url"], followed["text"])
    assert (302, "/there") == (stayed["status"], stayed["headers"]["location"])


async def test_a_circle_of_redirects_ends(steps: Steps, site: Web) -> None:
    url = site.answer("/a", 302, Location="/a")

    error = await failure_of(steps.do(request, {"url": url}))

    assert "redirects more than 10 times" in error.message


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


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("7", 7, 7),
        (format_datetime(datetime.now(UTC) + timedelta(minutes=30)), 1700, 1800),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
        ("999999999", 86_400, 86_400),
    ],
)
async def test_a_server_that_says_when_to_come_back_is_heard(
    steps: Steps, site: Web, asked: str, least: float, most: float
) -> None:
    error = await failure_of(steps.do(request, {"url": site.answer("/x", 503, Retry_After=asked)}))

    assert isinstance(error.details, dict)
    wait = error.details["retry_after"]
    assert isinstance(wait, float)
    assert least <= wait <= most


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


async def test_nobody_knows_what_a_server_did_that_does_not_answer(steps: Steps, site: Web) -> None:
    url = site.behave("/x", hang)

    error = await failure_of(steps.do(request, {"method": "POST", "url": url, "timeout": "200ms"}))

    assert ("ServerUnreachableError", None) == (error.type, error.acted)
    assert f"{url!r} gave no whole answer within 200ms" == error.message


async def test_the_timeout_of_the_step_holds_without_one_of_its_own(steps: Steps, site: Web) -> None:
    error = await failure_of(steps.do(request, {"method": "POST", "url": site.behave("/x", hang)}, timeout=0.3))

    assert error.type in {"StepTimeoutError", "ServerUnreachableError"}
    assert error.acted is None


async def test_an_answer_that_trickles_in_ends_at_the_timeout(steps: Steps, site: Web) -> None:
    async def trickle(_request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    error = await failure_of(steps.do(request, {"url": site.behave("/x", trickle), "timeout": "300ms"}))

    assert "no whole answer within 300ms" in error.message


async def test_after_a_redirect_a_post_has_been_seen_by_a_server(steps: Steps, site: Web) -> None:
    async with web() as closed:
        elsewhere = closed.url("/gone")
    url = site.answer("/order", 303, Location=elsewhere)

    error = await failure_of(steps.do(request, {"method": "POST", "url": url}))

    assert ("ServerUnreachableError", None) == (error.type, error.acted)


async def test_an_answer_is_saved_as_a_file_of_the_run(steps: Steps, site: Web) -> None:
    url = site.answer("/report", 200, b"\x00\xffbytes")

    output = await steps.do(request, {"url": url, "save_as": "in/report.bin"})

    assert ("in/report.bin", None, None) == (output["path"], output["text"], output["json"])
    assert b"\x00\xffbytes" == await steps.content("in/report.bin")


async def test_an_error_page_is_never_saved_as_the_file(steps: Steps, site: Web) -> None:
    await failure_of(steps.do(request, {"url": site.answer("/report", 500, b"sorry"), "save_as": "report.bin"}))

    assert {} == steps.files


async def test_an_expected_error_page_is_saved(steps: Steps, site: Web) -> None:
    await steps.do(request, {"url": site.answer("/x", 404, b"none"), "save_as": "x.txt", "expect_status": 404})

    assert b"none" == await steps.content("x.txt")


async def test_a_large_answer_goes_to_a_file_without_ever_being_in_memory(steps: Steps, site: Web) -> None:
    async def pour(_request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (60 * MEGABYTE))
        for _ in range(60):
            writer.write(b"\0" * MEGABYTE)
            await writer.drain()

    tracemalloc.start()
    try:
        await steps.do(request, {"url": site.behave("/large", pour), "save_as": "large.bin"}, timeout=60.0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert 60 * MEGABYTE == steps.files["large.bin"].size
    assert peak < 16 * MEGABYTE


async def test_an_answer_too_large_for_an_output_says_to_save_it(steps: Steps, site: Web) -> None:
    url = site.answer("/large", 200, b"x" * (4 * MEGABYTE + 1))

    error = await failure_of(steps.do(request, {"url": url}))

    assert "ResultTooLargeError" == error.type
    assert "save it to a file with 'save_as'" in error.message


async def test_a_small_answer_that_unpacks_to_a_large_one_is_too_large(tmp_path: Path, site: Web) -> None:
    steps = guarded(tmp_path, max_response=MEGABYTE)
    url = site.answer("/bomb", 200, gzip.compress(b"\0" * (20 * MEGABYTE)), Content_Encoding="gzip")

    error = await failure_of(steps.do(request, {"url": url, "save_as": "x"}))

    assert "longer than 1048576 bytes" in error.message


async def test_the_status_of_a_huge_error_page_is_still_told(steps: Steps, site: Web) -> None:
    error = await failure_of(steps.do(request, {"url": site.answer("/x", 500, b"x" * (5 * MEGABYTE))}))

    assert "ServerFailedError" == error.type


PRIVATE = ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "10.0.0.1", "2130706433", "[::ffff:127.0.0.1]")  # noqa: S104 - an address to refuse


@pytest.mark.parametrize("host", PRIVATE)
async def test_private_addresses_can_be_closed_to_steps(tmp_path: Path, site: Web, host: str) -> None:
    steps = guarded(tmp_path, private_addresses=False)

    error = await failure_of(steps.do(request, {"method": "POST", "url": f"http://{host}:{site.port}/"}))

    assert ("AddressBlockedError", "configuration", False) == (error.type, error.kind, error.acted)
    assert [] == site.received


@pytest.mark.parametrize("host", ["169.254.169.254", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "0xA9FEA9FE"])
async def test_the_credentials_of_the_machine_are_always_closed_to_steps(steps: Steps, host: str) -> None:
    error = await failure_of(steps.do(request, {"url": f"http://{host}/latest/meta-data/"}))

    assert "AddressBlockedError" == error.type


async def test_a_redirect_leads_to_no_closed_address(steps: Steps, site: Web) -> None:
    url = site.answer("/x", 302, Location="http://169.254.169.254/")

    error = await failure_of(steps.do(request, {"url": url}))

    assert "AddressBlockedError" == error.type


async def test_a_proxy_in_the_environment_is_no_way_around_the_guard(
    tmp_path: Path, site: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", site.url())
    steps = guarded(tmp_path, private_addresses=False)

    error = await failure_of(steps.do(request, {"url": "http://127.0.0.2/"}))

    assert "AddressBlockedError" == error.type
    assert [] == site.received


async def test_a_user_in_the_address_is_not_repeated(steps: Steps, site: Web) -> None:
    url = site.answer("/x", 404).replace("http://", "http://ann:secret@")

    output = await steps.do(request, {"url": url, "expect_status": 404})
    error = await failure_of(steps.do(request, {"url": url}))

    assert "secret" not in output["url"]
    assert "secret" not in error.model_dump_json()


async def test_a_header_with_a_line_break_is_refused(steps: Steps, site: Web) -> None:
    error = await failure_of(
        steps.do(request, {"method": "POST", "url": site.answer("/x"), "headers": {"X-A": "1\r\nX-B: 2"}})
    )

    assert ("InvalidParamsError", False) == (error.type, error.acted)
    assert [] == site.received
