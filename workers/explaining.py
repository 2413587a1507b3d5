"""Why a run waits: asked of the run, the server and the pool of its environment, whoever of them answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.client import Client, RPCError, WorkflowExecutionDescription, WorkflowQueryFailedError
from temporalio.service import RPCStatusCode

from workers.folding import CannotFoldError, fold
from workers.pooling import explanation
from workers.reason import MISSING, Facts, Reason
from workers.reasons import ended, reasons_of
from workers.records import RunRow, RunView, progress_of, read_row, read_run, start_of
from workers.underway import Underway, look
from workflows.fleet import PRESENCE_ACTIVITY, Busy, Explanation
from workflows.ids import DEFAULT_ENVIRONMENT, RobotId, RunId, robot_workflow
from workflows.progress import RunProgress, Waiting

_PATIENCE = timedelta(seconds=2)
_AT_A_TIME = 8
_DEEPEST = 8
"""How far down runs that wait for runs are followed."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A run, and why it waits."""

    row: RunRow
    reasons: tuple[Reason, ...]
    aside: str | None = None
    """What people should know of where this comes from."""


async def explain(client: Client, run: str, *, seen: RunView | None = None, depth: int = 0) -> Explained:
    """Find out why a run waits; what was seen of it a moment ago is not asked for again.

    Raises:
        NoSuchRunError: there is none.
    """
    row, description = await read_row(client, run)
    if row.ended is not None:
        view = seen or await read_run(client, run)
        return Explained(row, (ended(row.status, row.ended, view.error, row.run),))
    underway = await look(client, description)
    progress, aside = (seen.progress, seen.aside) if seen else await _progress(client, run, underway)
    waits = progress.waits if progress else ()
    environment, children = await asyncio.gather(
        _environment(client, description, waits), _children(client, waits, depth)
    )
    requests = [request for waiting in waits if (request := waiting.request)]
    told = await asyncio.gather(*(_granting(client, environment, request) for request in requests))
    held = {lease.robot for each in told if isinstance(each, Explanation) for lease in each.holders if lease.robot}
    busy = await asyncio.gather(*(_busy(client, robot) for robot in held))
    facts = Facts(
        run=row.run,
        now=datetime.now(UTC),
        environment=environment,
        progress=progress,
        underway=underway,
        answered=aside is None or underway.stopped is not None,
        granting=dict(zip(requests, told, strict=True)),
        busy={robot: each for robot, each in zip(held, busy, strict=True) if each},
        children=children,
    )
    return Explained(row, reasons_of(facts), aside)


async def missing(client: Client, run: str) -> str | None:
    """Say what is missing for a run to go on by itself, if something is."""
    found = next((reason for reason in (await explain(client, run)).reasons if reason.kind in MISSING), None)
    if found is None:
        return None
    return f"{found.place}: {found.why}" if found.place else found.why


async def briefly(client: Client, rows: Sequence[RunRow]) -> dict[RunId, str]:
    """Say in a few words what runs wait for, as far as they answer in time."""
    waiting = [row.run for row in rows if row.ended is None and row.status != "running"]
    turns = asyncio.Semaphore(_AT_A_TIME)
    said: dict[RunId, str] = {}

    async def ask(run: RunId) -> None:
        async with turns:
            progress = await progress_of(client.get_workflow_handle(run), patience=_PATIENCE)
        if progress is not None and progress.waits:
            said[run] = _brief(progress.waits)

    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            await asyncio.gather(*map(ask, waiting))
    return said


def _brief(waits: Sequence[Waiting]) -> str:
    first, *others = sorted(waits, key=lambda waiting: waiting.kind != "parked")
    more = f" (and {len(others)} more)" if others else ""
    what = first.error.message if first.error else first.what.removeprefix("waits for ")
    return f"{what}{more}"


async def _progress(client: Client, run: str, underway: Underway) -> tuple[RunProgress | None, str | None]:
    """Ask the run, if there is somebody who answers for it; else fold its history."""
    if underway.interpreters and underway.trouble is None:
        progress = await progress_of(client.get_workflow_handle(run), patience=_PATIENCE)
        if progress is not None:
            return progress, None
    if not underway.begun:
        return None, None
    try:
        folded = await fold(client, run)
    except CannotFoldError as error:
        return None, f"no orchestrator answers for it, and this build cannot tell what it does: {error.message}"
    who = "no orchestrator answers for it" if underway.stopped is None else "it is paused, and answers nobody"
    return folded.progress, f"{who}; this is what its history tells"


async def _environment(client: Client, description: WorkflowExecutionDescription, waits: tuple[Waiting, ...]) -> str:
    """Whose robots it gets; it matters only where it waits for one."""
    if not any(waiting.kind == "robot" for waiting in waits):
        return DEFAULT_ENVIRONMENT
    start = await start_of(client, description)
    return start.environment if start else DEFAULT_ENVIRONMENT


async def _children(client: Client, waits: tuple[Waiting, ...], depth: int) -> dict[str, tuple[Reason, ...]]:
    """What the runs that are waited for wait for."""
    names = [waiting.child for waiting in waits if waiting.child] if depth < _DEEPEST else []
    found = await asyncio.gather(*(explain(client, name, depth=depth + 1) for name in names), return_exceptions=True)
    return {name: below.reasons for name, below in zip(names, found, strict=True) if isinstance(below, Explained)}


async def _busy(client: Client, robot: str) -> Busy | None:
    """What a robot does now, as its presence tells; None where nothing is told."""
    try:
        found = await client.get_workflow_handle(robot_workflow(RobotId(robot))).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None
    for activity in found.raw_description.pending_activities:
        if activity.activity_type.name == PRESENCE_ACTIVITY and activity.heartbeat_details.payloads:
            details: list[Busy] = await client.data_converter.decode(activity.heartbeat_details.payloads, [Busy])
            return details[0]
    return None


async def _granting(client: Client, environment: str, request: str) -> Explanation | str | None:
    """Ask a pool why a request waits."""
    try:
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            return await explanation(client, environment, request)
    except TimeoutError:
        return f"nobody answers for the pool of the environment {environment!r}"
    except WorkflowQueryFailedError:
        return f"the pool of the environment {environment!r} cannot tell"
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return f"the environment {environment!r} has no pool: no robot has ever come to it"
        return f"nobody answers for the pool of the environment {environment!r}"
