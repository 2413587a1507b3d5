"""`aether history`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.text import Text
from temporalio.client import Client, WorkflowHistory

from cli.caller import Caller
from cli.connecting import settings_of, with_client
from cli.failure import CommandError, ExitCode
from cli.output import Output, table
from workers import orchestrator, platform
from workers.build import BUILD_ID
from workers.histories import open_histories, read_history
from workers.plugin import AetherPlugin
from workers.records import read_row
from workers.replaying import Replayed, replay_all
from workers.settings import Settings

_WORKFLOWS = (*orchestrator.WORKFLOWS, *platform.WORKFLOWS)
"""All that this build interprets."""


@dataclass(frozen=True, slots=True)
class Replays:
    """What became of all histories."""

    count: int
    broken: tuple[Replayed, ...]


def save_history(caller: Caller, run: str, *, to: Path | None) -> int:
    """Write a run's history in the form replayers read."""

    async def fetch(_: Settings, client: Client) -> str:
        row, _description = await read_row(client, run)
        history = await client.get_workflow_handle(run, run_id=row.execution).fetch_history()
        return history.to_json()

    text = with_client(caller, fetch)
    output = Output(caller)
    if to is None:
        output.raw(text)
    else:
        to.write_text(text + "\n", encoding="utf-8")
        output.note(f"wrote {to}")
    return 0


def replay_histories(caller: Caller, files: Sequence[Path], *, open_runs: bool) -> int:
    """Replay histories with this build, and say which it would break."""
    if open_runs == bool(files):
        raise CommandError("usage", "expected files with histories, or --open for all runs under way: one of both")
    replays = with_client(caller, _replay_open) if open_runs else asyncio.run(_replay_files(settings_of(caller), files))
    output = Output(caller)
    if output.text:
        _show(output, replays)
    else:
        output.write({"replayed": replays.count, "broken": [asdict(each) for each in replays.broken]})
    return ExitCode.RUN_FAILED if replays.broken else ExitCode.OK


async def _replay_open(_: Settings, client: Client) -> Replays:
    plugins = client.config(active_config=True)["plugins"]
    return await _gather(replay_all(open_histories(client), plugins, _WORKFLOWS, namespace=client.namespace))


async def _replay_files(settings: Settings, files: Sequence[Path]) -> Replays:
    histories = [read_history(file) for file in files]

    async def each() -> AsyncIterator[WorkflowHistory]:
        for history in histories:
            yield history

    plugins = [AetherPlugin(payloads=settings.payloads)]
    return await _gather(replay_all(each(), plugins, _WORKFLOWS, namespace=settings.temporal.namespace))


async def _gather(results: AsyncIterator[Replayed]) -> Replays:
    every = [each async for each in results]
    return Replays(len(every), tuple(each for each in every if each.reason is not None))


def _show(output: Output, replays: Replays) -> None:
    if replays.broken:
        rows = [(Text(each.run), Text(each.reason or "")) for each in replays.broken]
        output.show(table(("RUN", "WHY THIS BUILD BREAKS IT"), rows))
    output.note(f"replayed with {BUILD_ID}: {replays.count}, of which {len(replays.broken)} would break")
