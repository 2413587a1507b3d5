"""`aether publish`, `versions` and `rollback`: documents that run by their names."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rich.text import Text
from temporalio.client import Client

from cli.caller import Caller
from cli.checking import checked_plan
from cli.connecting import with_client
from cli.output import Output, table
from cli.views import ago
from workers.answers import me
from workers.publishing import publish, roll_back, versions
from workers.settings import Settings
from workflows.publishing import Summary


def publish_document(caller: Caller, file: Path, *, note: str) -> int:
    """Publish a version of a document."""
    output = Output(caller)
    plan, source = checked_plan(file, output)

    async def act(_: Settings, client: Client) -> int:
        return await publish(client, plan, source=source, by=me(), note=note)

    return _told(output, plan.name, with_client(caller, act), "published")


def roll_back_document(caller: Caller, name: str, *, to: int | None) -> int:
    """Give new runs an earlier version."""

    async def act(_: Settings, client: Client) -> int:
        return await roll_back(client, name, to=to, by=me())

    return _told(Output(caller), name, with_client(caller, act), "rolled back")


def list_versions(caller: Caller, name: str) -> int:
    """List the versions of a document."""

    async def look(_: Settings, client: Client) -> tuple[Summary, ...]:
        return await versions(client, name)

    known = with_client(caller, look)
    output = Output(caller)
    if output.text:
        rows = [
            (
                Text(f"{version.number}", style="bold" if version.current else ""),
                Text("current" if version.current else "", style="green"),
                ago(_moment(version)),
                Text(version.by),
                Text(version.note or version.digest, style="" if version.note else "dim"),
            )
            for version in known
        ]
        output.show(table(("VERSION", "", "PUBLISHED", "BY", "NOTE"), rows, right=(0,)))
    else:
        output.write_all({**version.model_dump(), "at": _moment(version).isoformat()} for version in known)
    return 0


def _moment(version: Summary) -> datetime:
    return datetime.fromtimestamp(version.at, UTC)


def _told(output: Output, name: str, number: int, status: str) -> int:
    if output.text:
        output.note(f"{name} is {status}: new runs get version {number}")
    else:
        output.write({"document": name, "version": number, "status": status})
    return 0
