"""`aether demo --parked`: a portal whose form has changed, thirty runs that park at it, and how to have them go on."""

from __future__ import annotations

import asyncio
import shlex
import signal
from collections import Counter
from pathlib import Path

from pydantic import JsonValue
from rich.text import Text
from temporalio.client import Client

from activities.artifacts import LocalArtifactStore
from activities.nodes.excel import read
from activities.workspace import LocalWorkspace
from cli.caller import Caller
from cli.checking import checked_plan
from cli.demo import EXAMPLE, SECRET, WORKBOOK, Portal, portal, throw_away
from cli.failure import ExitCode
from cli.follow import interrupts
from cli.output import Output
from cli.saving import store_files
from workers.answers import me
from workers.client import connect
from workers.dev import Stack, stack
from workers.keys import local_secrets
from workers.records import find_runs
from workers.runs import start_run
from workers.server import load
from workers.settings import Settings
from workflows.progress import RunStatus

ONE_INVOICE = EXAMPLE / "enter_invoice.yaml"
RENAMED = "Amount=Total"
"""What has become of the form's field."""

_LOOK = 1.0
_ENDED: tuple[RunStatus, ...] = ("completed", "failed", "cancelled", "terminated")


def run_parked_demo(caller: Caller, *, runs: int, headed: bool) -> int:
    """Have runs park, say what can be done, and watch them until all have ended or somebody has seen enough."""
    with throw_away(caller, headed=headed) as settings:
        return asyncio.run(_show(settings, Output(caller), runs=runs))


async def _show(settings: Settings, output: Output, *, runs: int) -> int:
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))  # either way out ends what was started
    output.note(Text("starting a Temporal server, an orchestrator, a robot and a portal whose form has changed…"))
    config = load().on_free_ports()
    async with (
        portal(settings.state, rename=RENAMED) as site,
        stack(settings, config=config, report=output.note) as up,
        interrupts() as interruption,
    ):
        local_secrets(up.settings).set(SECRET, site.password)
        client = await connect(up.settings)
        name = await _start(client, up.settings, site, output, runs)
        _advise(output, up)
        return await _watch(client, name, output, runs, interruption)


async def _start(client: Client, settings: Settings, site: Portal, output: Output, runs: int) -> str:
    plan, source = checked_plan(ONE_INVOICE, output)
    for invoice in (await _invoices(settings))[:runs]:
        given: dict[str, JsonValue] = {"invoice": invoice, "portal": site.address, "user": site.user}
        await start_run(client, plan, inputs=given, files={}, source=source, by=me())
    return plan.name


async def _invoices(settings: Settings) -> list[JsonValue]:
    files = await store_files(settings, {WORKBOOK.name: WORKBOOK})
    async with LocalWorkspace(files, LocalArtifactStore(settings.artifacts)) as workspace:
        rows = await read.read(workspace, read.Read(path=WORKBOOK.name))
    return list(rows.records)


def _advise(output: Output, up: Stack) -> None:
    address = up.settings.temporal.address
    document = shlex.quote(str(Path(ONE_INVOICE).relative_to(Path.cwd())) if _inside() else str(ONE_INVOICE))
    output.show(
        Text(
            "\nThe portal calls its field 'Amount' 'Total' now. Each run will park there and keep its place.\n"
            "In another terminal:\n\n"
            f"  export TEMPORAL_ADDRESS={address}\n"
            "  aether list --status parked\n"
            "  aether incidents\n"
            f"  sed 's/label: Amount/label: Total/' {document} > corrected.yaml\n"
            "  aether incidents fix INCIDENT --document corrected.yaml --canary 3 -y\n"
        )
    )
    output.note(Text("Ctrl-C ends everything.", style="dim"))


def _inside() -> bool:
    return ONE_INVOICE.is_relative_to(Path.cwd())


async def _watch(client: Client, name: str, output: Output, runs: int, interruption: asyncio.Event) -> int:
    seen: Counter[RunStatus] = Counter()
    while not interruption.is_set():
        counts = Counter([row.status async for row in find_runs(client, f"WorkflowType = '{name}'")])
        if counts != seen:
            seen = counts
            output.note(", ".join(f"{count} {status}" for status, count in sorted(counts.items())))
        if sum(counts[status] for status in _ENDED) >= runs:
            output.show(Text(f"all {runs} runs have come to their end", style="green"))
            return ExitCode.OK if counts["completed"] == runs else ExitCode.RUN_FAILED
        await asyncio.wait([asyncio.create_task(interruption.wait())], timeout=_LOOK)
    return ExitCode.INTERRUPTED
