"""The activities that fix the runs of an incident: find them, answer for each, watch some."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from temporalio import activity
from temporalio.client import (
    Client,
    RPCError,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCStatusCode

from workers.incidents import parked_runs
from workers.records import progress_of
from workflows.answers import FIX_UPDATE, FixAnswer, FixRequest
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.incidents import (
    FIX_RUN_ACTIVITY,
    LIST_ACTIVITY,
    WATCH_RUN_ACTIVITY,
    Cause,
    Fixed,
    FixOrder,
    FixState,
    Judgement,
    Verdict,
    fixed_with,
    parked_for,
    verdict_on,
)
from workflows.progress import RunProgress, Waiting

_LOOK = timedelta(seconds=5)
_ANSWER = timedelta(seconds=10)
_PAUSE = timedelta(milliseconds=500)
_MOST_ORDERS = 8

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Fixer:
    """Fixes runs as the workflow that calls it was ordered."""

    client: Client
    queue: str = ORCHESTRATOR_QUEUE
    _orders: dict[str, FixOrder] = field(default_factory=dict)
    """By the execution they were given to: plans are large, and histories must not hold one for each run."""

    @activity.defn(name=LIST_ACTIVITY)
    async def list_parked(self, cause: Cause) -> list[str]:
        """Find the runs of an incident."""
        return await parked_runs(self.client, cause, queue=self.queue)

    @activity.defn(name=FIX_RUN_ACTIVITY)
    async def fix_run(self, run: str) -> Fixed:
        """Answer for every branch of a run that waits for it, unless that has been done."""
        order, mark = await self._order(), _mark()
        handle = self.client.get_workflow_handle(run)
        progress = await _look(handle)
        if progress is None:
            return Fixed(outcome="gone")
        answered = {decision.place for decision in fixed_with(progress, mark)}
        fixed = Fixed(outcome="fixed" if answered else "gone")
        for waiting in parked_for(progress, order.cause):
            if waiting.place in answered:
                continue
            request = _request(order, mark, progress, waiting, first=fixed.outcome == "gone")
            fixed = await _answered(handle, order.cause, request)
            if fixed.outcome != "fixed":
                break
        log.info("run.fixed", fixed_run=run, outcome=fixed.outcome, reason=fixed.reason)
        return fixed

    @activity.defn(name=WATCH_RUN_ACTIVITY)
    async def watch_run(self, run: str) -> Judgement:
        """Wait until a run shows whether its fix is right."""
        order, mark = await self._order(), _mark()
        handle = self.client.get_workflow_handle(run)
        deadline = activity.info().scheduled_time + order.patience
        while datetime.now(UTC) < deadline:
            activity.heartbeat()
            verdict = await _verdict(handle, order.cause, mark)
            if verdict is not None:
                return Judgement(verdict=verdict)
            await asyncio.sleep(_PAUSE.total_seconds())
        return Judgement(verdict="late")

    async def _order(self) -> FixOrder:
        execution = activity.info().workflow_run_id or ""
        if execution not in self._orders:
            while len(self._orders) >= _MOST_ORDERS:
                del self._orders[next(iter(self._orders))]
            self._orders[execution] = await self._read_order()
        return self._orders[execution]

    async def _read_order(self) -> FixOrder:
        info = activity.info()
        handle = self.client.get_workflow_handle(info.workflow_id or "", run_id=info.workflow_run_id)
        async for event in handle.fetch_history_events(page_size=1):
            payloads = event.workflow_execution_started_event_attributes.input.payloads
            (state,) = await self.client.data_converter.decode(payloads, [FixState])
            order: FixOrder = state.order
            return order
        raise ApplicationError("the workflow that fixes the incident has no history", non_retryable=True)


def _mark() -> str:
    """What shows in the decisions of a run that this fix has made one of them."""
    return f"incident fix {(activity.info().workflow_run_id or '')[-12:]}"


def _request(order: FixOrder, mark: str, progress: RunProgress, waiting: Waiting, *, first: bool) -> FixRequest:
    """An answer for one branch of a run; the first one brings the corrected document."""
    note = f"{order.request.note} ({mark})" if order.request.note else mark
    update = {"number": waiting.number, "revision": progress.revision, "note": note}
    return order.request.model_copy(update=update if first else {**update, "plan": None, "source": ""})


async def _answered(handle: WorkflowHandle[object, object], cause: Cause, request: FixRequest) -> Fixed:
    fixed = await _answer(handle, request)
    if fixed.outcome == "refused":
        after = await _look(handle)
        waiting = {each.number for each in parked_for(after, cause)} if after else set()
        return fixed if request.number in waiting else Fixed(outcome="gone")
    return fixed


async def _answer(handle: WorkflowHandle[object, object], request: FixRequest) -> Fixed:
    try:
        await handle.execute_update(FIX_UPDATE, request, result_type=FixAnswer, rpc_timeout=_ANSWER)
    except WorkflowUpdateFailedError as error:
        reason = error.cause.message if isinstance(error.cause, ApplicationError) else str(error.cause)
        return Fixed(outcome="refused", reason=reason)
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        raise ApplicationError("no orchestrator answers for the run") from None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return Fixed(outcome="gone")
        raise
    return Fixed(outcome="fixed")


async def _look(handle: WorkflowHandle[object, object]) -> RunProgress | None:
    """Ask a run how far it is or was; None where it is not there, or has ended and cannot be asked any more."""
    status = await _status(handle)
    progress = await progress_of(handle, patience=_LOOK) if status is not None else None
    if progress is None and status is WorkflowExecutionStatus.RUNNING:
        raise ApplicationError("no orchestrator answers for the run")
    return progress


async def _verdict(handle: WorkflowHandle[object, object], cause: Cause, mark: str) -> Verdict | None:
    match await _status(handle):
        case WorkflowExecutionStatus.COMPLETED:
            return "passed"
        case WorkflowExecutionStatus.TERMINATED | None:
            return "ended"
    progress = await progress_of(handle, patience=_LOOK)
    return verdict_on(progress, cause, mark) if progress else None


async def _status(handle: WorkflowHandle[object, object]) -> WorkflowExecutionStatus | None:
    """What Temporal says of a run; None where it does not know it any more."""
    try:
        return (await handle.describe()).status
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
