"""`aether explain`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from pydantic import JsonValue
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text
from temporalio.client import Client

from cli.caller import Caller
from cli.connecting import with_client
from cli.output import Output
from cli.steps import duration
from cli.views import headline
from workers.explaining import Explained, explain
from workers.reason import Reason
from workers.settings import Settings
from workflows.fleet import BusyStep, Candidate, Lease

_STYLES = {
    "parked": "magenta",
    "defect": "red",
    "silent": "red",
    "orchestrator": "red",
    "pool": "red",
    "step": "cyan",
    "opening": "cyan",
    "running": "green",
    "ended": "dim",
}


def explain_run(caller: Caller, run: str) -> int:
    """Find out why a run waits, and say it."""

    async def ask(_: Settings, client: Client) -> Explained:
        return await explain(client, run)

    explained = with_client(caller, ask)
    output = Output(caller)
    if not output.text:
        output.write_all(map(reason_record, explained.reasons))
        return 0
    output.show(headline(explained.row))
    output.show(reasons_view(explained.reasons))
    if explained.aside:
        output.note(Text(explained.aside, style="yellow"))
    return 0


def reason_record(reason: Reason) -> dict[str, JsonValue]:
    """A reason as JSON."""
    return {
        "kind": reason.kind,
        "step": reason.step,
        "place": reason.place,
        "why": reason.why,
        "since": reason.since.isoformat() if reason.since else None,
        "due": reason.due.isoformat() if reason.due else None,
        "robot": reason.robot,
        "run": reason.run,
        "error": reason.error.model_dump(mode="json") if reason.error else None,
        "ahead": reason.ahead,
        "candidates": [each.model_dump() for each in reason.candidates],
        "lacking": [each.model_dump() for each in reason.lacking],
        "holders": list(map(_holder, reason.holders)),
        "doing": [each.model_dump() for each in reason.doing],
        "remedies": list(reason.remedies),
        "because": list(map(reason_record, reason.because)),
    }


def reasons_view(reasons: Sequence[Reason], *, now: datetime | None = None, brief: bool = False) -> RenderableType:
    """Reasons for people, one paragraph each, or one line."""
    moment = now or datetime.now(UTC)
    return Group(*(_paragraph(reason, moment, brief=brief) for reason in reasons))


def _paragraph(reason: Reason, now: datetime, *, brief: bool) -> RenderableType:
    place = (reason.place, "bold") if reason.place else ("the run", "bold")
    style = _STYLES.get(reason.kind, "yellow")
    first = Text.assemble(place, " waits for ", (reason.why, style), (_times(reason, now), "dim"))
    if brief:
        return first
    lines: list[RenderableType] = [first]
    lines += [Padding(line, (0, 0, 0, 2)) for line in _details(reason, now)]
    if reason.because:
        lines.append(Padding(reasons_view(reason.because, now=now), (0, 0, 0, 4)))
    return Group(*lines)


def _times(reason: Reason, now: datetime) -> str:
    parts = []
    if reason.since is not None:
        word = "ended" if reason.kind == "ended" else "for"
        length = duration(max(0.0, (now - reason.since).total_seconds()))
        parts.append(f"{word} {length}" + (" ago" if reason.kind == "ended" else ""))
    if reason.due is not None:
        word = "robot kept until" if reason.kind == "parked" else "until"
        left = duration(max(0.0, (reason.due - now).total_seconds()))
        parts.append(f"{word} {clock(reason.due, now=now)} (in {left})")
    return f", {', '.join(parts)}" if parts else ""


def clock(moment: datetime, *, now: datetime) -> str:
    """A moment by the clock on the wall, with its day where that is another."""
    local = moment.astimezone()
    same = local.date() == now.astimezone().date()
    return f"{local:%H:%M:%S}" if same else f"{local:%Y-%m-%d %H:%M:%S}"


def _details(reason: Reason, now: datetime) -> Iterator[Text]:
    if reason.ahead:
        yield Text(f"{reason.ahead} others come first")
    yield from _robots("could take it, but", reason.candidates)
    yield from _robots("cannot take it:", reason.lacking)
    for lease in reason.holders:
        yield _held(lease, next((step for step in reason.doing if step.run == lease.request.run), None), now)
    for remedy in reason.remedies:
        yield Text(f"→ {remedy}", style="dim")


def _robots(title: str, robots: Iterable[Candidate]) -> Iterator[Text]:
    for each in robots:
        yield Text.assemble((each.robot, "bold"), f" {title} {each.why}")


def _held(lease: Lease, doing: BusyStep | None, now: datetime) -> Text:
    what = ", ".join(f"{name}" for name in lease.request.limits) or "a session"
    where = f" on {lease.robot}" if lease.robot else ""
    since = duration(max(0.0, now.timestamp() - lease.since))
    at = f", taken at {lease.request.place}" if lease.request.place else ""
    if doing is not None:
        at = f", now at {doing.place} for {duration(max(0.0, now.timestamp() - doing.since))}"
    return Text.assemble((lease.request.run, "bold"), f" holds {what}{where} for {since}{at}")


def _holder(lease: Lease) -> dict[str, JsonValue]:
    return {
        "run": lease.request.run,
        "place": lease.request.place or None,
        "robot": lease.robot,
        "limits": dict(lease.request.limits),
        "since": datetime.fromtimestamp(lease.since, UTC).isoformat(),
    }
