"""What a run has the world do: activities, timers, sessions and runs of other documents, and what becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, TypeAlias

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, ChildWorkflowError, TemporalError

from workflows.answers import CHILD_SIGNAL, ChildReport
from workflows.call import ErrorValue, Files, SessionGrant, SessionRequest, StepCall, StepOutcome
from workflows.calling import subject_of
from workflows.effects import Raised, Vanished
from workflows.failure import Stopped, ending_of, reported
from workflows.ids import SESSION_ACTIVITY, RobotId, capability_queue, robot_queue
from workflows.plan import Plan
from workflows.protocol import (
    CallNode,
    ChildEnded,
    Event,
    Finish,
    KeepSession,
    NodeCalledOff,
    NodeDone,
    NodeFailed,
    OpenSession,
    SessionFailed,
    SessionLost,
    SessionOpened,
    StartChild,
    TimerFired,
)
from workflows.start import Caller, RunInput, RunResult

HEARTBEAT = timedelta(seconds=10)
"""A robot that is silent for so long in the middle of a step is taken for lost."""

PICK_UP = timedelta(seconds=8)
"""A robot that holds a session takes its steps at once; one that does not within this time is taken for lost."""

GRACE = timedelta(seconds=5)
"""Robots end a step at its timeout themselves; the server does so this much later."""

LONGEST_SESSION = timedelta(days=365)

ONE_ATTEMPT = RetryPolicy(maximum_attempts=1)
"""The machine decides what follows an attempt, never the server."""

SUMMARY_LENGTH = 180
"""Characters of an activity's summary; the server takes 400 bytes."""

CALL_CANCELLED = ErrorValue(type="CallCancelledError", kind="robot", message="the called run was cancelled")
"""What the cancellation of a called run means to the run that called it."""

Answer: TypeAlias = Callable[[], Event]
"""An event still to be read, in the run's main loop, where one that cannot be read fails the workflow task."""


class Errands:
    """All that is under way for a run."""

    def __init__(self, plan: Plan, seed: str, by: str, post: Callable[[Answer], None]) -> None:
        self.plan = plan
        self._seed = seed
        self._by = by
        self._post = post
        self._waiting: dict[int, asyncio.Task[Any]] = {}
        self._sessions: dict[str, int] = {}
        self._granted: set[str] = set()
        self._children: dict[int, str] = {}
        self._starting: set[int] = set()

    def call(self, command: CallNode) -> None:
        """Have a robot make one attempt of a step."""
        node = command.step.node
        work = workflow.start_activity(
            node.type,
            args=[command.params, self._step_call(command)],
            result_type=StepOutcome,
            task_queue=_queue(command),
            start_to_close_timeout=timedelta(seconds=node.timeout) + GRACE,
            schedule_to_start_timeout=PICK_UP if command.session else None,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=ONE_ATTEMPT,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=_summary(command),
        )
        self._begin(command.number, work, partial(_called, command.number))

    def sleep(self, number: int, seconds: float, summary: str) -> None:
        """Wake the run after some time."""
        work = asyncio.create_task(workflow.sleep(seconds, summary=summary))
        self._begin(number, work, partial(_slept, number))

    def open(self, command: OpenSession) -> None:
        """Find a robot and have it open a session."""
        session = f"{workflow.info().first_execution_run_id}/{command.number}"
        needs = (*self.plan.needs, *command.needs)
        request = self._request(session, command.capability, needs).model_copy(update={"restore": command.restore})
        self._hold(command.number, request, capability_queue(command.capability, *needs))

    def keep(self, command: KeepSession) -> None:
        """Take over a session that an earlier part of the run was granted."""
        grant = command.grant
        self._granted.add(grant.id)
        request = self._request(grant.id, grant.capability, ()).model_copy(update={"adopt": True})
        self._hold(command.number, request, robot_queue(RobotId(grant.robot)))

    def opened(self, grant: SessionGrant) -> None:
        """A robot says that it holds a session."""
        number = self._sessions.get(grant.id)
        if number is not None and grant.id not in self._granted:
            self._granted.add(grant.id)
            self._post(partial(SessionOpened, number, grant))

    def close(self, session: str) -> None:
        """Give a session back."""
        self.call_off(self._sessions.get(session))

    def child(self, command: StartChild) -> None:
        """Run another document."""
        self._starting.add(command.number)
        if not command.step.detach:
            self._children[command.number] = command.run
        work = asyncio.create_task(self._run_child(command))
        self._begin(command.number, work, partial(child_ended, command.number))

    def call_off(self, number: int | None) -> None:
        """Stop something if possible; its answer says how it ended."""
        if number in self._children:
            asyncio.create_task(_cancel_run(self._children[number]))  # noqa: RUF006 - its end is told by a signal
        elif number is not None and number in self._waiting:
            self._waiting[number].cancel()

    def adopt_child(self, number: int, run: str) -> None:
        """Know a run that an earlier part of this one has started."""
        self._children[number] = run

    async def leave(self, patience: timedelta) -> None:
        """Let robots close what the run gave back, unless one takes too long: it will notice that the run is over."""
        with suppress(asyncio.CancelledError):
            waiting = [work for number, work in self._waiting.items() if number not in self._children]
            if waiting:
                await workflow.wait(waiting, timeout=patience.total_seconds())

    async def started(self) -> None:
        """Wait until the runs that are being started have started."""
        await workflow.wait_condition(lambda: not self._starting)

    async def report(self, caller: Caller | None, finish: Finish, files: Files) -> None:
        """Tell the run that called this one how it ended; it may have continued as new since, so a signal does it."""
        if caller is None:
            return
        error = finish.error if finish.status != "cancelled" else CALL_CANCELLED
        report = ChildReport(number=caller.number, outputs=finish.outputs, files=files, error=error)
        with suppress(TemporalError):  # that run has ended, and nobody waits any more
            await workflow.get_external_workflow_handle(caller.run).signal(CHILD_SIGNAL, report)

    def _request(self, session: str, capability: str, needs: tuple[str, ...]) -> SessionRequest:
        info = workflow.info()
        return SessionRequest(
            session=session,
            run=info.workflow_id,
            run_id=info.run_id,
            document=self.plan.name,
            capability=capability,
            needs=needs,
            video=self.plan.video,
        )

    def _hold(self, number: int, request: SessionRequest, queue: str) -> None:
        self._sessions[request.session] = number
        work = workflow.start_activity(
            SESSION_ACTIVITY,
            request,
            task_queue=queue,
            start_to_close_timeout=LONGEST_SESSION,
            schedule_to_start_timeout=PICK_UP if request.adopt else None,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=ONE_ATTEMPT,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=f"hold a {request.capability} for the run",
        )
        self._begin(number, work, partial(self._held, number, request.session))

    def _held(self, number: int, session: str, work: asyncio.Task[Any]) -> Event:
        del self._sessions[session]
        if session in self._granted:
            self._granted.remove(session)
            return SessionLost(session)
        match _ending(work):
            case None:
                error = ErrorValue(type="SessionLostError", kind="robot", message="the robot gave the session up")
                return SessionFailed(number, Raised(error))
            case Stopped():
                return NodeCalledOff(number)
            case outcome:
                return SessionFailed(number, outcome)

    async def _run_child(self, command: StartChild) -> RunResult | None:
        plan = self.plan.children[command.step.child]
        caller = Caller(run=workflow.info().workflow_id, number=command.number)
        given = RunInput(
            plan=plan, inputs=command.inputs, files=command.files, by=self._by, caught=command.caught,
            caller=None if command.step.detach else caller,
        )  # fmt: skip
        try:
            handle: workflow.ChildWorkflowHandle[Any, RunResult] = await workflow.start_child_workflow(
                plan.name,
                given,
                id=command.run,
                result_type=RunResult,
                task_queue=workflow.info().task_queue,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                static_summary=f"called by {workflow.info().workflow_id} at {command.place}"[:SUMMARY_LENGTH],
            )
        finally:
            self._starting.discard(command.number)
        return None if command.step.detach else await handle

    def _begin(self, number: int, work: asyncio.Task[Any], answer: Callable[[asyncio.Task[Any]], Event]) -> None:
        """Have the end of some work answer a command, also when it is called off before it could begin."""
        self._waiting[number] = work
        work.add_done_callback(partial(self._ended, number, answer))

    def _ended(self, number: int, answer: Callable[[asyncio.Task[Any]], Event], work: asyncio.Task[Any]) -> None:
        del self._waiting[number]
        self._children.pop(number, None)
        self._post(partial(answer, work))

    def _step_call(self, command: CallNode) -> StepCall:
        return StepCall(
            run=workflow.info().workflow_id,
            document=self.plan.name,
            step=command.step.id,
            place=command.place,
            attempt=command.attempt,
            key=f"{self._seed}/{command.place}",
            effect=command.step.node.effect,
            timeout=command.step.node.timeout,
            session=command.session,
            files=command.files,
            secrets=command.secrets,
            known=self.plan.secrets,
            evidence=self.plan.evidence,
        )


def _ending(work: asyncio.Task[Any]) -> Raised | Vanished | Stopped | None:
    """How an activity ended, unless it succeeded."""
    try:
        work.result()
    except asyncio.CancelledError:
        return Stopped()
    except ActivityError as error:
        return ending_of(error)
    return None


def _called(number: int, work: asyncio.Task[Any]) -> Event:
    match _ending(work):
        case None:
            outcome: StepOutcome = work.result()
            return NodeDone(number, outcome.output, outcome.files, outcome.page)
        case Stopped():
            return NodeCalledOff(number)
        case ending:
            return NodeFailed(number, ending)


def _slept(number: int, work: asyncio.Task[Any]) -> Event:
    try:
        work.result()
    except asyncio.CancelledError:
        return NodeCalledOff(number)
    return TimerFired(number)


def child_ended(number: int, work: asyncio.Task[RunResult | None]) -> Event:
    """How the run of a called document ended, as far as Temporal tells."""
    try:
        result = work.result()
    except asyncio.CancelledError:
        return NodeCalledOff(number)
    except TemporalError as error:
        return ChildEnded(number, error=child_error(error))
    if result is None:
        return ChildEnded(number)
    return ChildEnded(number, result.outputs, result.files)


def child_error(error: BaseException) -> ErrorValue:
    """What the end of a called run means to the run that called it."""
    cause = error.cause if isinstance(error, ChildWorkflowError) else error
    match cause:
        case ApplicationError():
            return reported(cause)
        case CancelledError():
            return CALL_CANCELLED
        case _:
            words = str(cause or error)
            return ErrorValue(
                type="CallFailedError", kind="robot", message=f"the called run ended: {words}", acted=None
            )


async def _cancel_run(run: str) -> None:
    with suppress(TemporalError):  # it has ended meanwhile, and says so by itself
        await workflow.get_external_workflow_handle(run).cancel()


def _queue(command: CallNode) -> str:
    if command.session is not None:
        return robot_queue(RobotId(command.session.robot))
    return capability_queue(command.step.node.capability)


def _summary(command: CallNode) -> str:
    subject = subject_of(command.step, command.params)
    attempt = f" (attempt {command.attempt})" if command.attempt > 1 else ""
    return f"{command.place}{attempt}{f': {subject}' if subject else ''}"[:SUMMARY_LENGTH]
