"""`aether list`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text
from temporalio.client import Client

from cli.caller import Caller
from cli.connecting import with_client
from cli.failure import CommandError
from cli.output import Output, table
from cli.views import ago, row_record, status_text, took
from workers.explaining import briefly
from workers.filters import STATUSES, RunFilter, moment
from workers.records import RunRow, find_runs
from workers.settings import Settings
from workflows.ids import RunId

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters as typed."""

    statuses: tuple[str, ...]
    documents: tuple[str, ...]
    since: str | None
    until: str | None
    query: str | None

    def filter(self) -> RunFilter:
        """Read them.

        Raises:
            CommandError: one makes no sense.
        """
        statuses = tuple(status for text in self.statuses for status in text.lower().split(","))
        for status in statuses:
            if status not in STATUSES:
                raise CommandError("filter", f"unknown status {status!r}", hint=f"use one of {', '.join(STATUSES)}")
        return RunFilter(
            statuses=statuses,
            documents=self.documents,
            since=moment(self.since) if self.since else None,
            until=moment(self.until) if self.until else None,
            query=self.query,
        )


def list_runs(caller: Caller, wanted: Wanted, *, limit: int) -> int:
    """Find runs and list them."""
    query = wanted.filter().expression()

    async def find(settings: Settings, client: Client) -> tuple[Settings, list[RunRow], dict[RunId, str]]:
        rows = [row async for row in find_runs(client, query, limit=limit)]
        return settings, rows, await briefly(client, rows)

    settings, rows, waits = with_client(caller, find)
    output = Output(caller)
    if not output.text:
        output.write_all(row_record(row, settings) | {"reason": waits.get(row.run)} for row in rows)
        return 0
    if not rows:
        output.note("no runs")
        return 0
    output.show(_table(rows, waits))
    if len(rows) == limit:
        output.note(f"only the latest {limit}; --limit shows more")
    return 0


def _table(rows: Sequence[RunRow], waits: Mapping[RunId, str]) -> RenderableType:
    """Runs under headers; columns for steps and reasons only where some run has one."""
    steps = any(row.step for row in rows)
    headers = ("RUN", "STATUS", *(("STEP",) if steps else ()), "STARTED", "TOOK", *(("WAITS FOR",) if waits else ()))
    cells = [
        (
            Text(row.run),
            status_text(row.status),
            *((Text(row.step or ""),) if steps else ()),
            ago(row.started),
            took(row),
            *((Text(_shortened(waits.get(row.run, "")), style="dim"),) if waits else ()),
        )
        for row in rows
    ]
    return table(headers, cells, right=(headers.index("TOOK"),))


def _shortened(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
