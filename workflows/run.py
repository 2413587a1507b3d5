"""The durable shell of a run: it carries out the machine's commands with Temporal, and tells it what became of them.

One dynamic workflow class serves every document; the workflow type people see is the document's name.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, assert_never

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy, SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError, ApplicationErrorCategory

from workflows.call import ErrorValue, SessionGrant, SessionRequest, StepCall, StepOutcome
from workflows.calling import subject_of
from workflows.effects import Raised, Vanished
from workflows.errors import AetherError
from workflows.failure import Stopped, ending_of
from workflows.flow import error_value
from workflows.ids import RobotId, capability_queue, robot_queue
from workflows.inputs import check_inputs
from workflows.machine import advance, initial
from workflows.observed import Observed
from workflows.progress import PROGRESS_QUERY, RunProgress, RunStatus
from workflows.protocol import (
    Breathe,
    CallNode,
    CallOff,
    CancelRequested,
    CloseSession,
    Command,
    ErrorCaught,
    Event,
    Finish,
    NodeCalledOff,
    NodeDone,
    NodeFailed,
    OpenSession,
    RoundStarted,
    SessionFailed,
    SessionLost,
    SessionOpened,
    Started,
    StartTimer,
    StepEnded,
    StepStarted,
    StepWaits,
    TimerFired,
)
from workflows.start import RunInput, RunResult

if TYPE_CHECKING:
    from workflows.plan import Plan
    from workflows.state import State

HEARTBEAT = timedelta(seconds=10)
"""A robot that is silent for so long in the middle of a step is taken for lost."""

PICK_UP = timedelta(seconds=8)
"""A robot that holds a session takes its steps at once; one that does not within this time is taken for lost."""

GRACE = timedelta(seconds=5)
"""Robots end a step at its timeout themselves; the server does so this much later."""

LEAVING = timedelta(seconds=3)
"""How long a run that is over waits for its robots to close its sessions."""

LONGEST_SESSION = timedelta(days=365)

ONE_ATTEMPT = RetryPolicy(maximum_attempts=1)
"""The machine decides what follows an attempt, never the server."""

SUMMARY_LENGTH = 180
"""Characters of an activity's summary; the server takes 400 bytes."""

ATTRIBUTE_LENGTH = 200
"""Characters of a search attribute; SQL visibility takes 255."""

MESSAGE_LENGTH = 10_000
"""Characters of a failure's message; all of it is in the details, which may lie outside of history."""

STATUS = SearchAttributeKey.for_keyword("AetherStatus")
ROBOT = SearchAttributeKey.for_keyword("AetherRobot")
STEP = SearchAttributeKey.for_keyword("AetherStep")
ERROR = SearchAttributeKey.for_keyword("AetherError")

SESSION_ACTIVITY = "aether.session"
"""Holds a browser or desktop for a run for as long as it runs."""


@workflow.defn(dynamic=True)
class Run:
    """One run of one document."""

    @workflow.init
    def __init__(self, args: Sequence[RawValue]) -> None:
        del args  # read in `run`, where a wrong one fails the run and not the workflow task
        self._inbox: deque[Callable[[], Event]] = deque([Started])
        """Events still to be read, in `run`, where one that cannot be read fails the workflow task."""
        self._observed: Observed | None = None
        self._waiting: dict[int, asyncio.Task[Any]] = {}
        self._sessions: dict[str, int] = {}
        self._granted: set[str] = set()
        self._finish: Finish | None = None
        self._plan: Plan
        self._state: State

    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> RunResult:
        """Do the document's steps."""
        given = _read(args)
        now = workflow.now().timestamp()
        info = workflow.info()
        self._plan = given.plan
        self._observed = Observed(given.plan, now)
        try:
            check_inputs(given.plan.inputs, given.inputs)
        except AetherError as error:
            raise _failure(error_value(error, None)) from error
        self._state = initial(
            given.plan, run=info.workflow_id, seed=info.first_execution_run_id, now=now, inputs=given.inputs,
            files=given.files,
        )  # fmt: skip
        while self._finish is None:
            await self._next_event()
            while self._inbox and self._finish is None:
                self._advance(self._inbox.popleft()())
            workflow.set_current_details(self._observed.table())
        await self._leave()
        return self._end(self._finish)

    @property
    def _seen(self) -> Observed:
        assert self._observed is not None  # noqa: S101 - asked for after the start only
        return self._observed

    @workflow.query(name=PROGRESS_QUERY, description="How far the run has come, step by step.")
    def progress(self) -> RunProgress | None:
        """How far the run has come; nothing before its first moment."""
        return self._observed.progress() if self._observed else None

    @workflow.signal(name="session_opened", description="A robot holds a session for the run.")
    def session_opened(self, grant: SessionGrant) -> None:
        """A robot holds a session for the run."""
        number = self._sessions.get(grant.id)
        if number is not None:
            self._granted.add(grant.id)
            self._inbox.append(partial(SessionOpened, number, grant))

    async def _next_event(self) -> None:
        try:
            await workflow.wait_condition(lambda: bool(self._inbox))
        except asyncio.CancelledError:
            await asyncio.sleep(0)  # answers that came with the request count
            self._inbox.append(CancelRequested)

    def _advance(self, event: Event) -> None:
        if isinstance(event, SessionOpened):
            self._note_robot(event.grant.robot)
        self._state, commands = advance(self._plan, self._state, event, now=workflow.now().timestamp())
        for command in commands:
            self._carry_out(command)
        self._advanced(event, commands)

    def _advanced(self, event: Event, commands: Sequence[Command]) -> None:
        """Let those who fold a history look on: the event is taken into account, and its commands are under way."""
        del event, commands

    def _carry_out(self, command: Command) -> None:
        match command:
            case CallNode():
                self._call(command)
            case StartTimer(number, seconds, summary):
                self._sleep(number, seconds, summary)
            case Breathe(number):
                self._sleep(number, 0.001, "breathe")
            case OpenSession():
                self._open(command)
            case CloseSession(session):
                self._call_off(self._sessions.get(session))
            case CallOff(number):
                self._call_off(number)
            case Finish():
                self._finish = command
            case StepStarted() | StepWaits() | StepEnded() | ErrorCaught() | RoundStarted():
                self._seen.take(command)
            case _:
                assert_never(command)

    def _note_robot(self, robot: str) -> None:
        if self._seen.robot != robot:
            self._seen.robot = robot
            workflow.upsert_search_attributes([ROBOT.value_set(robot)])

    def _begin(self, number: int, work: asyncio.Task[Any], answer: Callable[[asyncio.Task[Any]], Event]) -> None:
        """Have the end of some work answer a command, also when it is called off before it could begin."""
        self._waiting[number] = work
        work.add_done_callback(partial(self._ended, number, answer))

    def _ended(self, number: int, answer: Callable[[asyncio.Task[Any]], Event], work: asyncio.Task[Any]) -> None:
        del self._waiting[number]
        self._inbox.append(partial(answer, work))

    def _call_off(self, number: int | None) -> None:
        if number in self._waiting:
            self._waiting[number].cancel()

    def _sleep(self, number: int, seconds: float, summary: str) -> None:
        work = asyncio.create_task(workflow.sleep(seconds, summary=summary))
        self._begin(number, work, partial(_slept, number))

    def _call(self, command: CallNode) -> None:
        node = command.step.node
        self._seen.step = command.place
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

    def _step_call(self, command: CallNode) -> StepCall:
        info = workflow.info()
        return StepCall(
            run=info.workflow_id,
            document=self._plan.name,
            step=command.step.id,
            place=command.place,
            attempt=command.attempt,
            key=f"{info.first_execution_run_id}/{command.place}",
            effect=command.step.node.effect,
            timeout=command.step.node.timeout,
            session=command.session,
            files=command.files,
            secrets=command.secrets,
            known=self._plan.secrets,
        )

    def _open(self, command: OpenSession) -> None:
        info = workflow.info()
        session = f"{info.first_execution_run_id}/{command.number}"
        self._sessions[session] = command.number
        request = SessionRequest(
            session=session,
            run=info.workflow_id,
            run_id=info.run_id,
            document=self._plan.name,
            capability=command.capability,
            needs=self._plan.needs,
            restore=command.restore,
        )
        work = workflow.start_activity(
            SESSION_ACTIVITY,
            request,
            task_queue=capability_queue(request.capability, *request.needs),
            start_to_close_timeout=LONGEST_SESSION,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=ONE_ATTEMPT,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=f"hold a {request.capability} for the run",
        )
        self._begin(command.number, work, partial(self._held, command.number, session))

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

    async def _leave(self) -> None:
        """Let robots close what the run gave back, unless one takes too long: it will notice that the run is over."""
        with suppress(asyncio.CancelledError):
            if self._waiting:
                await workflow.wait(list(self._waiting.values()), timeout=LEAVING.total_seconds())

    def _end(self, finish: Finish) -> RunResult:
        observed = self._seen
        status: RunStatus = finish.status
        observed.status, observed.error = status, finish.error
        observed.step = finish.error.step if finish.error else None
        workflow.set_current_details(observed.table())
        updates = [STATUS.value_set(status.capitalize())]
        if finish.error is not None:
            updates.append(ERROR.value_set(finish.error.type[:ATTRIBUTE_LENGTH]))
            updates.append(STEP.value_set(finish.error.step or ""))
        workflow.upsert_search_attributes(updates)
        if finish.error is not None:
            raise _failure(finish.error)
        if finish.status == "cancelled":
            raise asyncio.CancelledError
        return RunResult(outputs=finish.outputs, files=self._state.files)


def _read(args: Sequence[RawValue]) -> RunInput:
    try:
        return workflow.payload_converter().from_payload(args[0].payload, RunInput)
    except (IndexError, ValidationError, ValueError, RuntimeError) as error:
        message = (
            "this run was started without a plan this worker understands; start runs with 'aether run' or "
            f"'aether start', and keep orchestrators at least as new as what starts runs ({error})"
        )
        raise ApplicationError(message[:2000], type="ConfigurationError", non_retryable=True) from None


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


def _queue(command: CallNode) -> str:
    if command.session is not None:
        return robot_queue(RobotId(command.session.robot))
    return capability_queue(command.step.node.capability)


def _summary(command: CallNode) -> str:
    subject = subject_of(command.step, command.params)
    attempt = f" (attempt {command.attempt})" if command.attempt > 1 else ""
    return f"{command.place}{attempt}{f': {subject}' if subject else ''}"[:SUMMARY_LENGTH]


def _failure(error: ErrorValue) -> ApplicationError:
    benign = error.kind == "business"
    place = f"step {error.step!r}: " if error.step else ""
    return ApplicationError(
        f"{place}{error.message}"[:MESSAGE_LENGTH],
        error.model_dump(mode="json"),
        type=error.type,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN if benign else ApplicationErrorCategory.UNSPECIFIED,
    )
