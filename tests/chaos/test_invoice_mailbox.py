"""Invoices by mail, entered in a program with windows: whatever robot dies, each is entered once and answered once."""

from __future__ import annotations

import asyncio
import csv
import importlib.util
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle

from activities.catalog import Catalog
from activities.drivers.local_secrets import LocalSecrets
from tests.support.desktops import GTK, needs
from tests.support.mailbox import MailServer, letter, mail_server
from tests.support.postgres import USER, Postgres
from tests.support.repository import ROOT
from tests.support.robot import robot_settings
from tests.support.robots import Fleet, fleet, reached
from workers.server import ServerConfig
from workflows.compile import compile_plan
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.parse import parse
from workflows.start import RunInput, RunResult

EXAMPLE = ROOT / "examples" / "invoice_mailbox"
LEDGER = EXAMPLE / "ledger.py"

pytestmark = [needs(GTK), pytest.mark.timeout(600)]


@dataclass(frozen=True)
class Death:
    """When a robot dies, and which one is started then."""

    id: str
    step: str
    status: str
    successor: str


BACK = Death("it is back and goes on in the same window", "order_number", "done", "0")
ELSEWHERE = Death("another one opens the ledger and types what was typed", "post", "running", "1")


def _invoices() -> ModuleType:
    """The example's own invoices."""
    spec = importlib.util.spec_from_file_location("make_invoices", EXAMPLE / "make_invoices.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Office:
    """A mailbox with invoices, a database with orders, a ledger, and robots."""

    mail: MailServer
    robots: Fleet
    book: Path
    environ: dict[str, str]

    async def add(self, robot: str) -> None:
        """Start a robot that has accounts at both."""
        await self.robots.add(robot, environ=self.environ)

    async def start(self) -> WorkflowHandle[Any, RunResult]:
        """Start the example's document."""
        text = (EXAMPLE / "enter_mailed_invoices.yaml").read_text(encoding="utf-8")
        text = text.replace("needs: [desktop]", f"needs: [desktop, {self.robots.tag}]")
        parsed = parse(text, file="enter_mailed_invoices.yaml")
        catalog = await asyncio.to_thread(Catalog.discover)
        compiled = compile_plan(parsed.document, catalog.specs(), source=parsed.source)
        assert compiled.plan is not None, compiled.problems
        return await self.robots.client.start_workflow(
            compiled.plan.name,
            RunInput(plan=compiled.plan, inputs={"ledger": str(LEDGER), "book": str(self.book)}, files={}),
            id=f"office/{uuid4().hex[:8]}",
            task_queue=ORCHESTRATOR_QUEUE,
            result_type=RunResult,
        )

    @property
    def entered(self) -> list[str]:
        """The numbers of the invoices in the ledger's file, in order."""
        if not self.book.exists():
            return []
        with self.book.open(newline="", encoding="utf-8") as lines:
            return [row[2] for row in csv.reader(lines)]

    @property
    def answered(self) -> list[str]:
        """Whom the answers went to."""
        return sorted(str(each["To"]) for each in self.mail.sent if str(each["Subject"]).startswith("Re:"))

    async def folder(self, name: str) -> list[str]:
        """The subjects of the messages in a folder."""
        return sorted(each.subject for each in await self.mail.mailbox(name))


@pytest.fixture
async def office(
    robots_client: Client,
    server: ServerConfig,
    tmp_path: Path,
    payloads: Path,
    postgres_server: Postgres,
) -> AsyncIterator[Office]:
    database = await postgres_server.create()
    await postgres_server.run("create table purchase (number text, supplier text, amount numeric)", database=database)
    async with mail_server() as mail, fleet(robots_client, server, tmp_path, payloads) as robots:
        settings = robot_settings(server, tmp_path, payloads)
        secrets = LocalSecrets(settings.secrets, settings.secrets_key)
        for name, value in (("mail", mail.password), ("database", postgres_server.password)):
            await asyncio.to_thread(secrets.set, name, value)
        host = {"host": mail.host, "security": "none"}
        account = {
            "user": mail.user,
            "password": "mail",
            "sender": mail.address,
            "smtp": {**host, "port": mail.smtp_port},
            "imap": {**host, "port": mail.imap_port},
            "sent_folder": "Sent",
        }
        connection = {
            "url": f"postgresql://{USER}@127.0.0.1:{postgres_server.port}/{database}",
            "password": "database",
        }
        environ = {
            "AETHER_MAIL_ACCOUNTS": json.dumps({"office": account}),
            "AETHER_DATABASE_CONNECTIONS": json.dumps({"erp": connection}),
        }
        await _mail_invoices(mail, tmp_path)
        await _place_orders(postgres_server, database)
        yield Office(mail, robots, tmp_path / "book.csv", environ)
    await postgres_server.drop(database)


async def _mail_invoices(mail: MailServer, folder: Path) -> None:
    invoices = _invoices()
    for number, invoice in enumerate(invoices.INVOICES):
        path = folder / f"{invoice.number}.pdf"
        invoices.write(invoice, path)
        name = invoice.supplier.split()[0].lower()
        await mail.deliver(
            letter(
                f"Invoice {invoice.number}",
                sender=f"{invoice.supplier} <books@{name}.example>",
                message_id=f"<{number}@{name}.example>",
                files=[(path.name, path.read_bytes())],
            )
        )


async def _place_orders(postgres: Postgres, database: str) -> None:
    """Three orders, one of which is over another amount than its invoice says."""
    invoices = _invoices().INVOICES
    amounts = [invoice.amount for invoice in invoices[:2]] + ["1999.00"]
    rows = ", ".join(
        f"('{invoice.order}', '{invoice.supplier}', {amount})"
        for invoice, amount in zip(invoices, amounts, strict=True)
    )
    await postgres.run(f"insert into purchase values {rows}", database=database)  # noqa: S608 - our own text


async def check(office: Office, result: RunResult) -> None:
    """Each invoice is where it belongs, once."""
    assert {"entered": ["MP-2041", "NC-773"], "refused": ["HL-9-118"]} == result.outputs
    assert ["MP-2041", "NC-773"] == office.entered
    assert ["books@harbour.example", "books@meridian.example", "books@northway.example"] == office.answered
    assert ["Invoice MP-2041", "Invoice NC-773"] == await office.folder("Entered")
    assert ["Invoice HL-9-118"] == await office.folder("Refused")
    assert [] == await office.folder("INBOX")


@pytest.mark.parametrize("death", [BACK, ELSEWHERE], ids=lambda death: death.id)
async def test_each_invoice_is_entered_and_answered_once_though_a_robot_dies(
    office: Office, death: Death, monkeypatch: pytest.MonkeyPatch
) -> None:
    if death is BACK:
        office.robots.wait_for_who_comes_back(monkeypatch)
    await office.add("0")

    run = await office.start()
    await reached(run, death.step, death.status)
    await office.robots.kill("0")
    await office.add(death.successor)

    await check(office, await run.result())
