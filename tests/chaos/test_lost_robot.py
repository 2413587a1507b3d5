"""A robot dies with a run's browser, and the run goes on in another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from tests.support.eventually import eventually
from tests.support.pages import Answer, Site, running_site
from tests.support.robots import PAUSE, Fleet, fleet, go_on, reached
from tests.support.runs import failure
from workers.server import ServerConfig

FORM = """
<form method=post action=/paid>
  <label>Number <input name=number></label>
  <button>Pay</button>
</form>
<p id=who></p>
<script>document.querySelector("#who").textContent = document.cookie + localStorage.getItem("basket")</script>
"""
PAY: dict[str, Any] = {"role": "button", "name": "Pay"}


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as served:
        yield served


@pytest.fixture
async def robots(robots_client: Client, server: ServerConfig, tmp_path: Path, payloads: Path) -> AsyncIterator[Fleet]:
    async with fleet(robots_client, server, tmp_path, payloads) as kept:
        yield kept


def sign_in(site: Site) -> None:
    """Pages that remember their visitor in a cookie and in local storage."""
    html = b"<!doctype html><title>In</title><script>localStorage.setItem('basket', 'apples')</script>"
    site.put("/in", Answer(html, headers={"Content-Type": "text/html", "Set-Cookie": "visitor=ann"}))
    site.page("/form", FORM)


async def test_the_page_and_what_was_typed_come_back_on_another_robot(robots: Fleet, site: Site) -> None:
    sign_in(site)
    await robots.add("first")
    run = await robots.start(
        [
            {"do": "browser.open", "with": {"url": site.url("/in")}},
            {"do": "browser.goto", "with": {"url": site.url("/form")}},
            {"do": "browser.fill", "with": {"target": {"label": "Number"}, "value": "4711"}},
            PAUSE,
            {"id": "number", "do": "browser.read", "with": {"target": {"label": "Number"}}},
            {"id": "who", "do": "browser.read", "with": {"target": "#who"}},
        ],
        {"number": "${{ number.text }}", "who": "${{ who.text }}"},
    )

    await reached(run, "pause", "waiting")
    await robots.kill("first")
    await go_on(run)
    await robots.add("second")

    assert {"number": "4711", "who": "visitor=annapples"} == (await run.result()).outputs


async def test_a_payment_under_way_is_not_made_again(robots: Fleet, site: Site) -> None:
    sign_in(site)
    site.page("/paid", "thank you", delay=30)
    await robots.add("first")
    run = await robots.start(
        [
            {"do": "browser.open", "with": {"url": site.url("/form")}},
            {"do": "browser.fill", "with": {"target": {"label": "Number"}, "value": "4711"}},
            {"id": "pay", "do": "browser.click", "with": {"target": PAY}, "timeout": "60s"},
        ],
        {},
    )

    await eventually(lambda: bool(site.posts()))
    await robots.kill("first")
    await robots.add("second")
    error = await failure(run)

    assert ("OutcomeUnknownError", "pay") == (error.type, error.step)
    assert ["number=4711"] == site.posts()


async def test_a_page_on_which_was_paid_is_not_rebuilt(robots: Fleet, site: Site) -> None:
    sign_in(site)
    site.page("/shop", "<button onclick=\"fetch('/paid', {method: 'POST'}); this.textContent = 'Paid'\">Pay</button>")
    await robots.add("first")
    run = await robots.start(
        [
            {"do": "browser.open", "with": {"url": site.url("/shop")}},
            {"id": "pay", "do": "browser.click", "with": {"target": PAY}},
            PAUSE,
            {"id": "receipt", "do": "browser.read", "with": {"target": "button"}},
        ],
        {},
    )

    await reached(run, "pause", "waiting")
    await robots.kill("first")
    await go_on(run)
    error = await failure(run)

    assert ("SessionLostError", "receipt") == (error.type, error.step)
    assert "'pay'" in error.message
    assert 1 == len(site.posts())


async def test_a_payment_that_led_to_a_new_page_is_behind_the_run(robots: Fleet, site: Site) -> None:
    sign_in(site)
    site.put("/paid", Answer(b"", 303, {"Location": "/receipt"}))
    site.page("/receipt", "<output>R-1</output>")
    await robots.add("first")
    run = await robots.start(
        [
            {"do": "browser.open", "with": {"url": site.url("/form")}},
            {"do": "browser.click", "with": {"target": PAY}},
            {"do": "browser.wait", "with": {"target": "output"}},
            PAUSE,
            {"id": "receipt", "do": "browser.read", "with": {"target": "output"}},
        ],
        {"receipt": "${{ receipt.text }}"},
    )

    await reached(run, "pause", "waiting")
    await robots.kill("first")
    await go_on(run)
    await robots.add("second")

    assert {"receipt": "R-1"} == (await run.result()).outputs
    assert 1 == len(site.posts())


async def test_a_robot_that_is_back_goes_on_in_the_very_same_page(
    robots: Fleet, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    robots.wait_for_who_comes_back(monkeypatch)
    sign_in(site)
    await robots.add("only")
    remember = {"do": "browser.evaluate", "with": {"script": "window.memory = 'of the page'"}}
    recall = {"id": "memory", "do": "browser.evaluate", "with": {"script": "window.memory"}, "effect": "read"}
    run = await robots.start(
        [
            {"do": "browser.open", "with": {"url": site.url("/form")}},
            {"do": "browser.fill", "with": {"target": {"label": "Number"}, "value": "4711"}},
            remember,
            PAUSE,
            {"id": "number", "do": "browser.read", "with": {"target": {"label": "Number"}}},
            recall,
        ],
        {"number": "${{ number.text }}", "memory": "${{ memory.value }}"},
    )

    await reached(run, "pause", "waiting")
    await robots.kill("only")
    await robots.add("only")
    await go_on(run)

    assert {"number": "4711", "memory": "of the page"} == (await run.result()).outputs
    assert 1 == sum(asked.path == "/form" for asked in site.asked)
