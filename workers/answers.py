"""Telling runs what people decide."""

from __future__ import annotations

import getpass
import socket
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import ValidationError
from temporalio.client import (
    Client,
    RPCError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCStatusCode

from workers.records import progress_of, read_row
from workflows.answers import (
    DECIDE_UPDATE,
    EVENT_SIGNAL,
    FIX_QUERY,
    FIX_UPDATE,
    PAUSE_UPDATE,
    RESUME_UPDATE,
    DecideRequest,
    EventMessage,
    FixAnswer,
    FixRequest,
    PersonRequest,
)
from workflows.call import ErrorValue
from workflows.errors import AnswerRefusedError, ConfigurationError
from workflows.ids import RunId
from workflows.progress import RunProgress, Waiting, WaitKind

_PATIENCE = timedelta(seconds=30)
_DEEPEST = 20
"""How many called runs are looked into, one inside of the other."""


class NobodyAnswersError(ConfigurationError):
    """No orchestrator takes up what a run is told."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a run, or one that it called, waits for."""

    run: RunId
    progress: RunProgress
    waiting: Waiting


def me() -> str:
    """The person at this terminal, as records name them."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


async def find_waiting(client: Client, run: str, kind: WaitKind, *, place: str | None) -> Found:
    """Find what a person is to answer, in the run or in those it has called.

    Raises:
        AnswerRefusedError: there is nothing, or several things and no place given.
    """
    found = await _all_waiting(client, RunId(run), kind, _DEEPEST)
    if place is not None:
        found = [each for each in found if place in (each.waiting.place, each.waiting.step)]
    match found:
        case [only]:
            return only
        case []:
            where = f" at {place!r}" if place is not None else ""
            state = {"parked": "is not parked", "person": "asks nobody"}.get(kind, f"waits for no {kind}")
            raise AnswerRefusedError(f"the run {run!r} {state}{where}; `aether show` says how it stands")
        case _:
            places = ", ".join(repr(each.waiting.place) for each in found)
            raise AnswerRefusedError(f"the run {run!r} waits at several places: {places}; choose one with --step")


async def fix_run(client: Client, run: RunId, request: FixRequest) -> FixAnswer:
    """Say how a parked step goes on.

    Raises:
        AnswerRefusedError: the run refuses; nothing has changed.
    """
    answer: FixAnswer = await _update(client, run, FIX_UPDATE, request, FixAnswer)
    return answer


async def would_fix(client: Client, run: RunId, request: FixRequest) -> str | None:
    """Why a run would refuse a fix; None when it would not."""
    try:
        problem: str | None = await client.get_workflow_handle(run).query(
            FIX_QUERY, request, result_type=str, rpc_timeout=_PATIENCE
        )
    except (RPCError, WorkflowQueryFailedError) as error:
        raise NobodyAnswersError(_unanswered(run, error.message)) from error
    return problem


async def decide(client: Client, run: RunId, request: DecideRequest) -> None:
    """Answer an `approve` step.

    Raises:
        AnswerRefusedError: the run refuses; nothing has changed.
    """
    await _update(client, run, DECIDE_UPDATE, request, None)


async def pause(client: Client, run: RunId, request: PersonRequest) -> None:
    """Have a run begin no further step."""
    await _update(client, run, PAUSE_UPDATE, request, None)


async def resume(client: Client, run: RunId, request: PersonRequest) -> None:
    """Have a paused run go on."""
    await _update(client, run, RESUME_UPDATE, request, None)


async def send_event(client: Client, run: str, message: EventMessage) -> None:
    """Tell a run that something happened."""
    row, _ = await read_row(client, run)
    if row.ended is not None:
        raise AnswerRefusedError(f"the run {run!r} has ended: {row.status}")
    await client.get_workflow_handle(row.run).signal(EVENT_SIGNAL, message)


async def _update(client: Client, run: RunId, name: str, request: object, result: type | None) -> Any:  # noqa: ANN401
    handle: WorkflowHandle[Any, Any] = client.get_workflow_handle(run)
    try:
        return await handle.execute_update(name, request, result_type=result, rpc_timeout=_PATIENCE)
    except WorkflowUpdateFailedError as error:
        raise _refusal(error) from error
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise NobodyAnswersError(_unanswered(run, "no answer in time")) from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise AnswerRefusedError(f"the run {run!r} has ended, or there is none") from error
        raise


def _unanswered(run: str, why: str) -> str:
    return f"nobody answers for the run {run!r} ({why}); is an orchestrator at work? `aether doctor` says"


def _refusal(error: WorkflowUpdateFailedError) -> AnswerRefusedError:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.details:
        try:
            return AnswerRefusedError(ErrorValue.model_validate(cause.details[0]).message)
        except ValidationError:
            pass
    return AnswerRefusedError(str(cause))


async def _all_waiting(client: Client, run: RunId, kind: WaitKind, depth: int) -> list[Found]:
    row, _ = await read_row(client, run)
    if row.ended is not None:
        return []
    progress = await progress_of(client.get_workflow_handle(run))
    if progress is None:
        raise NobodyAnswersError(_unanswered(run, "it tells nothing of itself"))
    found = [Found(run, progress, waiting) for waiting in progress.waits if waiting.kind == kind]
    for waiting in progress.waits:
        if waiting.child is not None and depth > 0:
            found += await _all_waiting(client, RunId(waiting.child), kind, depth - 1)
    return found
