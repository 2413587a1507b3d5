"""`aether incidents`: parked runs by what they wait for, and their fix in bulk."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue
from rich.console import RenderableType
from rich.text import Text
from temporalio.client import Client

from cli.caller import Caller
from cli.connecting import with_client
from cli.output import Output, facts, table
from cli.views import ago, section
from workers.incidents import Incident, find_incidents, fix_of, pick
from workers.settings import Settings
from workflows.incidents import FixProgress

_SHOWN_RUNS = 20
_LONGEST = 80


def list_incidents(caller: Caller) -> int:
    """Find the incidents and list them."""

    async def find(settings: Settings, client: Client) -> tuple[Settings, list[Incident]]:
        return settings, await find_incidents(client)

    settings, incidents = with_client(caller, find)
    output = Output(caller)
    if not output.text:
        output.write_all(record(incident, settings) for incident in incidents)
    elif incidents:
        output.show(_table(incidents))
    else:
        output.note("no incidents: no run is parked")
    return 0


def show_incident(caller: Caller, name: str) -> int:
    """Find an incident and show it."""

    async def find(settings: Settings, client: Client) -> tuple[Settings, Incident, FixProgress | None]:
        incident = pick(await find_incidents(client), name)
        return settings, incident, await fix_of(client, incident.id)

    settings, incident, fix = with_client(caller, find)
    output = Output(caller)
    if output.text:
        _show(output, incident, fix)
    else:
        output.write(full_record(incident, fix, settings))
    return 0


def record(incident: Incident, settings: Settings) -> dict[str, JsonValue]:
    """An incident as JSON."""
    return {
        "incident": incident.id,
        "document": incident.cause.document,
        "step": incident.cause.step or None,
        "error": incident.cause.error,
        "runs": len(incident.runs),
        "first": incident.first.isoformat(),
        "last": incident.last.isoformat(),
        "sample": {
            "run": incident.sample.run,
            "place": incident.sample.place,
            "message": incident.sample.message,
            "link": settings.run_link(incident.sample.run),
        },
    }


def full_record(incident: Incident, fix: FixProgress | None, settings: Settings) -> dict[str, JsonValue]:
    """An incident as JSON, with its runs and its last fix."""
    return record(incident, settings) | {
        "parked": [
            {"run": run.run, "since": run.since.isoformat(), "place": run.place, "message": run.message}
            for run in incident.runs
        ],
        "fix": fix.model_dump(mode="json") if fix else None,
    }


def progress_text(progress: FixProgress) -> str:
    """How far a fix is, in one line."""
    match progress.phase:
        case "looking":
            return "looking for the parked runs"
        case "canary":
            passed = sum(canary.verdict == "passed" for canary in progress.canaries)
            return f"{progress.total} runs; {passed} of {len(progress.canaries)} canaries are past the step"
        case _:
            others = [f"{progress.gone} did not wait any more"] if progress.gone else []
            others += [f"{progress.refused} refused"] if progress.refused else []
            return ", ".join([f"{progress.fixed} of {progress.total} runs fixed", *others])


def refusals_view(progress: FixProgress) -> RenderableType:
    """The runs that could not be fixed, and why."""
    return table(("RUN", "WHY NOT"), [(Text(each.run), Text(each.reason)) for each in progress.refusals])


def _table(incidents: Sequence[Incident]) -> RenderableType:
    headers = ("INCIDENT", "RUNS", "DOCUMENT", "STEP", "FIRST", "LAST", "MESSAGE")
    return table(headers, map(_cells, incidents), right=(1,))


def _cells(incident: Incident) -> tuple[RenderableType, ...]:
    message = " ".join(incident.sample.message.split())
    return (
        Text(incident.id, style="bold"),
        str(len(incident.runs)),
        Text(incident.cause.document),
        Text(incident.cause.step),
        ago(incident.first),
        ago(incident.last),
        Text(message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…"),
    )


def _show(output: Output, incident: Incident, fix: FixProgress | None) -> None:
    count = len(incident.runs)
    output.show(Text.assemble((incident.id, "bold"), f"  {count} parked run{'s' if count > 1 else ''}"))
    pairs = {
        "document": Text(incident.cause.document),
        "step": Text(incident.cause.step or "the outputs"),
        "error": Text(incident.cause.error),
        "first": Text(ago(incident.first)),
        "last": Text(ago(incident.last)),
        "message": Text(incident.sample.message, style="red"),
    }
    output.show(section("Incident", facts(pairs)))
    rows = [(Text(run.run), Text(run.place), ago(run.since)) for run in incident.runs[:_SHOWN_RUNS]]
    output.show(section("Runs", table(("RUN", "PLACE", "PARKED"), rows)))
    if count > _SHOWN_RUNS:
        output.note(f"and {count - _SHOWN_RUNS} more; `-o json` gives all")
    if fix is not None:
        reason = f": {fix.reason}" if fix.reason else ""
        output.show(section("Last fix", Text(f"{fix.phase}{reason}; {progress_text(fix)}")))
    output.note(f"`aether incidents fix {incident.id} --document FILE` fixes all of them, a few first")
