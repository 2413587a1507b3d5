"""The activity that finds runs ended past Aether, tells people and callers, and ends what those runs had started."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

import structlog
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, RPCError, WorkflowExecution, WorkflowHistoryEventFilterType
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCStatusCode

from workers.filters import quoted
from workers.notifying import Messenger
from workers.runs import STEP
from workflows.answers import CHILD_SIGNAL, ChildReport
from workflows.call import ErrorValue, Message
from workflows.fleet import ENDED_SIGNAL, RunEnded
from workflows.ids import DEFAULT_ENVIRONMENT, ORCHESTRATOR_QUEUE, PLATFORM_QUEUE, pool_workflow
from workflows.notice import Notice
from workflows.start import Caller
from workflows.sweeper import DELIBERATE, SWEEP_ACTIVITY, SWEEPER_ID, Sweep, Sweeper, SweeperState

_OVERLAP = timedelta(minutes=10)
"""Temporal's lists may be so late."""
_RESETTER = "history-resetter"
"""As whom Temporal's server ends the execution that is reset."""

How: TypeAlias = Literal["Terminated", "Reset", "TimedOut"]

log = structlog.get_logger()


class _Input(Message):
    """Of what a run was started with: who waits for its end, and whose robots did its steps."""

    caller: Caller | None = None
    environment: str = DEFAULT_ENVIRONMENT


@dataclass(frozen=True, slots=True)
class _Beginning:
    """How an execution began."""

    given: _Input
    first_run_id: str
    """Of the run's first execution."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How an execution was ended."""

    how: How
    by: str = ""
    reason: str = ""
    deliberate: bool = False

    @property
    def words(self) -> str:
        """What happened, for people."""
        why = f": {self.reason}" if self.reason else ""
        match self.how:
            case "Terminated":
                return f"{self.by or 'somebody'} terminated it{why}; none of its 'finally' steps ran"
            case "Reset":
                return f"it was reset{why}; a new execution repeats steps that may have had effects"
            case "TimedOut":
                return "its time limit in Temporal was over; none of its 'finally' steps ran"


@dataclass(frozen=True, slots=True)
class Broom:
    """Sweeps the runs of one queue."""

    client: Client
    messenger: Messenger
    queue: str = ORCHESTRATOR_QUEUE

    @activity.defn(name=SWEEP_ACTIVITY)
    async def sweep(self, sweep: Sweep) -> Sweep:
        """Report what has ended since the last look, and end what it left behind."""
        began = datetime.now(UTC)
        since = sweep.since or began
        found = [execution async for execution in self._ended(since)]
        for execution in found:
            if execution.run_id not in sweep.known:
                with _unless_gone():
                    await self._tidy(execution)
        after = max(since, began - _OVERLAP)
        known = tuple(each.run_id for each in found if each.close_time and each.close_time >= after)
        return Sweep(since=after, known=known)

    def _ended(self, since: datetime) -> AsyncIterator[WorkflowExecution]:
        return self.client.list_workflows(
            f"TaskQueue = {quoted(self.queue)} AND ExecutionStatus IN ('Terminated', 'TimedOut') "
            f"AND CloseTime >= {quoted(since.isoformat())}"
        )

    async def _tidy(self, execution: WorkflowExecution) -> None:
        ending = await self._ending(execution)
        log.warning("run.ended_behind", run=execution.id, run_id=execution.run_id, how=ending.how, by=ending.by)
        if ending.how != "Reset":
            beginning = await self._beginning(execution)
            await self._end_called(execution.id)
            await self._tell_caller(beginning, ending)
            await self._free(execution.id, beginning)
        if not ending.deliberate:
            await self.messenger.tell(_notice(execution, ending), identity=f"{execution.run_id}/ended")

    async def _ending(self, execution: WorkflowExecution) -> Ending:
        handle = self.client.get_workflow_handle(execution.id, run_id=execution.run_id)
        events = handle.fetch_history_events(event_filter_type=WorkflowHistoryEventFilterType.CLOSE_EVENT)
        async for event in events:
            return await self._read(event)
        return Ending("Terminated")

    async def _read(self, event: HistoryEvent) -> Ending:
        if event.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
            return Ending("TimedOut")
        facts = event.workflow_execution_terminated_event_attributes
        if facts.identity == _RESETTER:
            return Ending("Reset", reason=facts.reason)
        details: Sequence[object] = await self.client.data_converter.decode(facts.details.payloads)
        return Ending("Terminated", facts.identity, facts.reason, deliberate=DELIBERATE in details)

    async def _end_called(self, run: str) -> None:
        """Cancel the runs that this one waited for; detached ones go on."""
        query = f"ParentWorkflowId = {quoted(run)} AND ExecutionStatus = 'Running'"
        async for child in self.client.list_workflows(query):
            if (await self._beginning(child)).given.caller is not None:
                with _unless_gone():
                    await self.client.get_workflow_handle(child.id).cancel()

    async def _tell_caller(self, beginning: _Beginning, ending: Ending) -> None:
        """Tell the run that waits for this one: Temporal does not, when that run has continued as new since."""
        caller = beginning.given.caller
        if caller is not None:
            message = f"the called run ended: {ending.words}"
            error = ErrorValue(type="CallFailedError", kind="robot", message=message, acted=None)
            report = ChildReport(number=caller.number, error=error)
            with _unless_gone():
                await self.client.get_workflow_handle(caller.run).signal(CHILD_SIGNAL, report)

    async def _free(self, run: str, beginning: _Beginning) -> None:
        """Tell the pool that the run holds nothing any more."""
        pool = self.client.get_workflow_handle(pool_workflow(beginning.given.environment))
        with _unless_gone():
            await pool.signal(ENDED_SIGNAL, RunEnded(run=run, first_run_id=beginning.first_run_id))

    async def _beginning(self, execution: WorkflowExecution) -> _Beginning:
        handle = self.client.get_workflow_handle(execution.id, run_id=execution.run_id)
        event = await anext(handle.fetch_history_events(page_size=1))
        facts = event.workflow_execution_started_event_attributes
        given: list[_Input] = await self.client.data_converter.decode(facts.input.payloads, [_Input])
        return _Beginning(given[0] if given else _Input(), facts.first_execution_run_id)


async def start_sweeper(client: Client, *, queue: str = PLATFORM_QUEUE) -> None:
    """See that the sweeper is there."""
    await client.start_workflow(
        Sweeper.run,
        SweeperState(),
        id=SWEEPER_ID,
        task_queue=queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary="looks for runs that were ended past Aether",
    )


@contextmanager
def _unless_gone() -> Iterator[None]:
    """Go on where an execution has ended, or its history has been deleted, in the meantime."""
    try:
        yield
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


def _notice(execution: WorkflowExecution, ending: Ending) -> Notice:
    return Notice(
        kind="ended_behind",
        run=execution.id,
        document=execution.workflow_type,
        at=execution.close_time or datetime.now(UTC),
        step=execution.typed_search_attributes.get(STEP),
        error=ending.how,
        message=ending.words,
    )
