"""`aether incidents fix`: all runs of an incident, a few first."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import JsonValue
from rich.text import Text
from temporalio.client import Client, WorkflowFailureError

from cli.caller import Caller
from cli.checking import checked_plan
from cli.confirming import confirm
from cli.connecting import settings_of
from cli.failure import CommandError, ExitCode
from cli.follow import interrupts
from cli.incidents import progress_text, refusals_view
from cli.output import Output
from cli.views import section
from workers.answers import me
from workers.incidents import Incident, find_incidents, fix_of, pick, start_fix
from workers.places import attach
from workflows.answers import FixRequest
from workflows.duration import parse_duration
from workflows.incidents import FixOrder, FixProgress
from workflows.notice import IncidentId
from workflows.plan import Plan
from workflows.protocol import Action

_POLL = 0.5


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do with the runs, as typed."""

    action: Action
    document: Path | None
    output: str | None
    goto: str | None
    note: str
    by: str | None
    canary: int
    patience: str
    yes: bool


def fix_incident(caller: Caller, name: str, remedy: Remedy) -> int:
    """Fix a few runs, watch them, fix the others."""
    output = Output(caller)
    plan, source = checked_plan(remedy.document, output) if remedy.document else (None, "")
    request = _request(remedy, plan, source)
    patience = _patience(remedy.patience)

    async def work() -> int:
        _, client = await attach(settings_of(caller))
        incident = pick(await find_incidents(client), name)
        _check_document(incident, remedy, plan)
        _confirm(output, incident, remedy)
        order = FixOrder(cause=incident.cause, request=request, canary=remedy.canary, patience=patience)
        return await _fix(client, order, output)

    return asyncio.run(work())


async def _fix(client: Client, order: FixOrder, output: Output) -> int:
    incident = order.cause.incident
    handle, attached = await start_fix(client, order)
    if attached:
        output.note("this fix is under way already; following it")
    async with interrupts() as interruption:
        ending = asyncio.create_task(handle.result())
        try:
            await _follow(client, incident, ending, output, interruption)
            if ending.done():
                return _tell(output, ending.result())
        except WorkflowFailureError as error:
            message = f"the fix has not come to its end: {error.cause}"
            raise CommandError("fix", message, exit_code=ExitCode.RUN_FAILED) from error
        finally:
            ending.cancel()
    output.note(f"it goes on; `aether incidents show {incident}` shows how far it is")
    return ExitCode.INTERRUPTED


async def _follow(
    client: Client,
    incident: IncidentId,
    ending: asyncio.Task[FixProgress],
    output: Output,
    interruption: asyncio.Event,
) -> None:
    """Say how far it is whenever that changes, until it ends or the person has seen enough."""
    stop = asyncio.create_task(interruption.wait())
    said = ""
    while not ending.done() and not stop.done():
        progress = await fix_of(client, incident)
        if progress is not None and (words := progress_text(progress)) != said:
            output.note(words)
            said = words
        await asyncio.wait([ending, stop], timeout=_POLL, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()


def _request(remedy: Remedy, plan: Plan | None, source: str) -> FixRequest:
    if (remedy.action == "goto") != (remedy.goto is not None):
        raise CommandError("usage", "--goto STEP and --action goto belong together")
    if (remedy.action == "set-output") != (remedy.output is not None):
        raise CommandError("usage", "--output JSON and --action set-output belong together")
    return FixRequest(
        number=0,
        action=remedy.action,
        by=remedy.by or me(),
        note=remedy.note,
        output=_json(remedy.output) if remedy.output is not None else None,
        goto=remedy.goto or "",
        plan=plan,
        source=source,
    )


def _check_document(incident: Incident, remedy: Remedy, plan: Plan | None) -> None:
    if plan is not None and plan.name != incident.cause.document:
        raise CommandError(
            "document",
            f"these are runs of {incident.cause.document!r}, and {str(remedy.document)!r} is a document named "
            f"{plan.name!r}",
            hint="give the corrected version of the runs' own document",
        )


def _patience(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise CommandError("usage", f"--patience: {error}") from error


def _json(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except ValueError as error:
        raise CommandError("usage", f"--output: expected JSON, found {text!r}: {error}") from error
    return value


def _confirm(output: Output, incident: Incident, remedy: Remedy) -> None:
    count = len(incident.runs)
    document = f" with {remedy.document}" if remedy.document else ""
    first = f"the first {min(remedy.canary, count)}, then the others" if remedy.canary else "all at once"
    what = (
        f"{count} run{'s' if count > 1 else ''} of {incident.cause.document} parked at "
        f"{incident.cause.step or 'their outputs'}: {remedy.action}{document}, {first}"
    )
    confirm(output, what, yes=remedy.yes)


def _tell(output: Output, progress: FixProgress) -> int:
    if not output.text:
        output.write(progress.model_dump(mode="json"))
    elif progress.phase == "stopped":
        output.note(Text.assemble(("✗ ", "red"), f"stopped: {progress.reason}"))
    else:
        output.note(Text.assemble(("✓ ", "green"), progress_text(progress)))
    if output.text and progress.refusals:
        output.show(section("Refused", refusals_view(progress)))
    if progress.phase == "stopped":
        return ExitCode.RUN_FAILED
    return ExitCode.PARKED if progress.refused else ExitCode.OK
