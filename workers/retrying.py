"""Runs that go on where others were: their retries, and their forks."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from pydantic import JsonValue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from workers.folding import Folded, fold
from workers.records import RunRow, read_row
from workers.runs import Claim, launch, new_run_id
from workflows.errors import ConfigurationError
from workflows.events import Answered
from workflows.ids import RunId
from workflows.inputs import check_inputs
from workflows.moments import Occurrence, find, first_of, occurrences, seen_until, stopped_at
from workflows.places import AT_THE_END
from workflows.plan import Plan
from workflows.progress import RunProgress
from workflows.resuming import Doubt, Successor, doubt_of, repeated, resumed, undone
from workflows.saved import dump
from workflows.start import Origin, RunInput
from workflows.state import State
from workflows.transfer import transfer

START = "start"
FAILED = "failed"
"""Where a retry goes on if nothing else is said: at the step that failed or was cancelled."""


class CannotRetryError(ConfigurationError):
    """A run that no other can go on from, at least not there."""


@dataclass(frozen=True, slots=True)
class Document:
    """Another document for a run to go on with."""

    plan: Plan
    source: str
    version: int | None = None
    """Of a published one."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of a new run."""

    run: str
    """The run it goes on from."""
    at: str
    """A step, as `aether show --at` names it; `start` or `failed`."""
    kind: Literal["retry", "fork"]
    by: str
    document: Document | None = None
    inputs: Mapping[str, JsonValue] = field(default_factory=dict)
    """Inputs that change."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """A run that has begun where another one was."""

    run: RunId
    origin: RunRow
    """The other one."""
    place: str
    """Where."""
    revision: int
    """How many corrected documents the other one had been given."""
    doubts: tuple[str, ...]
    """Places where it waits for a person: these steps may have taken effect before."""
    repeats: tuple[str, ...]
    """Steps with a lasting effect that the other one has done and this one does again."""
    until: datetime | None
    """How long the other one can still be retried or forked; None while it is open."""


@dataclass(frozen=True, slots=True)
class _Point:
    """A moment of a run that another one can begin with."""

    place: str
    plan: Plan
    state: State
    since: int
    """How many things the run had been told."""
    progress: RunProgress
    doubt: Doubt | None = None


async def renew(client: Client, order: Order) -> Renewed:
    """Start a run that goes on where another one was.

    Raises:
        CannotRetryError: nothing can go on there.
        PatchRefusedError: the other document differs in what was done already.
        InvalidInputError: the document wants other inputs.
    """
    row, _ = await read_row(client, order.run)
    if order.kind == "retry" and row.ended is None:
        raise CannotRetryError(
            f"the run {row.run!r} has not ended; answer it with `aether fix` if it is parked, "
            "end it with `aether cancel`, or begin another one beside it with `aether fork`"
        )
    folded = await fold(client, order.run)
    point = _point(row, folded, order.at)
    repeats = repeated(occurrences(folded.told), since=point.since)
    if repeats and order.at == FAILED:
        raise CannotRetryError(
            f"{', '.join(repeats)} in another branch was done after {point.place!r} had failed, and would be done "
            f"again; if that is right, say so with `--from {point.place}`"
        )
    run = new_run_id(row.document, None)
    message, doubts = _message(folded, point, order, run)
    await launch(client, message, run=run, memo={"origin": row.run, "place": point.place})
    return Renewed(run, row, point.place, point.state.revision, doubts, repeats, await _until(client, row))


def _message(folded: Folded, point: _Point, order: Order, run: RunId) -> tuple[RunInput, tuple[str, ...]]:
    now = time.time()
    seed = point.state.seed if order.kind == "retry" else uuid4().hex
    successor = Successor(run, seed, now, folded.state.last_number)
    begun = resumed(point.plan, point.state, successor, doubt=point.doubt)
    plan, source, state, version = point.plan, folded.source, begun.state, folded.start.version
    if order.document is not None:
        plan, source, version = order.document.plan, order.document.source, order.document.version
        state = transfer(point.plan, plan, state, Answered(-1, "retry", order.by, inputs=dict(order.inputs)))
    state = replace(state, inputs={**state.inputs, **order.inputs})
    check_inputs(plan.inputs, state.inputs)
    fresh = {"status": "running", "started": now, "robot": None, "reason": None, "error": None, "waits": ()}
    message = RunInput(
        plan=plan,
        inputs=state.inputs,
        files=folded.start.files,
        source=source,
        version=version,
        by=order.by,
        resume=dump(state),
        origin=Origin(run=order.run, place=point.place),
        progress=point.progress.model_copy(update=fresh),
        **Claim.of(folded.start).fields(),
    )
    return message, begun.doubts


def _point(row: RunRow, folded: Folded, at: str) -> _Point:
    if at == START:
        return _beginning(row, folded)
    if any(undone(each.before) for each in folded.told):
        raise CannotRetryError(
            f"the run {row.run!r} has made undone what it did, so it can only be done again as a whole: `--from start`"
        )
    if at == FAILED:
        return _failure(row, folded)
    found = find(folded.told, at)
    if found is None:
        raise CannotRetryError(
            f"the run {row.run!r} has not done a step {at!r}; `aether show {row.run} --timeline` lists what it did"
        )
    return _before(folded, found)


def _beginning(row: RunRow, folded: Folded) -> _Point:
    first = first_of(folded.told)
    if first is None or not folded.whole:
        raise CannotRetryError(f"the beginning of the run {row.run!r} is not known any more; name a step with `--from`")
    return _before(folded, first)


def _before(folded: Folded, occurrence: Occurrence) -> _Point:
    progress = seen_until(folded.told, occurrence, left=False, before=folded.start.progress)
    return _Point(occurrence.place, occurrence.plan, occurrence.before, occurrence.began, progress)


def _failure(row: RunRow, folded: Folded) -> _Point:
    stopped = stopped_at(folded.told) if folded.state.finished else None
    if stopped is not None and stopped.left is not None:
        progress = seen_until(folded.told, stopped, left=True, before=folded.start.progress)
        return _Point(stopped.place, stopped.plan, stopped.left, stopped.over, progress, doubt_of(stopped))
    if folded.state.finished and row.status != "failed":
        raise CannotRetryError(
            f"the run {row.run!r} has {row.status}, no step of it failed; name the step to go on at with `--from`"
        )
    place = folded.progress.step or AT_THE_END if not folded.state.finished else AT_THE_END
    return _Point(place, folded.plan, folded.state, len(folded.told), folded.progress)


async def _until(client: Client, row: RunRow) -> datetime | None:
    if row.ended is None:
        return None
    answer = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    kept: timedelta = answer.config.workflow_execution_retention_ttl.ToTimedelta()
    return row.ended + kept
