"""`aether fix`, `approve`, `reject`, `pause`, `resume` and `send`: what people tell runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue
from rich.text import Text
from temporalio.client import Client

from cli.caller import Caller
from cli.checking import checked_plan
from cli.connecting import with_client
from cli.failure import CommandError, ExitCode
from cli.given import read_given, typed
from cli.output import Output
from workers.answers import Found, decide, find_waiting, fix_run, me, pause, resume, send_event, would_fix
from workers.records import read_row
from workers.settings import Settings
from workflows.answers import DecideRequest, EventMessage, FixRequest, PersonRequest
from workflows.ids import RunId
from workflows.part import Input
from workflows.plan import Plan
from workflows.protocol import Action


@dataclass(frozen=True, slots=True)
class Fix:
    """How a parked step is to go on, as typed."""

    run: str
    action: Action
    step: str | None
    goto: str | None
    inputs: tuple[str, ...]
    output: str | None
    document: Path | None
    note: str
    by: str | None
    check: bool


def fix(caller: Caller, fix: Fix) -> int:
    """Have a parked step go on."""
    output = Output(caller)
    written = _json(fix.output, "--output") if fix.output is not None else None
    _check_words(fix)
    plan, source = checked_plan(fix.document, output) if fix.document is not None else (None, "")

    async def work(_: Settings, client: Client) -> tuple[Found, str | None]:
        found = await find_waiting(client, fix.run, "parked", place=fix.step)
        request = FixRequest(
            number=found.waiting.number or 0,
            action=fix.action,
            by=fix.by or me(),
            note=fix.note,
            output=written,
            goto=fix.goto or "",
            inputs=_inputs(plan, fix.inputs),
            plan=plan,
            source=source,
            revision=found.progress.revision,
        )
        if fix.check:
            return found, await would_fix(client, found.run, request)
        await fix_run(client, found.run, request)
        return found, None

    found, problem = with_client(caller, work)
    if problem is not None:
        raise CommandError("refused", problem, exit_code=ExitCode.RUN_FAILED)
    _say(output, found, fix)
    return ExitCode.OK


def answer(  # noqa: PLR0913 - what an answer is made of
    caller: Caller, run: str, *, approved: bool, step: str | None, fields: Sequence[str], note: str, by: str | None
) -> int:
    """Answer an `approve` step."""

    async def work(_: Settings, client: Client) -> Found:
        found = await find_waiting(client, run, "person", place=step)
        request = DecideRequest(
            number=found.waiting.number or 0,
            approved=approved,
            by=by or me(),
            form=_fields(found.waiting.form, fields),
            note=note,
        )
        await decide(client, found.run, request)
        return found

    found = with_client(caller, work)
    verb = "approved" if approved else "rejected"
    _told(caller, found.run, found.waiting.place, f"{verb} {found.waiting.place!r} of {found.run}")
    return ExitCode.OK


def pause_run(caller: Caller, run: str, *, note: str) -> int:
    """Have a run begin no further step."""

    async def work(_settings: Settings, client: Client) -> RunId:
        row, _ = await read_row(client, run)
        await pause(client, row.run, PersonRequest(by=me(), note=note))
        return row.run

    paused = with_client(caller, work)
    _told(caller, paused, None, f"{paused} begins no further step; `aether resume` has it go on")
    return ExitCode.OK


def resume_run(caller: Caller, run: str) -> int:
    """Have a paused run go on."""

    async def work(_settings: Settings, client: Client) -> RunId:
        row, _ = await read_row(client, run)
        await resume(client, row.run, PersonRequest(by=me()))
        return row.run

    resumed = with_client(caller, work)
    _told(caller, resumed, None, f"{resumed} goes on")
    return ExitCode.OK


def send(caller: Caller, run: str, event: str, *, key: str | None, data: str | None, delivery: str) -> int:  # noqa: PLR0913 - what an event is made of
    """Tell a run that something happened."""
    content = _json(data, "--data") if data is not None else None

    async def work(_: Settings, client: Client) -> None:
        await send_event(client, run, EventMessage(event=event, key=key, data=content, id=delivery))

    with_client(caller, work)
    _told(caller, run, None, f"told {run} of {event!r}")
    return ExitCode.OK


def _check_words(fix: Fix) -> None:
    """Options that belong to one action only."""
    if (fix.goto is not None) != (fix.action == "goto"):
        raise CommandError("usage", "--goto STEP and --action goto belong together")
    if fix.output is not None and fix.action != "set-output":
        raise CommandError("usage", "--output is for --action set-output")
    if fix.action == "set-output" and fix.output is None:
        raise CommandError("usage", "--action set-output needs --output, the step's output as JSON")


def _inputs(plan: Plan | None, pairs: Sequence[str]) -> dict[str, JsonValue]:
    """Inputs that change: typed by the corrected document, or read as JSON where it is not at hand."""
    if not pairs:
        return {}
    if plan is None:
        return {name: _loose(text) for name, text in map(_pair, pairs)}
    wanted = {name: plan.inputs[name] for name, _ in map(_pair, pairs) if name in plan.inputs}
    return read_given(wanted, pairs, {}, home=Path()).values


def _fields(form: Mapping[str, Input], pairs: Sequence[str]) -> dict[str, JsonValue]:
    return {name: typed(form[name].type, text) if name in form else text for name, text in map(_pair, pairs)}


def _pair(pair: str) -> tuple[str, str]:
    name, equals, text = pair.partition("=")
    if not equals or not name:
        raise CommandError("input", f"expected name=value, found {pair!r}")
    return name, text


def _loose(text: str) -> JsonValue:
    """A value as JSON, or as the text it is."""
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return text
    return value


def _json(text: str, option: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except ValueError as error:
        raise CommandError("usage", f"{option}: expected JSON, such as '{{\"total\": 3}}': {error}") from error
    return value


def _say(output: Output, found: Found, fix: Fix) -> None:
    waiting = found.waiting
    if fix.check:
        words = f"{found.run} would accept this at {waiting.place!r}"
    elif fix.action == "abort":
        words = f"{found.run} gives up at {waiting.place!r}; what must be undone is undone"
    else:
        words = f"{found.run} goes on at {waiting.place!r} ({fix.action})"
    if output.text:
        output.note(Text(words))
    else:
        output.write({"run": found.run, "place": waiting.place, "action": fix.action, "checked": fix.check})


def _told(caller: Caller, run: str, place: str | None, words: str) -> None:
    output = Output(caller)
    if output.text:
        output.note(words)
    else:
        output.write({"run": run, "place": place})
