"""What a workflow that is played has had done: its activities, timers, calls and words to others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from temporalio.api.failure.v1 import Failure
from temporalio.bridge.proto.activity_result import ActivityResolution, Cancellation
from temporalio.bridge.proto.workflow_activation import (
    ResolveActivity,
    ResolveRequestCancelExternalWorkflow,
    ResolveSignalExternalWorkflow,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_commands import ActivityCancellationType, WorkflowCommand
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, RetryState

from tests.support.pools import NOON
from tests.support.sdk import CONVERTER, FAILURES, failure, plain


@dataclass
class Work:
    """An activity, or the run of another workflow, that a workflow has begun and that has not ended."""

    number: int
    type: str
    queue: str
    args: list[Any]
    """As JSON."""
    id: str = ""
    called_off: bool = False
    waits: bool = True
    """Whether it has to end by itself when it is called off."""


@dataclass(frozen=True)
class Said:
    """A signal to another workflow."""

    workflow: str
    signal: str
    message: Any
    """As JSON."""


@dataclass
class Commands:
    """What a workflow wants of the world, and what the world answers at once."""

    now: float = NOON
    gone: set[str] = field(default_factory=set)
    """Workflows that are not there to be spoken to."""
    hearing: bool = True
    """Whether workflows that it speaks to hear it at once."""
    activities: dict[int, Work] = field(default_factory=dict)
    children: dict[int, Work] = field(default_factory=dict)
    timers: dict[int, float] = field(default_factory=dict)
    """When each one rings."""
    said: list[Said] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    """Other workflows that it has cancelled."""
    answers: dict[str, Any] = field(default_factory=dict)
    """To updates, as JSON or as the error they were refused with, and to the last query."""
    accepted: list[str] = field(default_factory=list)
    """Updates that its history has: a refusal leaves no trace there, unless it comes later."""
    end: WorkflowCommand | None = None
    jobs: list[WorkflowActivationJob] = field(default_factory=list)
    """What comes to it next."""
    unheard: list[WorkflowActivationJob] = field(default_factory=list)
    """What comes to it when others hear it at last."""

    def take(self, command: WorkflowCommand) -> None:
        """It wants something."""
        kind = str(command.WhichOneof("variant"))
        take = getattr(self, f"_take_{kind}", None)
        if take is not None:
            take(getattr(command, kind))
        elif kind in _ENDS:
            self.end = command

    def _take_schedule_activity(self, asked: Any) -> None:
        waits = asked.cancellation_type != ActivityCancellationType.TRY_CANCEL
        self.activities[asked.seq] = Work(
            asked.seq, asked.activity_type, asked.task_queue, plain(asked.arguments), asked.activity_id, waits=waits
        )

    def _take_request_cancel_activity(self, asked: Any) -> None:
        work = self.activities[asked.seq]
        work.called_off = True
        if not work.waits:
            self.activities.pop(asked.seq)
            resolved = ResolveActivity(seq=asked.seq, result=stopped(work))
            self.jobs.append(WorkflowActivationJob(resolve_activity=resolved))

    def _take_start_timer(self, asked: Any) -> None:
        self.timers[asked.seq] = self.now + asked.start_to_fire_timeout.ToTimedelta().total_seconds()

    def _take_cancel_timer(self, asked: Any) -> None:
        del self.timers[asked.seq]

    def _take_start_child_workflow_execution(self, asked: Any) -> None:
        self.children[asked.seq] = Work(
            asked.seq, asked.workflow_type, asked.task_queue, plain(asked.input), asked.workflow_id
        )

    def _take_signal_external_workflow_execution(self, asked: Any) -> None:
        workflow = asked.workflow_execution.workflow_id
        self.said.append(Said(workflow, asked.signal_name, plain(asked.args)[0]))
        heard = ResolveSignalExternalWorkflow(seq=asked.seq, failure=self._absence(workflow))
        jobs = self.jobs if self.hearing else self.unheard
        jobs.append(WorkflowActivationJob(resolve_signal_external_workflow=heard))

    def _take_request_cancel_external_workflow_execution(self, asked: Any) -> None:
        workflow = asked.workflow_execution.workflow_id
        self.cancelled.append(workflow)
        heard = ResolveRequestCancelExternalWorkflow(seq=asked.seq, failure=self._absence(workflow))
        self.jobs.append(WorkflowActivationJob(resolve_request_cancel_external_workflow=heard))

    def _take_update_response(self, answer: Any) -> None:
        if answer.HasField("accepted"):
            self.accepted.append(answer.protocol_instance_id)
        elif answer.HasField("rejected"):
            self.answers[answer.protocol_instance_id] = FAILURES.from_failure(answer.rejected, CONVERTER)
        elif answer.HasField("completed"):
            self.answers[answer.protocol_instance_id] = plain([answer.completed])[0]

    def _take_respond_to_query(self, answer: Any) -> None:
        assert answer.HasField("succeeded"), answer.failed.message
        self.answers["query"] = answer.succeeded.response

    def _absence(self, workflow: str) -> Failure | None:
        return failure(ApplicationError("there is no such workflow")) if workflow in self.gone else None


_ENDS = (
    "complete_workflow_execution",
    "continue_as_new_workflow_execution",
    "fail_workflow_execution",
    "cancel_workflow_execution",
)


def stopped(work: Work) -> ActivityResolution:
    """An activity has ended because it was called off."""
    return ActivityResolution(cancelled=Cancellation(failure=ended(work, CancelledError())))


def ended(work: Work, cause: BaseException) -> Failure:
    """Why an activity has not succeeded."""
    error = ActivityError(
        "it has not succeeded", scheduled_event_id=1, started_event_id=2, identity="", activity_type=work.type,
        activity_id=work.id, retry_state=RetryState.MAXIMUM_ATTEMPTS_REACHED,
    )  # fmt: skip
    error.__cause__ = cause
    return failure(error)
