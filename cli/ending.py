"""`aether cancel` and `aether terminate`."""

from __future__ import annotations

from temporalio.client import Client

from cli.caller import Caller
from cli.connecting import with_client
from cli.failure import CommandError
from cli.output import Output
from workers.records import RunRow, read_row
from workers.settings import Settings
from workflows.sweeper import DELIBERATE


def cancel_run(caller: Caller, run: str) -> int:
    """Ask a run to stop."""

    async def cancel(_: Settings, client: Client) -> RunRow:
        row = await _open_run(client, run)
        await client.get_workflow_handle(row.run).cancel()
        return row

    row = with_client(caller, cancel)
    _say(caller, row, "cancelling", f"asked {row.run} to stop; it finishes its `finally` steps first")
    return 0


def terminate_run(caller: Caller, run: str, *, reason: str | None) -> int:
    """End a run at once."""

    async def terminate(_: Settings, client: Client) -> RunRow:
        row = await _open_run(client, run)
        await client.get_workflow_handle(row.run).terminate(DELIBERATE, reason=reason or "ended by `aether terminate`")
        return row

    row = with_client(caller, terminate)
    _say(caller, row, "terminated", f"ended {row.run}; no `finally` step ran, and a step under way may still finish")
    return 0


async def _open_run(client: Client, run: str) -> RunRow:
    row, _ = await read_row(client, run)
    if row.ended is not None:
        raise CommandError("ended", f"the run {run!r} has already ended: {row.status}")
    return row


def _say(caller: Caller, row: RunRow, status: str, words: str) -> None:
    output = Output(caller)
    if output.text:
        output.note(words)
    else:
        output.write({"run": row.run, "document": row.document, "status": status})
