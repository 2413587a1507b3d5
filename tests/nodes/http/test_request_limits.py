from __future__ import annotations

import asyncio
import gzip
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from activities.drivers.http import HttpDriver
from activities.nodes.http.request import request
from tests.support.steps import Steps, failure_of
from tests.support.web import Received, Web

MEGABYTE = 1024 * 1024


def guarded(tmp_path: Path, **settings: Any) -> Steps:
    return Steps(tmp_path, HttpDriver(**settings).provider())


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


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "[::169.254.169.254]",
        "[::ffff:0:169.254.169.254]",
        "[64:ff9b::169.254.169.254]",
        "[64:ff9b:1::a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]",
        "[fd00:ec2::254]",
        "[fd20:ce::254]",
        "192.0.0.192",
        "0xA9FEA9FE",
        "2852039166",
    ],
)
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
