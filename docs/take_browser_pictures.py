"""Take the pictures of docs/browser.md anew: `python -m docs.take_browser_pictures`."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import playwright.async_api as pw
import yaml
from rich.console import Console
from rich.text import Text

from activities.catalog import Catalog
from activities.drivers.playwright.healing.journal import Journal
from activities.drivers.playwright.healing.memory import Memory
from activities.drivers.playwright.host import BrowserHost
from activities.drivers.playwright.recording.listen import listen
from activities.evidence import local_evidence
from activities.fingerprints import local_fingerprints
from activities.heals import local_heals
from activities.sealing import Seal
from tests.support.portal import EXAMPLE, PASSWORD, USER, Portal, running_portal
from tests.support.steps import Steps
from workers.keys import local_secrets
from workers.layers import read_settings
from workers.providers import browser_provider
from workflows.call import SessionGrant

PICTURES = Path(__file__).resolve().parent / "pictures"
DOCUMENT = EXAMPLE / "enter_invoice.yaml"
FIELDS = ("supplier", "invoice_number", "invoice_date", "amount")
INVOICE = {"Supplier": "S-1002", "Number": "RE-77", "Date": "2026-09-30", "Amount": "1234.50"}
SHAKY = """\
aether: 1
name: pay
needs: [browser]
steps:
  - {id: portal, do: browser.open, with: {url: "https://portal.example/"}}
  - {id: amount, do: browser.fill, with: {target: {label: Amount}, value: 12.50}}
  - {id: note, do: browser.fill, with: {target: "#ember1234", value: Thanks}}
  - {id: choose, do: browser.click, with: {target: {css: .btn.btn-primary, nth: 2}}}
  - {id: pay, do: browser.click, with: {target: {role: button, name: Pay}}}
"""
COLUMNS = 118


class Clerk:
    """Somebody who fills in the portal's form, and remembers it."""

    def __init__(self, host: BrowserHost, home: Path, seal: Seal) -> None:
        artifacts = home / "artifacts"
        journal = Journal(local_heals(artifacts), local_evidence(artifacts, seal))
        memory = Memory(local_fingerprints(artifacts), journal)
        self._steps = Steps(home, browser_provider(host, memory=memory))
        self._grant = SessionGrant(id="clerk", robot="here", capability="browser")

    async def fill_in(self, portal: Portal, run: str) -> None:
        """Sign in, and fill in the form."""
        nodes = Catalog.discover().nodes
        for step in _written(portal):
            facts: dict[str, Any] = {
                "session": self._grant,
                "document": "enter-invoice",
                "step": step["id"],
                "place": step["id"],
            }
            await self._steps.outcome(nodes[step["do"]], step["with"], run=run, **facts)


def _written(portal: Portal) -> Iterator[dict[str, Any]]:
    """The first steps of the example, with everything filled in."""
    text = DOCUMENT.read_text(encoding="utf-8")
    values = {f"inputs.invoice.{name}": value for name, value in INVOICE.items()}
    values |= {"inputs.portal": portal.url, "inputs.user": USER, "secret('portal-password')": PASSWORD}
    for expression, value in values.items():
        text = text.replace(f"${{{{ {expression} }}}}", value)
    for step in yaml.safe_load(text)["steps"]:
        if step["do"].startswith("browser."):
            yield step
        if step["id"] == FIELDS[-1]:
            return


async def _heal(home: Path, seal: Seal) -> str:
    """Have a form filled in before and after it was made anew; the id of what was found for the amount."""
    async with BrowserHost() as host:
        await host.open("clerk")
        clerk = Clerk(host, home, seal)
        with running_portal(home / "portal.sqlite") as portal:
            await clerk.fill_in(portal, "enter-invoice-1")
            await _pointed(host, portal)
            port = urlsplit(portal.url).port or 0
        with running_portal(home / "portal.sqlite", "--skin", "2", port=port) as portal:
            await clerk.fill_in(portal, "enter-invoice-2")
    heals = await local_heals(home / "artifacts").all()
    return next(heal.finding.id for heal in heals if heal.finding.key.step == "amount")


async def _pointed(host: BrowserHost, portal: Portal) -> None:
    """What `aether browser pick` shows while one points at a field."""
    context = (await host.open("author")).context
    await context.add_cookies(await host.find("clerk").context.cookies())  # type: ignore[arg-type]  # the same in effect
    await listen(context, "pick")
    page = context.pages[0]
    await page.goto(f"{portal.url}invoices/new")
    await page.get_by_label("Amount").hover()
    await page.screenshot(path=PICTURES / "browser-pick.png", clip=pw.FloatRect(x=0, y=0, width=900, height=560))
    await host.close("author")


def _terminal(commands: list[list[str]], home: Path) -> str:
    """What a terminal shows of some commands, as SVG."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for command in commands:
        console.print(Text(f"$ aether {' '.join(command)}", style="bold"))
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-m", "cli", *command, "--color", "always"],
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "COLUMNS": str(COLUMNS), "PYTHONPATH": str(PICTURES.parent.parent)},
        )
        console.print(Text.from_ansi((done.stdout + done.stderr).rstrip()))
    return console.export_svg(title="aether")


async def _draw(content: str, name: str) -> None:
    """Take a picture of a terminal."""
    async with BrowserHost() as host:
        page = (await host.open("drawing")).context.pages[0]
        await page.set_viewport_size({"width": 1120, "height": 1200})
        await page.set_content(f"<body style='margin:0;background:white'>{content}</body>")
        await page.locator("svg").first.screenshot(path=PICTURES / name)


def main() -> int:
    """Take all of them."""
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        os.environ |= {"AETHER_ARTIFACTS": str(home / "artifacts"), "AETHER_SECRETS_KEY": str(home / "secrets.key")}
        seal = Seal(local_secrets(read_settings()).sealing_key())
        shutil.copy(DOCUMENT, home / "flow.yaml")
        (home / "pay.yaml").write_text(SHAKY, encoding="utf-8")
        heal = asyncio.run(_heal(home, seal))
        show = ["heal", "show", heal, "--save", str(PICTURES / "browser-healed.png")]
        accept = ["heal", "accept", heal, "--document", "flow.yaml", "--no-runs", "-y"]
        asyncio.run(_draw(_terminal([["lint", "pay.yaml"]], home), "browser-lint.png"))
        listed = _terminal([["heal", "list"], show[:3], accept], home)
        asyncio.run(_draw(listed, "browser-heal.png"))
        _terminal([show], home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
