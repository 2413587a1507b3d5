"""`aether assign`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue
from rich.console import RenderableType
from rich.text import Text
from temporalio.client import Client

from cli.caller import Caller
from cli.connecting import with_client
from cli.failure import CommandError
from cli.output import Output, table
from cli.views import ago
from workers.answers import me
from workers.assignments import assign, assigned, assignments, release
from workers.environments import check_environment
from workers.settings import Settings
from workflows.assignment import Assignment


@dataclass(frozen=True, slots=True)
class Binding:
    """What a document is to be bound to, as typed."""

    document: str
    robot: str | None = None
    tags: tuple[str, ...] = ()
    environment: str | None = None
    note: str = ""
    anyway: bool = False

    @property
    def says(self) -> bool:
        """Whether it binds to anything."""
        return bool(self.robot or self.tags or self.environment)


def list_assignments(caller: Caller) -> int:
    """List all that is bound."""

    async def find(_: Settings, client: Client) -> list[Assignment]:
        return await assignments(client)

    return _tell(Output(caller), with_client(caller, find))


def show_assignment(caller: Caller, document: str) -> int:
    """Show what a document is bound to."""

    async def find(_: Settings, client: Client) -> list[Assignment]:
        found = await assigned(client, document)
        return [found] if found else []

    return _tell(Output(caller), with_client(caller, find))


def assign_document(caller: Caller, binding: Binding) -> int:
    """Bind a document."""

    async def bind(_: Settings, client: Client) -> list[Assignment]:
        if binding.environment and not binding.anyway:
            await check_environment(client, binding.environment)
        assignment = Assignment(
            document=binding.document, robot=binding.robot, tags=binding.tags, environment=binding.environment,
            by=me(), at=time.time(), note=binding.note,
        )  # fmt: skip
        await assign(client, assignment)
        return [assignment]

    return _tell(Output(caller), with_client(caller, bind))


def release_document(caller: Caller, document: str) -> int:
    """Bind a document no more."""

    async def let_go(_: Settings, client: Client) -> bool:
        return await release(client, document, by=me())

    if not with_client(caller, let_go):
        raise CommandError("not-found", f"the document {document!r} is not assigned", hint="`aether assign` lists all")
    Output(caller).note(f"{document} is not assigned any more; its next run goes by the document alone")
    return 0


def _tell(output: Output, found: Sequence[Assignment]) -> int:
    if not output.text:
        output.write_all(map(_record, found))
    elif found:
        output.show(_table(found))
    else:
        output.note("not assigned: runs go by their documents alone")
    return 0


def _record(each: Assignment) -> dict[str, JsonValue]:
    return each.model_dump(mode="json") | {"at": _moment(each).isoformat()}


def _table(found: Sequence[Assignment]) -> RenderableType:
    rows = [
        (
            Text(each.document, style="bold"),
            Text(each.robot or ""),
            Text(", ".join(each.tags)),
            Text(each.environment or ""),
            Text(f"{each.by}, {ago(_moment(each))}"),
            Text(each.note),
        )
        for each in found
    ]
    return table(("DOCUMENT", "ROBOT", "TAGS", "ENVIRONMENT", "BY", "NOTE"), rows)


def _moment(each: Assignment) -> datetime:
    return datetime.fromtimestamp(each.at, UTC)
