from __future__ import annotations

from pathlib import Path

import pytest

from activities.drivers.playwright.mark import Marks
from activities.nodes.browser.click import click
from activities.nodes.browser.download import download
from activities.nodes.browser.exists import exists
from activities.nodes.browser.expect import expect
from activities.nodes.browser.fill import fill
from activities.nodes.browser.goto import goto
from activities.nodes.browser.read import read
from activities.sealing import Seal
from tests.support.browser import Desk
from tests.support.steps import Steps, failure_of
from workers.providers import browser_provider
from workflows.call import SecretRef, SecretSlot

SECRET = "hunter2"
PASSWORD = (SecretSlot(path=("value",), parts=(SecretRef(secret="password"),)),)


@pytest.fixture(autouse=True)
async def typed(desk: Desk, steps: Steps) -> None:
    """A page on which the secret was typed, into a field that shows it."""
    await desk.show(
        "<label>Token <input oninput='out.textContent = this.value'></label><p id=out></p>"
        "<button onclick=\"alert(out.textContent); history.pushState({}, '', '?t=' + out.textContent)\">Pay</button>"
    )
    await steps.do(fill, {"target": {"label": "Token"}, "value": None}, slots=PASSWORD, session=desk.grant)


async def test_a_secret_arrives_in_the_page(desk: Desk) -> None:
    front = desk.host.find(desk.session).front

    assert front is not None
    assert SECRET == await front.get_by_label("Token").input_value()


async def test_what_is_read_back_is_masked(desk: Desk, steps: Steps) -> None:
    read_back = await steps.do(read, {"target": "#out"}, session=desk.grant)
    clicked = await steps.do(click, {"target": {"role": "button", "name": "Pay"}}, session=desk.grant)

    assert SECRET not in f"{read_back} {clicked}"
    assert len(clicked["dialogs"]) == 1


async def test_no_failure_shows_it(desk: Desk, steps: Steps) -> None:
    usual = {"session": desk.grant, "timeout": 1.0}
    nowhere = await failure_of(steps.do(fill, {"target": "#no", "value": None}, slots=PASSWORD, **usual))
    candidates = await failure_of(steps.do(click, {"target": {"text": "hunter"}}, **usual))
    covered = await failure_of(steps.do(fill, {"target": "#out", "value": None}, slots=PASSWORD, **usual))
    difference = await failure_of(steps.do(expect, {"target": "#out", "text": "Paid"}, **usual))

    for failure in (nowhere, candidates, covered, difference):
        assert SECRET not in failure.model_dump_json()


async def test_a_secret_in_a_target_is_masked_too(desk: Desk, steps: Steps) -> None:
    slots = (SecretSlot(path=("target", "text"), parts=(SecretRef(secret="password"), "!")),)

    failure = await failure_of(
        steps.do(click, {"target": {"text": None}}, slots=slots, session=desk.grant, timeout=1.0)
    )
    found = await steps.do(
        exists,
        {"target": {"text": None, "exact": False}},
        slots=(SecretSlot(path=("target", "text"), parts=(SecretRef(secret="password"),)),),
        session=desk.grant,
    )

    assert SECRET not in failure.model_dump_json()
    assert found == {"exists": True}


async def test_no_failure_shows_part_of_it_where_a_text_is_cut(desk: Desk, steps: Steps) -> None:
    """Half a secret is not recognised as one."""
    long = f"{'x' * 54} {SECRET} and so on"
    await desk.show(f"<button>{long}</button><button>{long}</button>")

    candidates = await failure_of(
        steps.do(click, {"target": {"role": "button", "name": "x"}}, session=desk.grant, timeout=1.0)
    )
    ambiguous = await failure_of(steps.do(click, {"target": "button"}, session=desk.grant, timeout=1.0))

    assert "hunter" not in candidates.model_dump_json() + ambiguous.model_dump_json()


async def test_an_address_that_holds_a_secret_is_masked_and_no_place_to_begin_again(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "marked").mkdir()
    provider = browser_provider(desk.host, Marks(desk.host, desk.store, Seal(bytes(32))))
    steps = Steps(tmp_path / "marked", provider, secrets={"password": SECRET})
    slots = (SecretSlot(path=("url",), parts=("/?t=", SecretRef(secret="password"))),)

    plain = await steps.outcome(goto, {"url": "/?t=1"}, session=desk.grant)
    secret = await steps.outcome(goto, {"url": None}, slots=slots, session=desk.grant)

    assert plain.page is not None
    assert secret.page is not None
    assert ("fresh", "beyond") == (plain.page.document, secret.page.document)
    assert SECRET not in secret.model_dump_json()


async def test_the_name_of_a_download_that_holds_a_secret_is_masked_everywhere(desk: Desk, steps: Steps) -> None:
    await desk.show(f"<a download='{SECRET}.txt' href='data:text/plain,nothing'>File</a>")

    outcome = await steps.outcome(download, {"target": "a"}, session=desk.grant)

    assert ["downloads/***.txt"] == list(outcome.files)
    assert SECRET not in outcome.model_dump_json()


async def test_a_secret_that_another_robot_was_given_is_masked_here(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    steps = Steps(tmp_path / "other", browser_provider(desk.host), secrets={"password": SECRET})

    read_back = await steps.do(read, {"target": "#out"}, session=desk.grant, known=("password",))

    assert {"text": "***"} == read_back
