"""`aether demo`: an automation enters invoices into a supplier portal, on a stack of its own."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text
from temporalio.client import Client

from activities.artifacts import LocalArtifactStore
from activities.nodes.excel import read
from activities.workspace import LocalWorkspace
from cli.caller import Caller
from cli.connecting import settings_of
from cli.failure import CommandError, ExitCode
from cli.follow import interrupts
from cli.output import Output, table
from cli.running import Order, prepare, start, watch
from cli.views import error_text, record, section, took
from workers.children import last_line, running
from workers.client import connect
from workers.dev import Stack, stack
from workers.keys import local_secrets
from workers.records import RunView
from workers.server import load
from workers.settings import Settings
from workflows.ids import RunId

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "supplier_portal"
DOCUMENT = EXAMPLE / "enter_invoices.yaml"
WORKBOOK = EXAMPLE / "invoices.xlsx"
SECRET = "portal-password"  # noqa: S105 - its name
RESULTS = "results.xlsx"

_SLOWEST_ANSWER = "0.3"
_PATIENCE = 20.0
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Portal:
    """The running supplier portal."""

    address: str
    user: str
    password: str


def run_demo(caller: Caller, *, keep: bool, headed: bool) -> int:
    """Show everything once."""
    with throw_away(caller, headed=headed) as settings:
        return asyncio.run(_demo(settings, Output(caller), keep=keep))


@contextmanager
def throw_away(caller: Caller, *, headed: bool) -> Iterator[Settings]:
    """Settings of an installation that is gone after the block."""
    if not DOCUMENT.is_file():
        raise CommandError("demo", f"the demo needs {str(EXAMPLE)!r}", hint="run it in a checkout of the repository")
    robot = settings_of(caller, {"robot.headed": headed or None}).robot
    with tempfile.TemporaryDirectory(prefix="aether-demo-", ignore_cleanup_errors=True) as directory:
        state = Path(directory)
        yield Settings.located(state, secrets_key=state / "secrets.key", robot=robot)


async def _demo(settings: Settings, output: Output, *, keep: bool) -> int:
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))  # either way out ends what was started
    output.note(Text("starting a Temporal server, an orchestrator, a robot and a supplier portal…", style="dim"))
    config = load().on_free_ports()
    async with portal(settings.state) as site, stack(settings, config=config, report=output.note) as up:
        client, run = await begin(up, site, output)
        watched = await watch(client, up.settings, run, output, interruption=asyncio.Event())  # Ctrl-C ends it all
        view, records = watched.view, await entered(up, watched.view)
        if output.text:
            show_invoices(output, view, records)
            _tell(output, up, view, keep=keep)
        else:
            output.write(record(view, up.settings) | {"invoices": [dict(each) for each in records]})
        if keep:
            await _until_interrupt(output, up, site)
    return ExitCode.OK if view.row.status == "completed" else ExitCode.RUN_FAILED


async def begin(up: Stack, site: Portal, output: Output) -> tuple[Client, RunId]:
    """Start the automation."""
    local_secrets(up.settings).set(SECRET, site.password)
    pairs = (f"workbook={WORKBOOK}", f"portal={site.address}", f"user={site.user}")
    prepared = prepare(up.settings, Order(DOCUMENT, pairs, None, None), output)
    client = await connect(up.settings)
    return client, await start(client, prepared, output)


async def entered(up: Stack, view: RunView) -> Sequence[Mapping[str, object]]:
    """Read the workbook that the automation wrote."""
    if RESULTS not in view.files:
        return []
    async with LocalWorkspace(view.files, LocalArtifactStore(up.settings.artifacts)) as workspace:
        results = await read.read(workspace, read.Read(path=RESULTS))
    return [record for record in results.records if isinstance(record, dict)]


@asynccontextmanager
async def portal(state: Path, *, rename: str | None = None) -> AsyncIterator[Portal]:
    """Have the supplier portal for as long as the block lasts, with a field called something else if need be."""
    user, password = "clerk", secrets.token_urlsafe(12)
    command = [sys.executable, str(EXAMPLE / "server.py"), "--port", "0", "--slow", _SLOWEST_ANSWER]
    command += ["--database", str(state / "portal.sqlite"), "--user", user]
    command += ["--rename", rename] if rename is not None else []
    log = state / "logs" / "portal.log"
    async with running(command, log=log, environ={"PORTAL_PASSWORD": password}) as process:
        yield Portal(await _address(process, log), user, password)


async def _address(process: Process, log: Path) -> str:
    """Wait for the first thing the portal says: where it is."""
    async with asyncio.timeout(_PATIENCE):
        while process.returncode is None:
            said = last_line(log)
            if said.startswith("http"):
                return said
            await asyncio.sleep(_PAUSE)
    raise CommandError(
        "demo", f"the supplier portal does not start: {last_line(log)}", exit_code=ExitCode.CONFIGURATION
    )


def show_invoices(output: Output, view: RunView, records: Sequence[Mapping[str, object]]) -> None:
    """Say which invoices were entered, and which the portal refused."""
    if records:
        output.show(
            section(
                "Invoices",
                table(("", "ROW", "SUPPLIER", "NUMBER", "AMOUNT", "RESULT"), map(_row, records), right=(1, 4)),
            )
        )
    good = sum(each["status"] == "entered" for each in records)
    summary = Text.assemble(
        "\n", (str(good), "bold green"), " entered, ", (str(len(records) - good), "bold yellow"),
        " refused, in ", took(view.row),
    )  # fmt: skip
    output.show(summary if view.error is None else error_text(view.error))


def _tell(output: Output, up: Stack, view: RunView, *, keep: bool) -> None:
    if link := up.settings.run_link(view.row.run, view.row.execution):
        output.show(Text(f"the run in the Temporal Web UI: {link}"))
        if not keep:
            output.note(Text("everything ends now; `aether demo --keep` keeps it up to look around", style="dim"))


def _row(each: Mapping[str, object]) -> tuple[Text, ...]:
    entered = each["status"] == "entered"
    mark = Text("✓", style="green") if entered else Text("✗", style="yellow")
    result = str(each["confirmation"]) if entered else str(each["reason"])
    cells = (str(each[name]) for name in ("row", "supplier", "number"))
    amount = each["amount"]
    shown = f"{amount:,.2f}" if isinstance(amount, int | float) else str(amount)
    return (mark, *map(Text, cells), Text(shown), Text(result, style="" if entered else "yellow"))


async def _until_interrupt(output: Output, up: Stack, site: Portal) -> None:
    output.note(f"\nthe portal: {site.address}, user {site.user}, password {site.password}")
    output.note(f"everything stays up until Ctrl-C; `aether list --address {up.settings.temporal.address}` works too")
    async with interrupts() as interruption:
        stopped = asyncio.create_task(interruption.wait())
        failed = asyncio.create_task(up.wait())
        await asyncio.wait([stopped, failed], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if failed.done():
            await failed
        failed.cancel()
