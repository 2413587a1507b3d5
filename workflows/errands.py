"""What a run has the world do: activities, timers, sessions and runs of other documents, and what becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, TypeAlias

from temporalio import workflow
from temporalio.common import Priority
from temporalio.exceptions import ApplicationError, CancelledError, ChildWorkflowError, TemporalError

from workflows.answers import CHILD_SIGNAL, ChildReport
from workflows.call import ErrorValue, Files, StepCall, StepOutcome
from workflows.calling import subject_of
from workflows.events import (
    ChildEnded,
    Event,
    NodeCalledOff,
    NodeDone,
    NodeFailed,
    TimerFired,
)
from workflows.failure import Stopped, reported
from workflows.ids import RobotId, capability_queue, robot_queue
from workflows.leasing import Leases
from workflows.orders import GRACE, HEARTBEAT, ONE_ATTEMPT, PICK_UP, ending
from workflows.part import HIGHEST_PRIORITY, USUAL_PRIORITY
from workflows.plan import Plan
from workflows.protocol import CallNode, Finish, StartChild
from workflows.sessions import Sessions
from workflows.start import Caller, RunInput, RunResult

SUMMARY_LENGTH = 180
"""Characters of an activity's summary; the server takes 400 bytes."""

CALL_CANCELLED = ErrorValue(type="CallCancelledError", kind="robot", message="the called run was cancelled")
"""What the cancellation of a called run means to the run that called it."""

Answer: TypeAlias = Callable[[], Event]
"""An event still to be read, in the run's main loop, where one that cannot be read fails the workflow task."""


class Errands:
    """All that is under way for a run."""

    def __init__(self, plan: Plan, seed: str, given: RunInput, post: Callable[[Answer], None]) -> None:
        self.plan = plan
        self.post = post
        self.leases = Leases(given)
        self.sessions = Sessions(self)
        self._seed = seed
        self._given = given
        self._waiting: dict[int, asyncio.Task[Any]] = {}
        self._calls: dict[int, str] = {}
        """Calls under way, each with its session."""
        self._children: dict[int, str] = {}
        self._starting: set[int] = set()

    def call(self, command: CallNode) -> None:
        """Have a robot make one attempt of a step."""
        if self.sessions.puts_off(command):
            return
        node = command.step.node
        work = workflow.start_activity(
            node.type,
            args=[command.params, self._step_call(command)],
            result_type=StepOutcome,
            task_queue=self._queue(command),
            start_to_close_timeout=timedelta(seconds=node.timeout) + GRACE,
            schedule_to_start_timeout=timedelta(seconds=command.patience) if command.patience else PICK_UP,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=ONE_ATTEMPT,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=_summary(command),
            priority=self._priority(),
        )
        if command.session is not None:
            self._calls[command.number] = command.session.id
        self.begin(command.number, work, partial(_called, command.number))

    def sleep(self, number: int, seconds: float, summary: str) -> None:
        """Wake the run after some time."""
        work = asyncio.create_task(workflow.sleep(seconds, summary=summary))
        self.begin(number, work, partial(_slept, number))

    def child(self, command: StartChild) -> None:
        """Run another document."""
        self._starting.add(command.number)
        if not command.step.detach:
            self._children[command.number] = command.run
        work = asyncio.create_task(self._run_child(command))
        self.begin(command.number, work, partial(child_ended, command.number))

    def call_off(self, number: int) -> None:
        """Stop something if possible; its answer says how it ended."""
        if number in self._children:
            asyncio.create_task(_cancel_run(self._children[number]))  # noqa: RUF006 - its end is told by a signal
        elif number in self._waiting:
            self._waiting[number].cancel()
        else:
            self.sessions.call_off(number)

    def abandon(self, number: int) -> None:
        """Want no answer any more; what is under way stops if possible."""
        self._waiting.pop(number).cancel()

    def abandon_calls(self, session: str) -> list[int]:
        """Want no answer any more of what is under way in a session; give their numbers."""
        calls = [number for number, held in self._calls.items() if held == session]
        for number in calls:
            del self._calls[number]
            self.abandon(number)
        return calls

    def adopt_child(self, number: int, run: str) -> None:
        """Know a run that an earlier part of this one has started."""
        self._children[number] = run

    async def leave(self, patience: timedelta) -> None:
        """Let robots close what the run gave back, unless one takes too long: it will notice that the run is over."""
        with suppress(asyncio.CancelledError):
            waiting = [work for number, work in self._waiting.items() if number not in self._children]
            if waiting:
                await workflow.wait(waiting, timeout=patience.total_seconds())

    async def let_go(self, patience: timedelta) -> None:
        """Give back all that is held, and see to it that the pool knows."""
        self.sessions.let_go()
        if self.leases.busy:
            with suppress(asyncio.CancelledError, TimeoutError):
                await asyncio.wait_for(self.leases.settled(), patience.total_seconds())

    async def started(self) -> None:
        """Wait until the runs that are being started have started, and the pool has heard what it was told."""
        await workflow.wait_condition(lambda: not self._starting)
        await self.leases.settled()

    async def report(self, caller: Caller | None, finish: Finish, files: Files) -> None:
        """Tell the run that called this one how it ended; it may have continued as new since, so a signal does it."""
        if caller is None:
            return
        error = finish.error if finish.status != "cancelled" else CALL_CANCELLED
        report = ChildReport(number=caller.number, outputs=finish.outputs, files=files, error=error)
        with suppress(TemporalError):  # that run has ended, and nobody waits any more
            await workflow.get_external_workflow_handle(caller.run).signal(CHILD_SIGNAL, report)

    async def _run_child(self, command: StartChild) -> RunResult | None:
        plan = self.plan.children[command.step.child]
        caller = Caller(run=workflow.info().workflow_id, number=command.number)
        given = RunInput(
            plan=plan, inputs=command.inputs, files=command.files, by=self._given.by, caught=command.caught,
            caller=None if command.step.detach else caller, environment=self._given.environment,
            priority=self._given.priority, tenant=self._given.tenant, robot=self._given.robot,
            near=self.leases.robot if self.plan.affinity == "session" else None,
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

    def begin(self, number: int, work: asyncio.Task[Any], answer: Callable[[asyncio.Task[Any]], Event]) -> None:
        """Have the end of some work answer a command, also when it is called off before it could begin."""
        self._waiting[number] = work
        work.add_done_callback(partial(self._ended, number, answer))

    def _ended(self, number: int, answer: Callable[[asyncio.Task[Any]], Event], work: asyncio.Task[Any]) -> None:
        if self._waiting.get(number) is not work:
            return  # nobody wants to know
        del self._waiting[number]
        self._calls.pop(number, None)
        self._children.pop(number, None)
        self.post(partial(answer, work))

    def _queue(self, command: CallNode) -> str:
        if command.session is not None:
            return robot_queue(RobotId(command.session.robot))
        return capability_queue(command.step.node.capability, environment=self._given.environment)

    def _priority(self) -> Priority:
        """What matters among steps that any robot can take; Temporal knows five classes, 1 is most urgent."""
        wanted = self.plan.priority if self._given.priority is None else self._given.priority
        if wanted == USUAL_PRIORITY and not self._given.tenant:
            return Priority.default
        urgency = 1 + (HIGHEST_PRIORITY - wanted) * 4 // HIGHEST_PRIORITY
        return Priority(priority_key=urgency, fairness_key=self._given.tenant or None)

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


def _called(number: int, work: asyncio.Task[Any]) -> Event:
    match ending(work):
        case None:
            outcome: StepOutcome = work.result()
            return NodeDone(number, outcome.output, outcome.files, outcome.page)
        case Stopped():
            return NodeCalledOff(number)
        case failed:
            return NodeFailed(number, failed)


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


def _summary(command: CallNode) -> str:
    subject = subject_of(command.step, command.params)
    attempt = f" (attempt {command.attempt})" if command.attempt > 1 else ""
    return f"{command.place}{attempt}{f': {subject}' if subject else ''}"[:SUMMARY_LENGTH]
