from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest

from activities.nodes.http.request import request
from tests.support.steps import Steps, failure_of
from tests.support.web import Received, Web, respond
from workflows.call import SecretRef, SecretSlot
from workflows.spec import Effect


async def test_an_answer_has_status_headers_and_text(steps: Steps, site: Web) -> None:
    url = site.answer("/hello", 200, "Grüße".encode(), Content_Type="text/plain", X_One="1")

    output = await steps.do(request, {"url": url})

    assert (200, "Grüße", None, None, url) == tuple(output[key] for key in ("status", "text", "json", "path", "url"))
    assert "1" == output["headers"]["x-one"]
    assert 0 <= output["seconds"] < 60


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
