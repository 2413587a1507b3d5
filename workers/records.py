"""Runs as Temporal remembers them and as they answer for themselves."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import JsonValue
from temporalio.client import (
    Client,
    RPCError,
    WorkflowExecution,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)
from temporalio.exceptions import ApplicationError, CancelledError, FailureError, TerminatedError, TimeoutError  # noqa: A004
from temporalio.service import RPCStatusCode

from workers.folding import CannotFoldError, fold
from workers.runs import KEY, STATUS, STEP, Claim
from workflows.call import ErrorValue, Files
from workflows.errors import ConfigurationError
from workflows.ids import RunId
from workflows.progress import PROGRESS_QUERY, RunProgress, RunStatus
from workflows.start import Origin, RunInput, RunResult

_QUERY_PATIENCE = timedelta(seconds=2)

_ENDED: dict[WorkflowExecutionStatus, RunStatus] = {
    WorkflowExecutionStatus.COMPLETED: "completed",
    WorkflowExecutionStatus.FAILED: "failed",
    WorkflowExecutionStatus.CANCELED: "cancelled",
    WorkflowExecutionStatus.TERMINATED: "terminated",
    WorkflowExecutionStatus.TIMED_OUT: "failed",
}
_OPEN: dict[str, RunStatus] = {"Waiting": "waiting", "Parked": "parked", "Paused": "paused"}


class NoSuchRunError(ConfigurationError):
    """No run has the given id."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run among others."""

    run: RunId
    document: str
    status: RunStatus
    step: str | None
    key: str | None
    started: datetime
    ended: datetime | None
    execution: str
    """Temporal's own id of the execution."""


@dataclass(frozen=True, slots=True)
class RunView:
    """All that can be known of a run."""

    row: RunRow
    progress: RunProgress | None
    """None when neither an orchestrator nor the history tells it."""
    inputs: Mapping[str, JsonValue]
    outputs: Mapping[str, JsonValue] | None
    error: ErrorValue | None
    files: Files
    version: int | None = None
    """Of the published document it was started with."""
    origin: Origin | None = None
    """The run that this one goes on from."""
    claim: Claim | None = None
    """Whose robots it gets, and how soon."""
    aside: str | None = None
    """What people should know of where the progress comes from."""


async def read_row(client: Client, run: str) -> tuple[RunRow, WorkflowExecutionDescription]:
    """Look a run up in Temporal.

    Raises:
        NoSuchRunError: there is none.
    """
    try:
        description = await client.get_workflow_handle(run).describe()
    except RPCError as error:
        if error.status not in {RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT}:
            raise
        if "namespace" in error.message.lower():
            raise
        raise NoSuchRunError(f"there is no run {run!r} in namespace {client.namespace!r}; see `aether list`") from error
    return row_of(description), description


async def read_run(client: Client, run: str) -> RunView:
    """Look at a run: by asking it, else by what Temporal knows.

    Raises:
        NoSuchRunError: there is none.
    """
    row, description = await read_row(client, run)
    handle = client.get_workflow_handle(run, result_type=RunResult)
    progress, aside = await _progress(client, handle)
    if progress is not None and row.ended is None and progress.status in _ENDED.values():
        row, description = await read_row(client, run)  # it has come to its end between the two questions
    if progress is not None and row.ended is None:
        status = "running" if progress.status in _ENDED.values() else progress.status
        row = replace(row, status=status, step=progress.step)
    result, error_value = await _ending(handle, description)
    start = await start_of(client, description)
    return RunView(
        row=row,
        progress=progress,
        aside=aside,
        origin=start.origin if start else None,
        claim=Claim.of(start) if start else None,
        version=start.version if start else None,
        inputs=start.inputs if start else {},
        outputs=result.outputs if result else None,
        error=error_value or (progress.error if progress else None),
        files=result.files if result else {},
    )


async def progress_of(handle: WorkflowHandle[Any, Any], *, patience: timedelta = _QUERY_PATIENCE) -> RunProgress | None:
    """Ask a run how far it is; None when nobody answers for it."""
    try:
        answer: RunProgress = await handle.query(PROGRESS_QUERY, result_type=RunProgress, rpc_timeout=patience)
    except (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError):
        return None
    return answer


async def _progress(client: Client, handle: WorkflowHandle[Any, Any]) -> tuple[RunProgress | None, str | None]:
    """Ask a run how far it is, else fold its history."""
    progress = await progress_of(handle)
    if progress is not None:
        return progress, None
    try:
        folded = await fold(client, handle.id)
    except CannotFoldError as error:
        return None, f"no orchestrator answers, and this build cannot tell: {error.message}"
    return folded.progress, "no orchestrator answers; this is what the run's history tells"


async def outcome(handle: WorkflowHandle[Any, RunResult]) -> RunResult | ErrorValue:
    """Wait for a run's end, over all its continuations."""
    try:
        return await handle.result()
    except WorkflowFailureError as error:
        return error_of(error)


def error_of(error: WorkflowFailureError) -> ErrorValue:
    """Why a run ended without a result."""
    match error.cause:
        case ApplicationError(details=(dict() as details, *_)):
            with contextlib.suppress(ValueError):
                return ErrorValue.model_validate(details)
            return _unexpected(error.cause)
        case CancelledError():
            return ErrorValue(type="Cancelled", kind="cancelled", message="the run was cancelled")
        case TerminatedError() as cause:
            reason = f": {cause.message}" if cause.message else ""
            return ErrorValue(type="Terminated", kind="cancelled", message=f"the run was terminated{reason}")
        case TimeoutError():
            return ErrorValue(type="TimedOut", kind="robot", message="the run took longer than it may")
        case cause:
            return _unexpected(cause)


def row_of(execution: WorkflowExecution) -> RunRow:
    """What Temporal's visibility says of a run."""
    attributes = execution.typed_search_attributes
    status = _ENDED.get(execution.status) if execution.status is not None else None
    return RunRow(
        run=RunId(execution.id),
        document=execution.workflow_type,
        status=status or _OPEN.get(attributes.get(STATUS) or "", "running"),
        step=attributes.get(STEP),
        key=attributes.get(KEY),
        started=execution.start_time,
        ended=execution.close_time,
        execution=execution.run_id,
    )


async def find_runs(client: Client, query: str, *, limit: int | None = None) -> AsyncIterator[RunRow]:
    """Find runs by a query in Temporal's list language, latest first."""
    async for execution in client.list_workflows(query, limit=limit):
        yield row_of(execution)


async def _ending(
    handle: WorkflowHandle[Any, RunResult], description: WorkflowExecutionDescription
) -> tuple[RunResult | None, ErrorValue | None]:
    if description.status is None or description.status not in _ENDED:
        return None, None
    match await outcome(handle):
        case ErrorValue() as error:
            return None, error
        case result:
            return result, None


async def start_of(client: Client, description: WorkflowExecutionDescription) -> RunInput | None:
    """What a run was started with, read from its first event; None when that is not known any more."""
    first = description.raw_description.workflow_execution_info.first_run_id or description.run_id
    handle = client.get_workflow_handle(description.id, run_id=first)
    try:
        async for event in handle.fetch_history_events(page_size=1):
            payloads = event.workflow_execution_started_event_attributes.input.payloads
            values = await client.data_converter.decode(payloads, [RunInput])
            return values[0] if values else None
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    return None


def _unexpected(cause: BaseException) -> ErrorValue:
    kind = getattr(cause, "type", None) or type(cause).__name__
    message = cause.message if isinstance(cause, FailureError) else str(cause)
    return ErrorValue(type=str(kind), kind="configuration", message=message)
