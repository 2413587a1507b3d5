"""The example's document, at a portal that is made anew between two of its runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from activities.catalog import Catalog
from activities.drivers.playwright.healing.memory import Memory
from activities.fingerprints import LocalFingerprintStore
from tests.support.browser import Desk
from tests.support.portal import EXAMPLE, PASSWORD, USER, Portal, running_portal
from tests.support.steps import Steps, failure_of
from workers.providers import browser_provider
from workflows.call import Heal

CATALOG = Catalog.discover()
DOCUMENT = (EXAMPLE / "enter_invoice.yaml").read_text(encoding="utf-8")
INVOICE = {"Supplier": "S-1002", "Number": "RE-1", "Date": "2026-09-30", "Amount": "1234.50", "Currency": "EUR"}


class Clerk:
    """Enters an invoice, step by step as the document says, and remembers what it used."""

    def __init__(self, desk: Desk, directory: Path) -> None:
        self._desk = desk
        memory = Memory(LocalFingerprintStore(directory / "fingerprints"))
        self._steps = Steps(directory, browser_provider(desk.host, memory=memory))

    async def enter(self, portal: Portal, number: str) -> list[Heal]:
        healed: list[Heal] = []
        for step in _written(portal, INVOICE | {"Number": number}):
            node = CATALOG.node(step["do"])
            facts: dict[str, Any] = {"session": self._desk.grant, "step": step["id"], "timeout": 7}
            healed += (await self._steps.outcome(node, step["with"], **facts)).healed
        return healed


def _written(portal: Portal, invoice: Mapping[str, str]) -> list[dict[str, Any]]:
    """The browser's steps of the document, with everything filled in."""
    text = DOCUMENT
    values = {f"inputs.invoice.{name}": value for name, value in invoice.items()}
    values |= {"inputs.portal": portal.url, "inputs.user": USER, "secret('portal-password')": PASSWORD}
    for expression, value in values.items():
        text = text.replace(f"${{{{ {expression} }}}}", value)
    return [step for step in yaml.safe_load(text)["steps"] if step["do"].startswith("browser.")]


async def test_a_form_that_was_made_anew_is_still_filled_in(desk: Desk, tmp_path: Path) -> None:
    clerk = Clerk(desk, tmp_path)
    with running_portal(tmp_path / "portal.sqlite") as portal:
        before = await clerk.enter(portal, "RE-1")
        port = urlsplit(portal.url).port or 0

    with running_portal(tmp_path / "portal.sqlite", "--skin", "2", port=port) as portal:
        after = await clerk.enter(portal, "RE-2")
        entered = [invoice[:4] for invoice in portal.invoices()]

    assert [] == before
    assert ["label 'User name'", "label 'Invoice number'", "label 'Amount'"] == [heal.target for heal in after]
    assert [("S-1002", "RE-1", 123450, "EUR"), ("S-1002", "RE-2", 123450, "EUR")] == entered


async def test_a_form_without_its_button_is_not_submitted_by_another(desk: Desk, tmp_path: Path) -> None:
    clerk = Clerk(desk, tmp_path)
    with running_portal(tmp_path / "portal.sqlite") as portal:
        await clerk.enter(portal, "RE-1")
        port = urlsplit(portal.url).port or 0

    with running_portal(tmp_path / "portal.sqlite", "--no-submit", port=port) as portal:
        error = await failure_of(clerk.enter(portal, "RE-2"))
        submissions = portal.submissions()

    assert ("ElementNotFoundError", False) == (error.type, error.acted)
    assert "not healed: what is most alike is another element that was there before" in error.message
    assert 1 == len(submissions)
