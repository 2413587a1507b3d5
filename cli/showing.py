"""`aether show`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from pydantic import JsonValue
from rich.console import Group, RenderableType
from rich.text import Text
from temporalio.client import Client

from cli.caller import Caller
from cli.connecting import with_client
from cli.explaining import reason_record, reasons_view
from cli.output import Output, facts
from cli.saving import save_files
from cli.steps import tree
from cli.views import ago, error_text, files_view, headline, outputs_view, progress_record, record, section
from cli.waits import decisions_view, waits_view
from workers.explaining import Explained, explain
from workers.reason import Reason
from workers.records import RunRow, RunView, read_run
from workers.settings import Settings
from workflows.call import ErrorValue
from workflows.progress import RunProgress

_TOLD = frozenset({"parked", "person", "running"})
"""Reasons to wait that need a person, who is shown all of it; and that of a run that does not wait."""


def show_run(caller: Caller, run: str, *, save: Path | None) -> int:
    """Look at a run and show it."""
    output = Output(caller)

    async def look(settings: Settings, client: Client) -> tuple[Settings, RunView, Explained | None]:
        view = await read_run(client, run)
        if save is not None:
            await save_files(settings, view.files, save, output)
        explained = await explain(client, view.row.run, seen=view) if view.row.ended is None else None
        return settings, view, explained

    settings, view, explained = with_client(caller, look)
    reasons = explained.reasons if explained else ()
    if output.text:
        _show(output, view, settings, reasons)
    else:
        why: dict[str, JsonValue] = {"reasons": [reason_record(reason) for reason in reasons]}
        output.write(record(view, settings) | progress_record(view.progress) | _origin(view) | why)
    return 0


def _show(output: Output, view: RunView, settings: Settings, reasons: Sequence[Reason]) -> None:
    row = view.row
    output.show(headline(row))
    if link := settings.run_link(row.run, row.execution):
        output.show(Text(link, style="dim"))
    output.show(section("Run", facts(_facts(view))))
    if view.inputs:
        output.show(section("Inputs", outputs_view(view.inputs)))
    if view.aside:
        output.note(Text(view.aside, style="yellow"))
    if view.progress:
        output.show(section("Steps", _steps(view.progress, row)))
    if view.progress:
        _show_people(output, view.progress, row)
    others = [reason for reason in reasons if reason.kind not in _TOLD]
    if others:
        more = Text(f"aether explain {shlex.quote(row.run)}", style="dim")
        output.show(section("Waits", Group(reasons_view(others, brief=True), more)))
    if view.outputs:
        output.show(section("Outputs", outputs_view(view.outputs)))
    if view.error:
        _show_error(output, view.error, row)
    if view.files:
        output.show(section("Files", files_view(view.files)))


def _show_people(output: Output, progress: RunProgress, row: RunRow) -> None:
    """What people are waited for, and what they have decided."""
    waits = [waiting for waiting in progress.waits if waiting.kind in _TOLD]
    if row.ended is None and waits:
        output.show(section("Needs you", waits_view(waits, shlex.quote(row.run))))
        for waiting in waits:
            if waiting.error is not None:
                _show_evidence(output, waiting.error, row, waiting.place)
    if progress.decisions:
        output.show(section("Decisions", decisions_view(progress.decisions)))


def _origin(view: RunView) -> dict[str, JsonValue]:
    claim = asdict(view.claim) if view.claim else dict.fromkeys(("environment", "priority", "tenant", "robot"))
    wanted = {"robot_wanted": claim.pop("robot"), **claim}
    return {"version": view.version, "origin": view.origin.model_dump() if view.origin else None, **wanted}


def _facts(view: RunView) -> dict[str, RenderableType]:
    row = view.row
    pairs: dict[str, RenderableType] = {
        "document": Text(f"{row.document}, version {view.version}" if view.version else row.document),
        "started": Text(f"{row.started.astimezone():%Y-%m-%d %H:%M:%S}, {ago(row.started)}"),
    }
    if view.origin:
        pairs["goes on from"] = Text(f"{view.origin.run} at {view.origin.place}")
    if row.key:
        pairs["key"] = Text(row.key)
    if view.claim:
        pairs |= {name: Text(str(value)) for name, value in view.claim.fields().items()}
    if view.progress and row.ended is None:
        pairs["progress"] = Text(f"{view.progress.percent} %")
    if view.progress and view.progress.robot:
        pairs["robot"] = Text(view.progress.robot)
    return pairs


def _show_error(output: Output, error: ErrorValue, row: RunRow) -> None:
    output.show(section("Error", error_text(error)))
    _show_evidence(output, error, row, error.step)


def _show_evidence(output: Output, error: ErrorValue, row: RunRow, place: str | None) -> None:
    """What shows how a step failed, and how to look at it."""
    if not error.evidence:
        return
    how = f"aether show {shlex.quote(row.run)} --evidence DIRECTORY"
    if "trace" in error.evidence and place is not None:
        how += f"\naether show {shlex.quote(row.run)} --trace {shlex.quote(place)}"
    output.show(section("Evidence", Text.assemble(", ".join(error.evidence), (f"\n{how}", "dim"))))


def _steps(progress: RunProgress, row: RunRow) -> RenderableType:
    """The tree of steps; in a run that was ended from outside, nothing goes on."""
    if row.ended is None:
        return tree(progress, live=False)
    stopped = tuple(
        step.model_copy(update={"status": "cancelled"}) if step.status in {"running", "waiting"} else step
        for step in progress.steps
    )
    return tree(progress.model_copy(update={"steps": stopped, "status": row.status}), live=False)
