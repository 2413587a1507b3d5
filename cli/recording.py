"""`aether history save`."""

from __future__ import annotations

from pathlib import Path

from temporalio.client import Client

from cli.caller import Caller
from cli.connecting import with_client
from cli.output import Output
from workers.records import read_row
from workers.settings import Settings


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
