"""`aether show --at` and `--timeline`: what a run did, one step after the other."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue
from rich.console import RenderableType
from rich.text import Text
from temporalio.client import Client

from cli.caller import Caller
from cli.connecting import with_client
from cli.failure import CommandError
from cli.output import Output, facts, table
from cli.steps import MARKS, STYLES, duration
from cli.views import error_text, outputs_view, plain, section
from workers.folding import fold
from workers.records import RunRow, read_row
from workers.settings import Settings
from workflows.moments import Attempt, Occurrence, find, occurrences

_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class _Done:
    """What a run has done, and who it is."""

    row: RunRow
    occurrences: tuple[Occurrence, ...]


def show_moment(caller: Caller, run: str, *, at: str) -> int:
    """Show one time that a step was done, with all it saw and all that came of it."""

    async def look(_: Settings, client: Client) -> tuple[RunRow, Occurrence]:
        row, _description = await read_row(client, run)
        folded = await fold(client, run)
        found = find(folded.told, at)
        if found is None:
            raise _unknown(at, occurrences(folded.told))
        return row, found

    row, found = with_client(caller, look)
    output = Output(caller)
    if output.text:
        _show(output, row, found)
    else:
        output.write({"run": row.run, "document": row.document, **moment_record(found)})
    return 0


def show_timeline(caller: Caller, run: str) -> int:
    """Show every time that a step was done, in the order in which they began."""

    async def look(_: Settings, client: Client) -> _Done:
        row, _description = await read_row(client, run)
        done = occurrences((await fold(client, run)).told)
        return _Done(row, tuple(sorted(done, key=lambda each: each.started)))

    done = with_client(caller, look)
    output = Output(caller)
    if output.text:
        output.show(_timeline(done))
    else:
        output.write_all(timeline_record(each) for each in done.occurrences)
    return 0


def moment_record(occurrence: Occurrence) -> dict[str, JsonValue]:
    """One time that a step was done, as JSON."""
    return {
        **timeline_record(occurrence),
        "inputs": dict(occurrence.before.inputs),
        "variables": dict(occurrence.variables),
        "scope": occurrence.scope,
        "attempts": [_attempt_record(attempt) for attempt in occurrence.attempts],
        "output": occurrence.output,
        "error": occurrence.error.model_dump(mode="json") if occurrence.error else None,
    }


def timeline_record(occurrence: Occurrence) -> dict[str, JsonValue]:
    """One line of a timeline, as JSON."""
    ended = occurrence.ended
    return {
        "place": occurrence.place,
        "step": occurrence.id,
        "kind": occurrence.kind,
        "status": occurrence.status,
        "started": _moment(occurrence.started),
        "ended": _moment(ended) if ended is not None else None,
        "seconds": round(ended - occurrence.started, 3) if ended is not None else None,
        "tries": len(occurrence.attempts),
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _attempt_record(attempt: Attempt) -> dict[str, JsonValue]:
    return {
        "number": attempt.number,
        "at": _moment(attempt.at),
        "robot": attempt.robot,
        "params": attempt.params,
        "error": attempt.error.model_dump(mode="json") if attempt.error else None,
    }


def _show(output: Output, row: RunRow, occurrence: Occurrence) -> None:
    output.show(_headline(occurrence))
    began = datetime.fromtimestamp(occurrence.started, UTC).astimezone()
    output.show(section("Step", facts({"run": Text(row.run), "began": Text(f"{began:%Y-%m-%d %H:%M:%S}")})))
    for title, values in {
        "Inputs": occurrence.before.inputs,
        "Variables": occurrence.variables,
        "Scope": occurrence.scope,
    }.items():
        if values:
            output.show(section(title, outputs_view(values)))
    for attempt in occurrence.attempts:
        output.show(section(f"Attempt {attempt.number}", _attempt(attempt)))
    if occurrence.output not in (None, {}):
        named = occurrence.output if isinstance(occurrence.output, dict) else {"": occurrence.output}
        output.show(section("Output", outputs_view(named)))
    if occurrence.error is not None:
        output.show(section("Error", error_text(occurrence.error)))


def _headline(occurrence: Occurrence) -> Text:
    mark, style = MARKS[occurrence.status], STYLES[occurrence.status]
    took = duration(occurrence.ended - occurrence.started) if occurrence.ended is not None else occurrence.status
    return Text.assemble((mark, style), " ", (occurrence.place, "bold"), f"  {occurrence.kind}  ", (took, "dim"))


def _attempt(attempt: Attempt) -> RenderableType:
    pairs: dict[str, RenderableType] = {name: Text(plain(value)) for name, value in attempt.params.items()}
    if attempt.robot is not None:
        pairs["robot"] = Text(attempt.robot, style="dim")
    if attempt.error is not None:
        pairs["error"] = Text(f"{attempt.error.type}: {attempt.error.message}", style="red")
    return facts(pairs)


def _timeline(done: _Done) -> RenderableType:
    begin = done.row.started.timestamp()
    rows = [
        (
            Text(f"+{duration(max(0.0, each.started - begin))}", style="dim"),
            Text.assemble((MARKS[each.status], STYLES[each.status]), " ", each.place),
            Text(each.kind, style="dim"),
            Text(duration(each.ended - each.started) if each.ended is not None else each.status),
            Text(str(len(each.attempts)) if len(each.attempts) > 1 else ""),
        )
        for each in done.occurrences
    ]
    return table(("AT", "STEP", "DOES", "TOOK", "TRIES"), rows, right=(0, 3, 4))


def _unknown(at: str, done: Iterable[Occurrence]) -> CommandError:
    known = dict.fromkeys(name for each in done for name in (each.id, each.place))
    close = difflib.get_close_matches(at, list(known), n=_SUGGESTIONS, cutoff=0.5)
    meant = f"did you mean {' or '.join(map(repr, close))}? " if close else ""
    return CommandError(
        "not-found",
        f"the run has not done a step {at!r}",
        hint=f"{meant}name a step by its id, or with its rounds as `aether show RUN --timeline` does",
    )
