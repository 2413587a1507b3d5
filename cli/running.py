"""`aether run` and `aether start`."""

from __future__ import annotations

import asyncio
import json
import shlex
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import JsonValue
from rich.text import Text
from temporalio.client import Client

from cli.caller import Caller
from cli.connecting import settings_of
from cli.documents import Source, source_of
from cli.failure import CommandError, ExitCode
from cli.follow import POLL, Left, follow, interrupts
from cli.given import Given, read_given
from cli.output import Output
from cli.saving import save_files, store_files
from cli.views import error_text, files_view, outputs_view, record, section, took
from cli.waits import waits_view
from cli.watchers import watching
from workers.answers import me
from workers.assignments import assigned
from workers.environments import check_capabilities, check_environment
from workers.own_robot import own_robot
from workers.places import attach
from workers.records import RunView, progress_of, read_row, read_run
from workers.runs import Claim, start_run
from workers.settings import Settings
from workflows.assignment import Assignment
from workflows.duration import parse_duration
from workflows.ids import RunId
from workflows.plan import Plan
from workflows.visible import suggestion

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Look:
    """How the author of a document watches it at work."""

    headed: bool = False
    """In a browser of their own."""
    slow: str | None = None
    """With a pause before each step."""
    breaks: tuple[str, ...] = ()
    """Stopping before these steps."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose robots a run is to get, and how soon, as typed."""

    environment: str | None = None
    tenant: str | None = None
    priority: int | None = None
    robot: str | None = None
    anyway: bool = False
    """Also in an environment that no robot has come to yet."""

    def flags(self) -> dict[str, object]:
        """The settings among it."""
        return {"environment": self.environment, "tenant": self.tenant}

    def claim(self, settings: Settings, assignment: Assignment | None) -> Claim:
        """With what the document is assigned to, and what the settings say."""
        environment = (assignment and assignment.environment) or settings.environment
        robot = assignment.robot if assignment else self.robot
        return Claim(environment, self.priority, settings.tenant, robot)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run, as typed."""

    file: Path
    pairs: tuple[str, ...]
    inputs_file: Path | None
    key: str | None
    look: Look = field(default_factory=Look)
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A checked order: nothing on the command line can be wrong any more."""

    settings: Settings
    source: Source
    given: Given
    key: str | None
    look: Look = field(default_factory=Look)
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True, slots=True)
class Watched:
    """A run after somebody watched it."""

    view: RunView
    left: Left | None
    """Why it was not watched to its end, if it was not."""

    @property
    def exit_code(self) -> ExitCode:
        """How the watching command ends."""
        if self.left is not None:
            return _LEFT[self.left]
        return ExitCode.OK if self.view.row.status == "completed" else ExitCode.RUN_FAILED


_LEFT = {
    Left.DETACHED: ExitCode.INTERRUPTED,
    Left.TIMED_OUT: ExitCode.STILL_RUNNING,
    Left.PARKED: ExitCode.PARKED,
}


def start_document(caller: Caller, order: Order) -> int:
    """Start a run and tell its id."""
    output = Output(caller)
    prepared = prepare(settings_of(caller, order.wanted.flags()), order, output)

    async def work() -> tuple[Settings, RunView]:
        settings, client = await attach(prepared.settings)
        run = await start(client, replace(prepared, settings=settings), output)
        row, _ = await read_row(client, run)
        given = prepared.given.values
        return settings, RunView(row, progress=None, inputs=given, outputs=None, error=None, files={})

    settings, view = asyncio.run(work())
    if output.text:
        output.show(view.row.run)
        if link := settings.run_link(view.row.run, view.row.execution):
            output.note(Text(link, style="dim"))
    else:
        output.write(record(view, settings))
    return ExitCode.OK


def run_document(caller: Caller, order: Order, *, timeout: str | None, save: Path | None) -> int:
    """Start a run and follow it."""
    output = Output(caller)
    seconds = _seconds(timeout, "--timeout")
    prepared = prepare(settings_of(caller, order.wanted.flags()), order, output)
    return asyncio.run(_run(prepared, output, seconds=seconds, save=save))


async def _run(prepared: Prepared, output: Output, *, seconds: float | None, save: Path | None) -> int:
    settings, client = await attach(prepared.settings)
    prepared = replace(prepared, settings=settings)
    async with _watched_by_author(prepared) as order, interrupts() as interruption:
        run = await start(client, order, output)
        watched = await watch(client, settings, run, output, interruption=interruption, seconds=seconds)
        while order.look.headed and watched.left is Left.PARKED:  # its browser must not close while somebody looks
            tell(output, watched)
            if not await _goes_on(client, run, interruption):
                break
            watched = await watch(client, settings, run, output, interruption=interruption, seconds=seconds)
    if save is not None and watched.left is None:
        await save_files(prepared.settings, watched.view.files, save, output)
    if output.text:
        tell(output, watched)
    else:
        output.write(record(watched.view, prepared.settings))
    return watched.exit_code


def prepare(settings: Settings, order: Order, output: Output) -> Prepared:
    """Check an order: its document, then its inputs."""
    source = source_of(settings, order.file, output)
    values = _values(order.inputs_file) if order.inputs_file else {}
    given = read_given(source.plan.inputs, order.pairs, values, home=order.file.parent)
    _check_breaks(source.plan, order.look.breaks)
    return Prepared(settings, source, given, order.key, order.look, order.wanted)


async def start(client: Client, prepared: Prepared, output: Output) -> RunId:
    """Start what was prepared, or join the run that has its key."""
    named = prepared.wanted.environment or prepared.wanted.robot
    assignment = None if named else await assigned(client, prepared.source.plan.name)
    claim = prepared.wanted.claim(prepared.settings, assignment)
    if not prepared.wanted.anyway:
        await check_environment(client, claim.environment)
        await check_capabilities(client, claim.environment, prepared.source.plan.nodes)
    files = await store_files(prepared.settings, prepared.given.files)
    started = await start_run(
        client,
        prepared.source.plan,
        inputs=prepared.given.values,
        files=files,
        source=prepared.source.text,
        version=prepared.source.version,
        key=prepared.key,
        by=me(),
        breaks=prepared.look.breaks,
        slow=_seconds(prepared.look.slow, "--slow") or 0.0,
        claim=claim,
        tags=assignment.tags if assignment else (),
    )
    if started.attached:
        output.note(f"joined the run that was started with the key {prepared.key!r} before")
    if not started.same:
        output.note(Text("that run was started with another document or other inputs", style="yellow"))
    return started.run


async def watch(  # noqa: PLR0913 - all but two by keyword
    client: Client,
    settings: Settings,
    run: RunId,
    output: Output,
    *,
    interruption: asyncio.Event,
    seconds: float | None = None,
) -> Watched:
    """Show a run while it works, and look at what became of it."""
    row, _ = await read_row(client, run)
    with watching(output, run, settings.run_link(run, row.execution)) as watcher:
        ending = await follow(client, run, watcher, interruption=interruption, seconds=seconds)
    if ending is Left.DETACHED:  # whoever leaves does not want to wait for a last look
        return Watched(RunView(row, progress=None, inputs={}, outputs=None, error=None, files={}), ending)
    return Watched(await read_run(client, run), ending if isinstance(ending, Left) else None)


def tell(output: Output, watched: Watched) -> None:
    """Say how a run ended, and what it gave."""
    view = watched.view
    row, name = view.row, shlex.quote(view.row.run)
    match watched.left:
        case Left.DETACHED:
            output.note(f"the run goes on; `aether show {name}` shows it, `aether cancel {name}` stops it")
        case Left.TIMED_OUT:
            output.note(f"still running after {took(row)}; `aether show {name}` shows it")
        case Left.PARKED:
            output.note(Text("parked: it waits for a person", style="magenta"))
            waits = view.progress.waits if view.progress else ()
            output.show(section("Waits", waits_view(waits, name)))
        case None if view.error is not None:
            output.note(Text.assemble(("\n✗ ", "red"), f"{row.status} after {took(row)}\n"))
            output.note(error_text(view.error))
        case None:
            output.note(Text.assemble(("\n✓ ", "green"), f"{row.status} in {took(row)}"))
    if view.outputs:
        output.show(section("Outputs", outputs_view(view.outputs)))
    if view.files:
        output.show(section("Files", files_view(view.files)))


def _values(file: Path) -> Mapping[str, JsonValue]:
    try:
        text = sys.stdin.read() if str(file) == STANDARD_INPUT else file.read_text(encoding="utf-8")
        values = json.loads(text)
    except OSError as error:
        raise CommandError("no-file", f"cannot read the inputs {str(file)!r}: {error.strerror or error}") from error
    except ValueError as error:
        raise CommandError("input", f"expected JSON in {str(file)!r}: {error}") from error
    if not isinstance(values, dict):
        raise CommandError("input", f"expected a mapping of inputs in {str(file)!r}, found {type(values).__name__}")
    return values


def _seconds(length: str | None, option: str) -> float | None:
    if length is None:
        return None
    try:
        return parse_duration(length).total_seconds()
    except ValueError as error:
        raise CommandError("usage", f"{option}: {error}") from error


async def _goes_on(client: Client, run: RunId, interruption: asyncio.Event) -> bool:
    """Wait until a parked run was answered; false when somebody does not want to wait any longer."""
    handle = client.get_workflow_handle(run)
    while not interruption.is_set():
        progress = await progress_of(handle)
        if progress is None or progress.status != "parked":
            return True
        await asyncio.wait([asyncio.create_task(interruption.wait())], timeout=POLL)
    return False


def _check_breaks(plan: Plan, breaks: Sequence[str]) -> None:
    """Steps to stop at must be there, and the run must be allowed to wait."""
    known = [step.id for block in plan.blocks for step in block]
    for step in breaks:
        if step not in known:
            raise CommandError("usage", f"--break: there is no step {step!r}; {suggestion(step, known, what='it has')}")
    if breaks and plan.on_failure == "fail":
        raise CommandError("usage", "--break: this document never parks; take 'on_failure: fail' out of it")


@asynccontextmanager
async def _watched_by_author(prepared: Prepared) -> AsyncIterator[Prepared]:
    """With a robot of the author's own where they want to see the browser."""
    if not prepared.look.headed:
        yield prepared
        return
    async with own_robot(prepared.settings) as tag:
        plan = prepared.source.plan
        plan = plan.model_copy(update={"needs": (*plan.needs, tag)})
        yield replace(prepared, source=replace(prepared.source, plan=plan))
