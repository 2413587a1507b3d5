"""A person enters an invoice once; the document that was written of it enters it again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import playwright.async_api as pw
import pytest

from activities.catalog import Catalog
from activities.drivers.playwright.host import BrowserHost
from activities.drivers.playwright.recording.compose import compose
from activities.drivers.playwright.recording.record import Recorder
from tests.support.eventually import eventually
from tests.support.portal import PASSWORD, USER, Portal, running_portal
from tests.support.steps import Steps
from workers.providers import browser_provider
from workflows.call import SecretRef, SecretSlot, SessionGrant
from workflows.document import Document
from workflows.parse import parse
from workflows.printing import print_document

CATALOG = Catalog.discover()
ENTERED = "SELECT supplier, number, date, cents, note FROM invoices"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with running_portal(tmp_path_factory.mktemp("portal") / "portal.sqlite") as portal:
        yield portal


@pytest.fixture
async def host() -> AsyncIterator[BrowserHost]:
    async with BrowserHost() as host:
        yield host


async def test_what_was_recorded_at_the_portal_enters_the_same_invoice_again(
    host: BrowserHost, portal: Portal, tmp_path: Path
) -> None:
    recorder = Recorder(await host.open("person"))
    async with recorder.recording(f"{portal.url}login"):
        await _enter_invoice(host.find("person").context.pages[0], recorder)
    text = print_document(compose("enter-invoice", recorder.deeds))
    await eventually(lambda: bool(portal.query(ENTERED)))
    by_hand = await asyncio.to_thread(portal.query, ENTERED)
    await asyncio.to_thread(portal.clear)

    await _replay(host, tmp_path, parse(text, file="recorded.yaml").document)

    assert 1 == len(by_hand)
    assert by_hand == await asyncio.to_thread(portal.query, ENTERED)
    assert PASSWORD not in text


async def _enter_invoice(page: pw.Page, recorder: Recorder) -> None:
    """What a person does with mouse and keyboard, waiting for pages as people do."""
    await page.get_by_label("User name").click()
    await page.keyboard.type(USER)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="New invoice").first.click()
    for label, value in (
        ("Supplier", "S-1002"),
        ("Invoice number", "RE-77"),
        ("Invoice date", "09302026"),
        ("Amount", "1234.50"),
        ("Note", "Window cleaning"),
    ):
        await page.get_by_label(label).click()
        await page.keyboard.type(value)
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_role("heading", name="Invoice").first.wait_for()
    async with asyncio.timeout(90):
        while True:
            if recorder.deeds[-1].kind == "click":
                return
            await asyncio.sleep(0.05)


async def _replay(host: BrowserHost, directory: Path, document: Document) -> None:
    """Do the document's steps as a run would, with its inputs as they were recorded."""
    await host.open("robot")
    grant = SessionGrant(id="robot", robot="robot", capability="browser")
    steps = Steps(directory, browser_provider(host), secrets={"password": PASSWORD})
    inputs = {f"${{{{ inputs.{name} }}}}": it.default for name, it in document.inputs.items()}
    for step in document.model_dump(mode="json", by_alias=True, exclude_none=True)["steps"]:
        params = {key: inputs.get(str(value), value) for key, value in step["with"].items()}
        secret = "secret(" in str(params.get("value"))
        slots = (SecretSlot(path=("value",), parts=(SecretRef(secret="password"),)),) if secret else ()
        await steps.outcome(CATALOG.nodes[step["do"]], params, slots=slots, session=grant)
