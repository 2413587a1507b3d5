"""Workflows played without a server: Temporal's SDK interprets them as a worker does, and the test is the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.bridge.proto.activity_result import ActivityResolution, Success
from temporalio.bridge.proto.activity_result import Failure as FailedActivity
from temporalio.bridge.proto.child_workflow import ChildWorkflowResult
from temporalio.bridge.proto.child_workflow import Failure as FailedChild
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
    SignalWorkflow,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.exceptions import (
    ApplicationError,
    ChildWorkflowError,
    RetryState,
    TimeoutError,  # noqa: A004 - Temporal's own
    TimeoutType,
)
from temporalio.worker import WorkflowInstance

from tests.support.commands import Commands, Said, Work, ended, stopped
from tests.support.sdk import CONVERTER, FAILURES, RUN_ID, failure, instance_of, payload

T = TypeVar("T")


@dataclass
class Play(Commands):
    """One execution of a workflow: nothing goes on but what a test has happen."""

    instance: WorkflowInstance = field(kw_only=True)
    length: int = 3
    """Events of its history, as it is told."""
    _asked: int = 0
    _together: bool = False

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
        self._asked += 1
        number = str(self._asked)
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
        answer = self.answers[name]
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
        return CONVERTER.from_payload(self.answers.pop("query"), kind | None)  # type: ignore[arg-type] # a union is one

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
        failed = ended(work, cause or ApplicationError("it failed"))
        self._resolve(work, ActivityResolution(failed=FailedActivity(failure=failed)))

    def times_out(self, work: Work) -> None:
        """Nobody takes an activity in time."""
        self.fails(work, TimeoutError("too late", type=TimeoutType.SCHEDULE_TO_START, last_heartbeat_details=[]))

    def stops(self, work: Work) -> None:
        """An activity that was called off has stopped."""
        self._resolve(work, stopped(work))

    def begins(self, child: Work) -> None:
        """The run of another workflow has been started."""
        started = ResolveChildWorkflowExecutionStartSuccess(run_id=f"run of {child.id}")
        resolved = ResolveChildWorkflowExecutionStart(seq=child.number, succeeded=started)
        self._happens(WorkflowActivationJob(resolve_child_workflow_execution_start=resolved))

    def breaks(self, child: Work, cause: BaseException) -> None:
        """The run of another workflow fails."""
        error = ChildWorkflowError(
            "it failed", namespace="default", workflow_id=child.id, run_id="", workflow_type=child.type,
            initiated_event_id=1, started_event_id=2, retry_state=RetryState.MAXIMUM_ATTEMPTS_REACHED,
        )  # fmt: skip
        error.__cause__ = cause
        del self.children[child.number]
        end = ChildWorkflowResult(failed=FailedChild(failure=failure(error)))
        resolved = ResolveChildWorkflowExecution(seq=child.number, result=end)
        self._happens(WorkflowActivationJob(resolve_child_workflow_execution=resolved))

    def hear(self) -> None:
        """Workflows that it speaks to hear it at last, and from now on."""
        self.hearing = True
        self.jobs += self.unheard
        self.unheard.clear()
        self._activate()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What happens meanwhile comes to the workflow all at once."""
        self._together = True
        yield
        self._together = False
        self._activate()

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

    def close(self) -> None:
        """Forget it, as a worker does when it needs the room."""
        self._run([WorkflowActivationJob(remove_from_cache=RemoveFromCache())])

    def _happens(self, job: WorkflowActivationJob) -> None:
        self.jobs.append(job)
        if not self._together:
            self._activate()

    def _resolve(self, work: Work, resolution: ActivityResolution) -> None:
        del self.activities[work.number]
        self._happens(WorkflowActivationJob(resolve_activity=ResolveActivity(seq=work.number, result=resolution)))

    def _activate(self) -> None:
        while self.jobs:
            jobs, self.jobs = self.jobs, []
            for command in self._run(jobs):
                self.take(command)

    def _run(self, jobs: list[WorkflowActivationJob]) -> list[WorkflowCommand]:
        timestamp = Timestamp()
        timestamp.FromNanoseconds(int(self.now * 1e9))
        activation = WorkflowActivation(run_id=RUN_ID, timestamp=timestamp, history_length=self.length, jobs=jobs)
        completion = self.instance.activate(activation)
        assert not completion.HasField("failed"), completion.failed.failure.message
        return list(completion.successful.commands)


@contextmanager
def playing(
    kind: type, given: Any, *, name: str = "test/1", meanwhile: Callable[[Play], object] = bool, **facts: Any
) -> Iterator[Play]:
    """A workflow that has just been started; what happens meanwhile comes to it with its start."""
    play = Play(instance=instance_of(kind, name), **facts)
    started = InitializeWorkflow(workflow_type="test", workflow_id=name, arguments=[payload(given)])
    try:
        with play.at_once():
            play._happens(WorkflowActivationJob(initialize_workflow=started))  # noqa: SLF001 - its own module
            meanwhile(play)
        yield play
    finally:
        play.close()
