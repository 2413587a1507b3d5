"""Workflows played without a server: Temporal's SDK interprets them as a worker does, and the test is the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.failure.v1 import Failure
from temporalio.bridge.proto.activity_result import ActivityResolution, Cancellation, Success
from temporalio.bridge.proto.activity_result import Failure as FailedActivity
from temporalio.bridge.proto.child_workflow import ChildWorkflowResult
from temporalio.bridge.proto.child_workflow import Failure as FailedChild
from temporalio.bridge.proto.child_workflow import Success as SucceededChild
from temporalio.bridge.proto.workflow_activation import (
    CancelWorkflow,
    DoUpdate,
    FireTimer,
    InitializeWorkflow,
    QueryWorkflow,
    RemoveFromCache,
    ResolveActivity,
    ResolveChildWorkflowExecution,
    ResolveChildWorkflowExecutionStart,
    ResolveChildWorkflowExecutionStartSuccess,
    ResolveRequestCancelExternalWorkflow,
    ResolveSignalExternalWorkflow,
    SignalWorkflow,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_commands import ActivityCancellationType, WorkflowCommand
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    RetryState,
    TimeoutError,  # noqa: A004 - Temporal's own
    TimeoutType,
)
from temporalio.worker import WorkflowInstance

from tests.support.pools import NOON
from tests.support.sdk import CONVERTER, FAILURES, RUN_ID, failure, instance_of, payload, plain

T = TypeVar("T")


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
class Play:
    """One execution of a workflow: nothing goes on but what a test has happen."""

    instance: WorkflowInstance
    now: float = NOON
    length: int = 3
    """Events of its history, as it is told."""
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
    end: WorkflowCommand | None = None
    _jobs: list[WorkflowActivationJob] = field(default_factory=list)
    _answers: dict[str, Any] = field(default_factory=dict)
    _unheard: list[WorkflowActivationJob] = field(default_factory=list)
    _together: bool = False

    # What happens.

    def signal(self, name: str, message: Any) -> None:
        """Somebody sends it a signal."""
        self._happens(
            WorkflowActivationJob(
                signal_workflow=SignalWorkflow(
                    signal_name=name, input=[payload(message)], originating_event_id=self.length
                )
            )
        )

    def ask(self, name: str, request: Any) -> str:
        """Somebody sends it an update; gives a name for the answer."""
        number = str(len(self._answers) + len(self._jobs))
        update = DoUpdate(
            id=number, protocol_instance_id=number, name=name, input=[payload(request)], run_validator=True
        )
        self._happens(WorkflowActivationJob(do_update=update))
        return number

    def answer(self, name: str) -> Any:
        """What came of an update, as JSON.

        Raises:
            ApplicationError: it was refused.
        """
        answer = self._answers[name]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def update(self, name: str, request: Any) -> Any:
        """Send an update and have its answer."""
        return self.answer(self.ask(name, request))

    def query(self, name: str, *args: Any, kind: type[T]) -> T | None:
        """What it says when it is asked."""
        query = QueryWorkflow(query_id="query", query_type=name, arguments=[payload(arg) for arg in args])
        self._happens(WorkflowActivationJob(query_workflow=query))
        return CONVERTER.from_payload(self._answers.pop("query"), kind | None)  # type: ignore[arg-type] # a union is one

    def cancel(self) -> None:
        """Somebody cancels it."""
        self._happens(WorkflowActivationJob(cancel_workflow=CancelWorkflow(reason="enough")))

    def wait(self, seconds: float) -> None:
        """Time passes, and timers ring."""
        until = self.now + seconds
        while due := [number for number, at in self.timers.items() if at <= until]:
            number = min(due, key=lambda one: self.timers[one])
            self.now = max(self.now, self.timers.pop(number))
            self._happens(WorkflowActivationJob(fire_timer=FireTimer(seq=number)))
        self.now = until

    def done(self, work: Work, result: Any = None) -> None:
        """An activity succeeds."""
        self._resolve(work, ActivityResolution(completed=Success(result=payload(result))))

    def fails(self, work: Work, cause: BaseException | None = None) -> None:
        """An activity fails for good."""
        failed = _ended(work, cause or ApplicationError("it failed"))
        self._resolve(work, ActivityResolution(failed=FailedActivity(failure=failed)))

    def times_out(self, work: Work) -> None:
        """Nobody takes an activity in time."""
        self.fails(work, TimeoutError("too late", type=TimeoutType.SCHEDULE_TO_START, last_heartbeat_details=[]))

    def stops(self, work: Work) -> None:
        """An activity that was called off has stopped."""
        self._resolve(work, _stopped(work))

    def begins(self, child: Work) -> None:
        """The run of another workflow has been started."""
        started = ResolveChildWorkflowExecutionStartSuccess(run_id=f"run of {child.id}")
        resolved = ResolveChildWorkflowExecutionStart(seq=child.number, succeeded=started)
        self._happens(WorkflowActivationJob(resolve_child_workflow_execution_start=resolved))

    def ends(self, child: Work, result: Any) -> None:
        """The run of another workflow comes to its end: with a result, or with an error."""
        if isinstance(result, BaseException):
            end = ChildWorkflowResult(failed=FailedChild(failure=failure(result)))
        else:
            end = ChildWorkflowResult(completed=SucceededChild(result=payload(result)))
        del self.children[child.number]
        resolved = ResolveChildWorkflowExecution(seq=child.number, result=end)
        self._happens(WorkflowActivationJob(resolve_child_workflow_execution=resolved))

    def hear(self) -> None:
        """Workflows that it speaks to hear it at last, and from now on."""
        self.hearing = True
        self._jobs += self._unheard
        self._unheard.clear()
        self._activate()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What happens meanwhile comes to the workflow all at once."""
        self._together = True
        yield
        self._together = False
        self._activate()

    # What is to be seen.

    def at_work(self, kind: str) -> list[Work]:
        """Its activities of a type that have not ended."""
        return [work for work in self.activities.values() if work.type == kind]

    def told(self, signal: str) -> list[Said]:
        """What it has said by a signal."""
        return [said for said in self.said if said.signal == signal]

    def handed_on(self, kind: type[T]) -> T:
        """What the next execution is started with, when it has continued as new."""
        assert self.end is not None, "it goes on"
        return CONVERTER.from_payload(self.end.continue_as_new_workflow_execution.arguments[0], kind)

    def result(self, kind: type[T]) -> T:
        """What it ended with.

        Raises:
            BaseException: it failed.
        """
        assert self.end is not None, "it goes on"
        if self.end.HasField("fail_workflow_execution"):
            raise FAILURES.from_failure(self.end.fail_workflow_execution.failure, CONVERTER)
        return CONVERTER.from_payload(self.end.complete_workflow_execution.result, kind)

    # How it works.

    def close(self) -> None:
        """Forget it, as a worker does when it needs the room."""
        self._run([WorkflowActivationJob(remove_from_cache=RemoveFromCache())])

    def _happens(self, job: WorkflowActivationJob) -> None:
        self._jobs.append(job)
        if not self._together:
            self._activate()

    def _resolve(self, work: Work, resolution: ActivityResolution) -> None:
        del self.activities[work.number]
        self._happens(WorkflowActivationJob(resolve_activity=ResolveActivity(seq=work.number, result=resolution)))

    def _activate(self) -> None:
        while self._jobs:
            jobs, self._jobs = self._jobs, []
            for command in self._run(jobs):
                self._take(command)

    def _run(self, jobs: list[WorkflowActivationJob]) -> list[WorkflowCommand]:
        timestamp = Timestamp()
        timestamp.FromNanoseconds(int(self.now * 1e9))
        activation = WorkflowActivation(run_id=RUN_ID, timestamp=timestamp, history_length=self.length, jobs=jobs)
        completion = self.instance.activate(activation)
        assert not completion.HasField("failed"), completion.failed.failure.message
        return list(completion.successful.commands)

    def _take(self, command: WorkflowCommand) -> None:
        kind = command.WhichOneof("variant")
        take = getattr(self, f"_take_{kind}", None)
        if take is not None:
            take(getattr(command, str(kind)))
        elif kind in _ENDS:
            self.end = command

    def _take_schedule_activity(self, asked: Any) -> None:
        waits = asked.cancellation_type != ActivityCancellationType.TRY_CANCEL
        work = Work(asked.seq, asked.activity_type, asked.task_queue, plain(asked.arguments), asked.activity_id)
        work.waits = waits
        self.activities[asked.seq] = work

    def _take_request_cancel_activity(self, asked: Any) -> None:
        work = self.activities[asked.seq]
        work.called_off = True
        if not work.waits:
            self.activities.pop(asked.seq)
            stopped = ResolveActivity(seq=asked.seq, result=_stopped(work))
            self._jobs.append(WorkflowActivationJob(resolve_activity=stopped))

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
        jobs = self._jobs if self.hearing else self._unheard
        jobs.append(WorkflowActivationJob(resolve_signal_external_workflow=heard))

    def _take_request_cancel_external_workflow_execution(self, asked: Any) -> None:
        workflow = asked.workflow_execution.workflow_id
        self.cancelled.append(workflow)
        heard = ResolveRequestCancelExternalWorkflow(seq=asked.seq, failure=self._absence(workflow))
        self._jobs.append(WorkflowActivationJob(resolve_request_cancel_external_workflow=heard))

    def _take_update_response(self, answer: Any) -> None:
        if answer.HasField("rejected"):
            self._answers[answer.protocol_instance_id] = FAILURES.from_failure(answer.rejected, CONVERTER)
        elif answer.HasField("completed"):
            self._answers[answer.protocol_instance_id] = plain([answer.completed])[0]

    def _take_respond_to_query(self, answer: Any) -> None:
        assert answer.HasField("succeeded"), answer.failed.message
        self._answers["query"] = answer.succeeded.response

    def _absence(self, workflow: str) -> Failure | None:
        return failure(ApplicationError("there is no such workflow")) if workflow in self.gone else None


_ENDS = (
    "complete_workflow_execution",
    "continue_as_new_workflow_execution",
    "fail_workflow_execution",
    "cancel_workflow_execution",
)


@contextmanager
def playing(
    kind: type, given: Any, *, name: str = "test/1", meanwhile: Callable[[Play], object] = bool, **facts: Any
) -> Iterator[Play]:
    """A workflow that has just been started; what happens meanwhile comes to it with its start."""
    play = Play(instance_of(kind, name), **facts)
    started = InitializeWorkflow(workflow_type="test", workflow_id=name, arguments=[payload(given)])
    try:
        with play.at_once():
            play._happens(WorkflowActivationJob(initialize_workflow=started))  # noqa: SLF001 - its own module
            meanwhile(play)
        yield play
    finally:
        play.close()


def _stopped(work: Work) -> ActivityResolution:
    return ActivityResolution(cancelled=Cancellation(failure=_ended(work, CancelledError())))


def _ended(work: Work, cause: BaseException) -> Failure:
    """Why an activity has not succeeded."""
    error = ActivityError(
        "it has not succeeded", scheduled_event_id=1, started_event_id=2, identity="", activity_type=work.type,
        activity_id=work.id, retry_state=RetryState.MAXIMUM_ATTEMPTS_REACHED,
    )  # fmt: skip
    error.__cause__ = cause
    return failure(error)
