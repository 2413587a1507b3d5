"""What a person does in a browser becomes a document that does the same."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import playwright.async_api as pw
import pytest

from activities.catalog import Catalog
from activities.drivers.playwright.recording.compose import compose, remembered
from activities.drivers.playwright.recording.note import Deed
from activities.drivers.playwright.recording.record import Recorder, record
from activities.sessions.target import Target, written
from tests.support.browser import Desk
from tests.support.steps import Steps
from workflows.compile import compile_plan
from workflows.document import Document
from workflows.parse import parse
from workflows.printing import print_document

CATALOG = Catalog.discover()
LOGIN = """
<form action=/in method=post><label>User <input name=user></label>
<label>Password <input name=password type=password></label><button>Log in</button></form>
"""
INVOICES = """
<h1>Invoices</h1>
<label>Status <select><option>Open<option>Paid</select></label>
<label><input type=checkbox> Urgent only</label>
<table><tr><td>INV-1<td><a href=/pay?1>Pay</a></tr><tr><td>INV-12<td><a href=/pay?12>Pay</a></tr></table>
<button onclick="if (confirm('Really?')) document.title = 'deleted'">Delete</button>
<a href=/help target=_blank>Help</a>
"""


@asynccontextmanager
async def recorded(desk: Desk, path: str) -> AsyncIterator[tuple[pw.Page, Recorder]]:
    """A recorder at work, and the page in whose window the person is."""
    session = desk.host.find(desk.session)
    recorder = Recorder(session)
    async with recorder.recording(desk.site.url(path)):
        yield session.context.pages[0], recorder


async def _written(recorder: Recorder, count: int) -> None:
    """Wait until so much was written down."""
    async with asyncio.timeout(60):
        while True:
            if len(recorder.deeds) >= count:
                return
            await asyncio.sleep(0.02)


async def test_a_login_is_written_down_without_its_password(desk: Desk) -> None:
    desk.site.page("/", LOGIN)
    desk.site.page("/in", "<h1>Welcome</h1>")

    async with recorded(desk, "/") as (page, recorder):
        await page.get_by_label("User").click()
        await page.keyboard.type("alice")
        await page.keyboard.press("Tab")
        await page.keyboard.type("hunter2")
        await page.get_by_role("button").click(no_wait_after=True)
        await _written(recorder, 4)
    document = compose("login", recorder.deeds)

    assert ["user=alice&password=hunter2"] == desk.site.posts(), "what was held back is done"
    assert f"""aether: 1
name: login
inputs:
  portal: {{type: string, default: "{desk.site.url()}"}}
  user: {{type: string, default: alice}}
needs: [browser]
steps:
  - id: open_page
    do: browser.open
    with: {{url: "${{{{ inputs.portal }}}}"}}
  - id: fill_user
    do: browser.fill
    with: {{target: {{label: User}}, value: "${{{{ inputs.user }}}}"}}
  - id: fill_password
    do: browser.fill
    with: {{target: {{label: Password}}, value: "${{{{ secret('password') }}}}"}}
  - id: click_log_in
    do: browser.click
    with: {{target: {{role: button, name: Log in}}}}
""" == print_document(document)
    assert "hunter2" not in repr(recorder.deeds)


async def test_what_was_recorded_compiles_and_does_the_same_again(desk: Desk, steps: Steps) -> None:
    desk.site.page("/", INVOICES)
    desk.site.page("/help", "<label>Search <input></label>")
    desk.site.page("/pay", "<h1>Paid</h1>")

    async with recorded(desk, "/") as (page, recorder):
        await page.get_by_label("Status").focus()
        await page.keyboard.press("ArrowDown")
        await page.get_by_label("Urgent only").check()
        await _written(recorder, 3)
        await page.get_by_role("button").click()
        await _written(recorder, 4)
        await page.get_by_role("link", name="Help").click()
        await _written(recorder, 5)
        popup = desk.host.find(desk.session).context.pages[1]
        await popup.get_by_label("Search").fill("")
        await popup.get_by_label("Search").click()
        await popup.keyboard.type("pay")
        await popup.keyboard.press("Enter")
        await _written(recorder, 7)
        await popup.close()
        await _written(recorder, 8)
        await page.get_by_role("row", name="INV-12").get_by_role("link").click(no_wait_after=True)
        await _written(recorder, 9)
    text = print_document(compose("invoices", recorder.deeds))
    parsed = parse(text, file="invoices.yaml")

    assert ["open", "select", "check", "click", "click", "fill", "press", "close", "click"] == [
        deed.kind for deed in recorder.deeds
    ]
    assert recorder.deeds[3].dialog
    assert ("popup", None) == (recorder.deeds[4].opens, recorder.deeds[5].page)
    assert "INV-12" in str(recorder.deeds[8].target)
    assert () == compile_plan(parsed.document, CATALOG.specs(), source=parsed.source).problems
    desk.site.asked.clear()
    await _replay(desk, steps, parsed.document)
    assert "/pay?12" in [asked.path for asked in desk.site.asked]


async def _replay(desk: Desk, steps: Steps, document: Document) -> None:
    """Do the document's steps as a run would, with its inputs as they were recorded."""
    inputs = {f"${{{{ inputs.{name} }}}}": it.default for name, it in document.inputs.items()}
    other = dataclasses.replace(desk, session="replayed")
    await desk.host.open(other.session)
    for step in document.model_dump(mode="json", by_alias=True, exclude_none=True)["steps"]:
        params: dict[str, Any] = {key: inputs.get(str(value), value) for key, value in step["with"].items()}
        await steps.do(CATALOG.nodes[step["do"]], params, session=other.grant)
    await desk.host.close(other.session)


async def test_an_address_that_was_typed_is_gone_to(desk: Desk) -> None:
    desk.site.page("/", "first")
    desk.site.page("/typed", "second")

    async with recorded(desk, "/") as (page, recorder):
        await page.goto(desk.site.url("/typed"))
        await _written(recorder, 2)

    assert [("open", desk.site.url()), ("goto", desk.site.url("/typed"))] == [
        (deed.kind, deed.value) for deed in recorder.deeds
    ]


async def test_files_that_were_given_become_inputs(desk: Desk) -> None:
    desk.site.page("/", "<label>Scan <input type=file></label>")

    async with recorded(desk, "/") as (page, recorder):
        scan = {"name": "Scan 7.pdf", "mimeType": "application/pdf", "buffer": b"x"}
        await page.get_by_label("Scan").set_input_files(scan)  # type: ignore[arg-type]  # a file without a path
        await _written(recorder, 2)
    document = compose("scan", recorder.deeds)

    assert "file" == document.inputs["scan_7"].type
    assert "${{ inputs.scan_7 }}" in print_document(document)


@pytest.mark.parametrize("how", ["by closing the window", "by stopping"])
async def test_a_recording_ends(desk: Desk, how: str) -> None:
    desk.site.page("/", "text")
    stop = asyncio.Event()
    known = set(desk.host.sessions)
    recording = asyncio.create_task(record(desk.host, desk.site.url(), stop))
    async with asyncio.timeout(60):
        while True:
            if any(asked.path == "/" for asked in desk.site.asked):
                break
            await asyncio.sleep(0.02)
    (session,) = set(desk.host.sessions) - known

    if how == "by stopping":
        stop.set()
    else:
        page = desk.host.find(session).context.pages[0]
        await page.wait_for_url(desk.site.url())
        await page.close()

    assert [Deed("open", value=desk.site.url())] == await recording
    assert session not in desk.host.sessions


def test_names_of_steps_and_inputs_are_each_given_once() -> None:
    field = Target(label="Amount (€)")
    deeds = [
        Deed("open", value="https://portal.example/"),
        Deed("fill", field, value="1"),
        Deed("click", Target(role="button", name="2nd"), button="right"),
        Deed("fill", field, value="2", page="popup"),
        Deed("check", Target(css='[id="if"]'), checked=False),
        Deed("select", Target(selector="css=select"), labels=("a", "b")),
    ]

    document = compose("names", deeds)

    assert ["portal", "amount", "amount_2"] == list(document.inputs)
    assert ["open_page", "fill_amount", "click_n_2nd", "fill_amount_2", "check_if", "select_it"] == [
        step.id for step in document.steps
    ]


BOARD = """
<style>.menu {display: none} nav:hover .menu {display: block} [role=button], li, [role=region] {padding: 10px}</style>
<nav aria-label=Main><b>Menu</b><div class=menu><a href=/prices>Prices</a></div></nav>
<div onmouseenter="offer.hidden = false" onmouseleave="offer.hidden = true"><p>Offers</p>
<p id=offer hidden><a href=/offers>Today</a></p></div>
<p>Just words</p>
<b role=button ondblclick="document.title += ' open'" onclick="document.title += ' marked'">Bill</b>
<ul><li draggable=true>Letter</li></ul>
<div role=region aria-label=Bin ondragover="event.preventDefault()" ondrop="document.title += ' binned'">Bin</div>
"""


async def test_what_hands_do_with_a_mouse_is_done_again(desk: Desk, steps: Steps) -> None:
    desk.site.page("/", BOARD)
    desk.site.page("/prices", "<h1>Prices</h1>")

    async with recorded(desk, "/") as (page, recorder):
        await page.get_by_text("Bill").dblclick(no_wait_after=True)
        await _written(recorder, 2)
        onto = await _middle(page, "Bin")
        await _drawn(page, await _middle(page, "Just words"), onto)
        await _drawn(page, await _middle(page, "Letter"), onto)
        await _written(recorder, 3)
        title = await page.title()
        await page.mouse.move(*await _middle(page, "Menu"))
        await page.mouse.move(*await _middle(page, "Prices"))
        await page.mouse.down()
        await page.mouse.up()
        await _written(recorder, 5)
    document = compose("board", recorder.deeds)

    assert [
        ("click", 2, {"role": "button", "name": "Bill"}, None),
        ("drag", 1, {"text": "Letter"}, {"label": "Bin"}),
        ("hover", 1, {"label": "Main"}, None),
        ("click", 1, {"role": "link", "name": "Prices"}, None),
    ] == [
        (deed.kind, deed.count, written(deed.target), written(deed.to) if deed.to else None)
        for deed in recorder.deeds[1:]
        if deed.target is not None
    ]
    assert "Test page marked marked open binned" == title
    desk.site.asked.clear()
    await _replay(desk, steps, document)
    assert ["/", "/prices"] == [asked.path for asked in desk.site.asked if asked.path != "/favicon.ico"]


async def test_what_a_script_shows_where_the_mouse_comes_needs_the_mouse_there(desk: Desk) -> None:
    desk.site.page("/", BOARD)
    desk.site.page("/offers", "<h1>Offers</h1>")

    async with recorded(desk, "/") as (page, recorder):
        await page.mouse.move(*await _middle(page, "Offers"))
        await page.get_by_role("link", name="Today").click(no_wait_after=True)
        await _written(recorder, 3)

    assert [("open", None), ("hover", {"text": "Offers"}), ("click", {"role": "link", "name": "Today"})] == [
        (deed.kind, written(deed.target) if deed.target else None) for deed in recorder.deeds
    ]


async def test_what_is_there_anyhow_needs_no_mouse_before_it_is_clicked(desk: Desk) -> None:
    desk.site.page("/", "<style>a:hover {display: inline-block}</style><p><a href=/second>Second</a>")
    desk.site.page("/second", "<h1>Second</h1>")

    async with recorded(desk, "/") as (page, recorder):
        await page.mouse.move(*await _middle(page, "Second"))
        await page.get_by_role("link").click(no_wait_after=True)
        await _written(recorder, 2)

    assert ["open", "click"] == [deed.kind for deed in recorder.deeds]


async def _middle(page: pw.Page, text: str) -> tuple[float, float]:
    box = await page.get_by_text(text, exact=True).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def _drawn(page: pw.Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Press the mouse at one place and let it go at another."""
    await page.mouse.move(*begin)
    await page.mouse.down()
    await page.mouse.move(*end, steps=3)
    await page.mouse.up()


async def test_going_back_and_forward_and_tabs_of_ones_own_are_written_down(desk: Desk) -> None:
    desk.site.page("/", "<a href=/second>Second</a>")
    desk.site.page("/second", "<button onclick='history.back()'>Back</button>")
    desk.site.page("/other", "<h1>Other</h1>")

    async with recorded(desk, "/") as (page, recorder):
        await page.get_by_role("link").click(no_wait_after=True)
        await _written(recorder, 2)
        await page.wait_for_url(desk.site.url("/second"))
        await page.go_back()
        await _written(recorder, 3)
        await page.go_forward()
        await _written(recorder, 4)
        await page.get_by_role("button").click(no_wait_after=True)
        await _written(recorder, 5)
        await page.wait_for_url(desk.site.url("/"))
        other = await page.context.new_page()
        await other.goto(desk.site.url("/other"))
        await _written(recorder, 6)
    document = compose("travels", recorder.deeds)

    assert ["open", "click", "back", "forward", "click", "open_tab"] == [deed.kind for deed in recorder.deeds]
    assert ["open_page", "click_second", "back", "forward", "click_back", "open_tab_popup"] == [
        step.id for step in document.steps
    ]


async def test_the_elements_of_a_recording_are_remembered_by_its_steps(desk: Desk) -> None:
    desk.site.page("/", LOGIN)
    desk.site.page("/in", "<h1>Welcome</h1>")

    async with recorded(desk, "/") as (page, recorder):
        await page.get_by_label("User").click()
        await page.keyboard.type("alice")
        await page.get_by_role("button").click(no_wait_after=True)
        await _written(recorder, 3)
    document = compose("login", recorder.deeds)
    kept = remembered(document, recorder.deeds)

    page_ = desk.site.url("/")
    assert [("login", "fill_user", "label 'User'", page_), ("login", "click_log_in", "button 'Log in'", page_)] == [
        (each.key.document, each.key.step, each.key.target, each.key.page) for each in kept
    ]
    assert ["user", "log in"] == [each.fingerprint.called for each in kept]
    assert "alice" not in repr(kept)


async def test_loading_a_page_again_is_written_down_unless_the_page_did_it_itself(desk: Desk) -> None:
    """Also of a page that a link led to, and of one whose address was typed."""
    desk.site.page("/", "<a href=/second>Second</a>")
    desk.site.page("/second", "<button>Save</button>")

    async with recorded(desk, "/") as (page, recorder):
        await page.reload()
        await _written(recorder, 2)
        await page.get_by_role("link").click(no_wait_after=True)
        await _written(recorder, 3)
        await page.wait_for_url(desk.site.url("/second"))
        await page.reload()
        await _written(recorder, 4)
        async with page.expect_event("domcontentloaded"):
            await page.evaluate("() => setTimeout(() => location.reload())")
        await page.get_by_role("button").click(no_wait_after=True)
        await _written(recorder, 5)

    assert ["open", "reload", "click", "reload", "click"] == [deed.kind for deed in recorder.deeds]
    assert ["open_page", "reload", "click_second", "reload_2", "click_save"] == [
        step.id for step in compose("again", recorder.deeds).steps
    ]
