"""What a run has under way, as the server knows it: calls robots have or should take, and its own next task."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState, TaskQueueType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    GetWorkflowExecutionHistoryReverseRequest,
)
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.common import SearchAttributeKey
from temporalio.converter import DataConverter
from temporalio.exceptions import TemporalError

from workers.pollers import pollers
from workers.runs import STATUS
from workflows.answers import PAUSE_UPDATE, PersonRequest
from workflows.call import Message, SessionRequest, StepCall
from workflows.ids import SESSION_ACTIVITY, RobotId, robot_queue

M = TypeVar("M", bound=Message)

PROBLEMS = SearchAttributeKey.for_keyword_list("TemporalReportedProblems")
"""Set by the server while the tasks of a run fail."""

ROBOT_QUEUES = robot_queue(RobotId(""))
"""What the queues of all robots begin with."""

_PAGE = 200
_MOST_PAGES = 25
_PLACE = re.compile(r"(\S+?)(?: \(attempt \d+\))?(?::|$)")

WorkState = Literal["waiting", "begun", "stopping", "paused"]
"""Of a call: nobody has taken it; a robot does it, or is asked to stop; an operator holds it back."""

_STATES: dict[int, WorkState] = {
    PendingActivityState.PENDING_ACTIVITY_STATE_STARTED: "begun",
    PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED: "stopping",
    PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED: "paused",
    PendingActivityState.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED: "paused",
}


@dataclass(frozen=True, slots=True)
class Work:
    """One call: an attempt of a step, or a session that is held or opened."""

    id: str
    node: str
    """The type of the activity."""
    state: WorkState
    queue: str
    since: datetime
    """Since when it is under way, or waits to be taken."""
    heard: datetime | None = None
    """When its robot last gave a sign of life in it."""
    patience: timedelta | None = None
    """How long its robot may be silent."""
    worker: str | None = None
    """Who does it."""
    by: str = ""
    """Who holds it back, and why."""
    place: str | None = None
    """The step with the rounds it is in; None for sessions, and where the history does not tell."""
    session: str | None = None
    """The session that is held, opened or used."""

    @property
    def robot(self) -> str | None:
        """Who does it: the robot whose queue it is on, else who has taken it."""
        return self.queue.removeprefix(ROBOT_QUEUES) if self.queue.startswith(ROBOT_QUEUES) else self.worker


@dataclass(frozen=True, slots=True)
class Trouble:
    """The run's own task, which tells what comes next, fails again and again."""

    attempt: int
    message: str | None
    """What went wrong, as far as the history tells."""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Somebody has paused the run."""

    by: str = ""
    note: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A queue: who takes work from it, and how much waits."""

    name: str
    takers: tuple[str, ...]
    backlog: int = 0


@dataclass(frozen=True, slots=True)
class Underway:
    """All that the server knows of what a run does now."""

    works: tuple[Work, ...] = ()
    lines: dict[str, Line] = field(default_factory=dict)
    """The queues of calls that nobody has taken."""
    interpreters: tuple[str, ...] = ()
    """Who could say what comes next."""
    task_since: datetime | None = None
    """Since when the run's own next task waits for somebody who takes it."""
    begun: bool = True
    """Whether anybody has ever said what comes next."""
    trouble: Trouble | None = None
    pause: Hold | None = None
    """By a person at Aether's command line."""
    stopped: Hold | None = None
    """By an operator with Temporal's own tools."""


async def look(client: Client, description: WorkflowExecutionDescription) -> Underway:
    """See what a run does now."""
    raw = description.raw_description
    works = [_work(each) for each in raw.pending_activities]
    lines = {work.queue for work in works if work.state == "waiting" and work.queue}
    past, interpreters, found = await asyncio.gather(
        _past(client, description, {work.id for work in works}),
        pollers(client, description.task_queue, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW),
        asyncio.gather(*(_line(client, name) for name in sorted(lines))),
    )
    task = raw.pending_workflow_task
    stopped = raw.workflow_extended_info.pause_info
    return Underway(
        works=tuple(past.known(work) for work in works),
        lines={line.name: line for line in found},
        interpreters=tuple(interpreters),
        task_since=_moment(task.original_scheduled_time) if raw.HasField("pending_workflow_task") else None,
        begun=past.begun,
        trouble=_trouble(description, past),
        pause=past.pause,
        stopped=Hold(stopped.identity, stopped.reason, _moment(stopped.paused_time)) if stopped.identity else None,
    )


def _work(pending: PendingActivityInfo) -> Work:
    state = _STATES.get(pending.state, "waiting")
    began = pending.last_started_time if state != "waiting" else pending.scheduled_time
    manual = pending.pause_info.manual
    return Work(
        id=pending.activity_id,
        node=pending.activity_type.name,
        state=state,
        queue=pending.activity_options.task_queue.name,
        since=_moment(began) or datetime.now(UTC),
        heard=_moment(pending.last_heartbeat_time) or _moment(began),
        patience=pending.activity_options.heartbeat_timeout.ToTimedelta() or None,
        worker=pending.last_worker_identity or None,
        by=" ".join(filter(None, (manual.identity, f"({manual.reason})" if manual.reason else ""))),
    )


def _trouble(description: WorkflowExecutionDescription, past: _Past) -> Trouble | None:
    attempt = description.raw_description.pending_workflow_task.attempt
    problems = description.typed_search_attributes.get(PROBLEMS) or ()
    if attempt <= 1 and not problems:
        return None
    return Trouble(max(attempt, 1), past.problem or next(iter(problems), None), past.problem_at)


@dataclass(slots=True)
class _Past:
    """What the history tells of what is under way."""

    calls: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    """Place and session by the id of the activity."""
    begun: bool = False
    problem: str | None = None
    problem_at: datetime | None = None
    pause: Hold | None = None

    def known(self, work: Work) -> Work:
        place, session = self.calls.get(work.id, (None, None))
        return replace(work, place=place, session=session)


async def _past(client: Client, description: WorkflowExecutionDescription, wanted: Iterable[str]) -> _Past:
    """Read a history backwards, until all that is under way has been found."""
    paused = description.typed_search_attributes.get(STATUS) == "Paused"
    past, missing = _Past(), set(wanted)
    async for event in _backwards(client, description):
        if event.HasField("activity_task_scheduled_event_attributes"):
            activity = event.activity_task_scheduled_event_attributes.activity_id
            if activity in missing:
                missing.remove(activity)
                past.calls[activity] = await _call(event, client.data_converter)
        elif event.HasField("workflow_task_failed_event_attributes") and not past.begun:
            failure = event.workflow_task_failed_event_attributes.failure
            past.problem = past.problem or failure.message or None
            past.problem_at = past.problem_at or _moment(event.event_time)
        elif event.HasField("workflow_task_completed_event_attributes"):
            past.begun = True  # what failed before that has been overcome
        elif event.HasField("workflow_execution_update_accepted_event_attributes") and paused:
            past.pause = past.pause or await _pause(event, client.data_converter)
        if not missing and past.begun and (past.pause or not paused):
            break
    return past


async def _backwards(client: Client, description: WorkflowExecutionDescription) -> AsyncIterator[HistoryEvent]:
    page = b""
    for _ in range(_MOST_PAGES):
        answer = await client.workflow_service.get_workflow_execution_history_reverse(
            GetWorkflowExecutionHistoryReverseRequest(
                namespace=client.namespace,
                execution=WorkflowExecution(workflow_id=description.id, run_id=description.run_id),
                maximum_page_size=_PAGE,
                next_page_token=page,
            )
        )
        for event in answer.history.events:
            yield event
        page = answer.next_page_token
        if not page:
            return


async def _call(event: HistoryEvent, converter: DataConverter) -> tuple[str | None, str | None]:
    """The place and the session of a call: from what its robot is told, else from its summary."""
    scheduled = event.activity_task_scheduled_event_attributes
    payloads = list(scheduled.input.payloads)
    if scheduled.activity_type.name == SESSION_ACTIVITY:
        request = await _decoded(converter, payloads[:1], SessionRequest)
        return None, request.session if request else None
    call = await _decoded(converter, payloads[1:2], StepCall)
    if call is not None:
        return call.place, call.session.id if call.session else None
    text = await converter.decode([event.user_metadata.summary], [str]) if event.user_metadata.summary.data else [""]
    named = _PLACE.match(text[0])
    return (named[1] if named else None), None


async def _pause(event: HistoryEvent, converter: DataConverter) -> Hold | None:
    accepted = event.workflow_execution_update_accepted_event_attributes.accepted_request.input
    if accepted.name != PAUSE_UPDATE:
        return None
    request = await _decoded(converter, list(accepted.args.payloads)[:1], PersonRequest)
    return Hold(request.by, request.note, _moment(event.event_time)) if request else Hold(at=_moment(event.event_time))


async def _decoded(converter: DataConverter, payloads: list[Payload], kind: type[M]) -> M | None:
    """Read a value; None where this machine cannot, as it does not have what is kept outside of histories."""
    if not payloads:
        return None
    try:
        values = await converter.decode(payloads, [kind])
    except (TemporalError, OSError, ValueError, RuntimeError):
        return None
    return values[0] if values and isinstance(values[0], kind) else None


async def _line(client: Client, name: str) -> Line:
    kind = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY
    answer, takers = await asyncio.gather(
        client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=client.namespace, task_queue=TaskQueue(name=name), task_queue_type=kind, report_stats=True
            )
        ),
        pollers(client, name, kind),
    )
    return Line(name, tuple(takers), answer.stats.approximate_backlog_count)


def _moment(stamp: Timestamp) -> datetime | None:
    return stamp.ToDatetime(tzinfo=UTC) if stamp.ToNanoseconds() else None
