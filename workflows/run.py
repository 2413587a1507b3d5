"""The durable shell of a run: it carries out the machine's commands with Temporal, and tells it what became of them.

One dynamic workflow class serves every document; the workflow type people see is the document's name.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar, assert_never

from temporalio import workflow
from temporalio.common import RawValue

from workflows.answers import (
    CHILD_SIGNAL,
    DECIDE_UPDATE,
    EVENT_SIGNAL,
    FIX_QUERY,
    FIX_UPDATE,
    PAUSE_UPDATE,
    RESUME_UPDATE,
    ChildReport,
    DecideRequest,
    EventMessage,
    FixAnswer,
    FixRequest,
    PersonRequest,
)
from workflows.call import SessionGrant
from workflows.errands import Errands
from workflows.errors import AetherError, AnswerRefusedError
from workflows.events import (
    CancelRequested,
    ChildEnded,
    Event,
    EventCame,
    HandedOn,
    PauseRequested,
    RestRequested,
    ResumeRequested,
    SessionOpened,
    Started,
)
from workflows.failure import refusal, run_failure
from workflows.fleet import DELAYED_SIGNAL, PLACED_SIGNAL, RETURNED_TO_SIGNAL, Delay, Placement, RobotReturned
from workflows.flow import error_value
from workflows.frames import ChildFrame
from workflows.inputs import check_inputs
from workflows.machine import advance, initial
from workflows.observed import Observed
from workflows.orders import LEAVING
from workflows.plan import CONTINUING_FORMAT, Plan
from workflows.progress import PROGRESS_QUERY, RunProgress
from workflows.protocol import (
    Breathe,
    CallNode,
    CallOff,
    CloseSession,
    Command,
    ErrorCaught,
    FindRobot,
    Finish,
    KeepSession,
    OpenSession,
    Rest,
    RoundStarted,
    StartChild,
    StartTimer,
    StepAsks,
    StepEnded,
    StepParked,
    StepStarted,
    StepWaits,
    TakeShare,
)
from workflows.reading import read_input
from workflows.requests import check_pause, check_resume, decided, fixed, hear
from workflows.saved import dump, load
from workflows.sessions import Sessions
from workflows.signs import Signs
from workflows.situation import decisions_of, situation_of
from workflows.start import RunInput, RunResult

if TYPE_CHECKING:
    from workflows.state import State

T = TypeVar("T")


@workflow.defn(dynamic=True)
class Run:
    """One run of one document."""

    long = 4000
    """Events in history after which a run continues as new."""

    @workflow.init
    def __init__(self, args: Sequence[RawValue]) -> None:
        del args  # read in `run`, where a wrong one fails the run and not the workflow task
        self._inbox: deque[Callable[[], Event | None]] = deque()
        """Events still to be read, in `run`, where one that cannot be read fails the workflow task."""
        self._observed: Observed | None = None
        self._finish: Finish | None = None
        self._resting = False
        self._heard: tuple[str, ...] = ()
        self._given: RunInput
        self._plan: Plan
        self._state: State
        self._errands: Errands
        self._signs: Signs

    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> RunResult:
        """Do the document's steps."""
        self._given = given = read_input(args)
        self._begin(given)
        while self._finish is None:
            await self._next_event()
            self._take_events()
            self._show()
            if self._resting and self._finish is None:
                await self._hand_on()
        await self._errands.leave(LEAVING)
        self._take_events()
        await self._errands.let_go(LEAVING)
        return await self._end(self._finish)

    @property
    def _seen(self) -> Observed:
        assert self._observed is not None  # noqa: S101 - asked for after the start only
        return self._observed

    @workflow.query(name=PROGRESS_QUERY, description="How far the run has come, step by step.")
    def progress(self) -> RunProgress | None:
        """How far the run has come; nothing before its first moment."""
        if self._observed is None:
            return None
        state = self._state
        return self._observed.progress().model_copy(
            update={
                "waits": situation_of(self._plan, state) if self._finish is None else (),
                "decisions": decisions_of(state),
                "revision": state.revision,
            }
        )

    @workflow.signal(name="session_opened", description="A robot holds a session for the run.")
    def session_opened(self, grant: SessionGrant) -> None:
        """A robot holds a session for the run."""
        self._inbox.append(partial(self._hear, Sessions.opened, grant))

    @workflow.signal(name=PLACED_SIGNAL, description="A pool grants something.")
    def placed(self, placement: Placement) -> None:
        """A pool grants something."""
        self._inbox.append(partial(self._hear, Sessions.placed, placement))

    @workflow.signal(name=DELAYED_SIGNAL, description="A pool says why something takes a while.")
    def delayed(self, delay: Delay) -> None:
        """A pool says why something takes a while."""
        self._inbox.append(partial(self._hear, Sessions.delayed, delay))

    @workflow.signal(name=RETURNED_TO_SIGNAL, description="A robot's process was replaced.")
    def robot_returned(self, news: RobotReturned) -> None:
        """A robot's process was replaced."""
        self._inbox.append(partial(self._hear, Sessions.returned, news))

    @workflow.signal(name=EVENT_SIGNAL, description="Something happened outside.")
    def event(self, message: EventMessage) -> None:
        """Something happened outside."""
        self._inbox.append(partial(self._came, message))

    @workflow.signal(name=CHILD_SIGNAL, description="The run of a called document has ended.")
    def child_ended(self, report: ChildReport) -> None:
        """The run of a called document has ended."""
        self._inbox.append(partial(ChildEnded, report.number, report.outputs, report.files, report.error))

    @workflow.update(name=FIX_UPDATE, description="Say how a parked step goes on.")
    async def fix(self, request: FixRequest) -> FixAnswer:
        """Say how a parked step goes on."""
        return await self._in_turn(partial(self._fix, request))

    @fix.validator
    def check_fix(self, request: FixRequest) -> None:
        """Refuse what cannot be done."""
        self._checked(lambda: fixed(self._plan, self._state, request))

    @workflow.query(name=FIX_QUERY, description="Why a fix would be refused; nothing if it would not.")
    def would_fix(self, request: FixRequest) -> str | None:
        """Why a fix would be refused; nothing if it would not."""
        if self._observed is None:
            return "the run has not begun yet; ask again"
        try:
            fixed(self._plan, self._state, request)
        except AetherError as error:
            return error.message
        return None

    @workflow.update(name=DECIDE_UPDATE, description="Answer an approval.")
    async def decide(self, request: DecideRequest) -> None:
        """Answer an approval."""
        await self._in_turn(lambda: (decided(self._plan, self._state, request, starter=self._given.by), None))

    @decide.validator
    def check_decide(self, request: DecideRequest) -> None:
        """Refuse what cannot be done."""
        self._checked(lambda: decided(self._plan, self._state, request, starter=self._given.by))

    @workflow.update(name=PAUSE_UPDATE, description="Begin no further step.")
    async def pause(self, request: PersonRequest) -> None:
        """Begin no further step."""
        del request
        await self._in_turn(lambda: (PauseRequested(), None))

    @pause.validator
    def check_pause(self, request: PersonRequest) -> None:
        """Refuse to pause what is paused, over, or being cancelled."""
        del request
        self._checked(lambda: check_pause(self._state))

    @workflow.update(name=RESUME_UPDATE, description="Go on after a pause.")
    async def resume(self, request: PersonRequest) -> None:
        """Go on after a pause."""
        del request
        await self._in_turn(lambda: (ResumeRequested(), None))

    @resume.validator
    def check_resume(self, request: PersonRequest) -> None:
        """Refuse to go on with what is not paused."""
        del request
        self._checked(lambda: check_resume(self._state))

    def _begin(self, given: RunInput) -> None:
        now = workflow.now().timestamp()
        info = workflow.info()
        self._plan = given.plan
        self._heard = given.heard
        try:
            if given.resume is None:
                check_inputs(given.plan.inputs, given.inputs)
                self._state = initial(
                    given.plan, run=info.workflow_id, seed=info.first_execution_run_id, now=now, inputs=given.inputs,
                    files=given.files, caught=given.caught, breaks=given.breaks, slow=given.slow,
                )  # fmt: skip
            else:
                self._state = load(given.resume)
        except AetherError as error:
            raise run_failure(error_value(error, None)) from error
        self._observed = Observed(given.plan, self._state.started, given.progress)
        self._errands = Errands(given.plan, self._state.seed, given, self._inbox.append)
        self._signs = Signs(given.plan, given.progress)
        self._signs.watch(self._state.started)
        for fiber in self._state.fibers.values():
            if fiber.stack is not None and isinstance(fiber.stack.top, ChildFrame):
                self._errands.adopt_child(fiber.stack.top.number, fiber.stack.top.run)
        self._inbox.appendleft(Started if given.resume is None else HandedOn)

    async def _next_event(self, *, unless: Callable[[], bool] = lambda: False) -> None:
        try:
            await workflow.wait_condition(lambda: bool(self._inbox) or unless())
        except asyncio.CancelledError:
            await asyncio.sleep(0)  # answers that came with the request count
            self._inbox.append(CancelRequested)

    def _take_events(self) -> None:
        """Take up all that has come; what comes after the end is only answered."""
        while self._inbox:
            event = self._inbox.popleft()()
            if event is not None and self._finish is None:
                self._advance(event)

    def _advance(self, event: Event) -> None:
        if isinstance(event, SessionOpened) and event.grant.robot:
            self._signs.robot(event.grant.robot)
            self._seen.robot = event.grant.robot
        self._state, commands = advance(self._plan, self._state, event, now=workflow.now().timestamp())
        for command in commands:
            self._carry_out(command)

    def _carry_out(self, command: Command) -> None:
        match command:
            case CallNode():
                self._seen.step = command.place
                self._errands.call(command)
            case StartTimer(number, seconds, summary):
                self._errands.sleep(number, seconds, summary)
            case Breathe(number):
                self._errands.sleep(number, 0.001, "breathe")
            case OpenSession() | TakeShare() | FindRobot():
                self._errands.sessions.ask(command)
            case KeepSession():
                self._errands.sessions.keep(command)
            case CloseSession(session):
                self._errands.sessions.close(session)
            case StartChild():
                self._errands.child(command)
            case CallOff(number):
                self._errands.call_off(number)
            case Rest():
                self._resting = True
            case Finish():
                self._finish = command
            case StepStarted() | StepWaits() | StepEnded() | StepParked() | StepAsks() | ErrorCaught() | RoundStarted():
                self._seen.take(command)
                self._signs.take(command)
            case _:
                assert_never(command)

    def _show(self) -> None:
        """Tell people how things stand, and see to it that history does not grow without end."""
        observed, state = self._seen, self._state
        observed.measure()
        if self._finish is None and self._plan.format >= CONTINUING_FORMAT:
            waits = situation_of(self._plan, state)
            observed.status = self._signs.show(state, waits)
            observed.waits = waits
            observed.step = next((each.place for each in waits if each.kind == "parked"), observed.step)
            if not state.holding and workflow.info().get_current_history_length() >= (self._given.long or self.long):
                self._inbox.append(RestRequested)
        workflow.set_current_details(observed.table())

    def _hear(self, take: Callable[[Sessions, T], None], message: T) -> None:
        take(self._errands.sessions, message)

    def _came(self, message: EventMessage) -> Event | None:
        heard = hear(self._heard, message.id)
        self._heard = heard or self._heard
        return None if heard is None else EventCame(message.event, message.key, message.data)

    def _fix(self, request: FixRequest) -> tuple[Event, FixAnswer]:
        self._plan, self._state, answered = fixed(self._plan, self._state, request)
        if request.plan is not None:
            self._given = self._given.model_copy(update={"plan": request.plan, "source": request.source})
            self._errands.plan = self._plan
            self._seen.change_plan(self._plan)
            self._signs.change_plan(self._plan)
        return answered, FixAnswer(revision=self._state.revision)

    def _checked(self, check: Callable[[], object]) -> None:
        try:
            if self._finish is not None:
                raise AnswerRefusedError("the run is not at work any more")
            if self._observed is not None:  # what comes before a new execution's first moment is held against it then
                check()
        except AetherError as error:
            raise refusal(error) from None

    async def _in_turn(self, do: Callable[[], tuple[Event, T]]) -> T:
        """Have a request taken up in the run's main loop, where nothing else is under way; wait until it was."""
        answer: asyncio.Future[T] = asyncio.Future()

        def take() -> Event | None:
            try:
                event, value = do()
            except AetherError as error:
                answer.set_exception(refusal(error))
                return None
            answer.set_result(value)
            return event

        self._inbox.append(take)
        return await answer

    async def _hand_on(self) -> None:
        """Hand the state on to a new execution, unless the run ends while what is under way comes to its end."""
        try:
            await self._errands.started()
            await self._signs.leave(LEAVING)
        except asyncio.CancelledError:
            self._inbox.append(CancelRequested)
        while self._inbox or not workflow.all_handlers_finished():
            self._take_events()
            if self._finish is not None:
                return
            await self._next_event(unless=workflow.all_handlers_finished)
        resume = dump(replace(self._state, holding=False, resting=False))
        update = {"resume": resume, "progress": self._seen.progress(), "heard": self._heard, "inputs": {}, "files": {}}
        workflow.continue_as_new(args=[self._given.model_copy(update=update)])

    async def _end(self, finish: Finish) -> RunResult:
        observed = self._seen
        observed.status, observed.error = finish.status, finish.error
        observed.step = finish.error.step if finish.error else None
        observed.waits = ()
        workflow.set_current_details(observed.table())
        self._signs.end(finish)
        await self._errands.report(self._given.caller, finish, self._state.files)
        with suppress(asyncio.CancelledError):
            await self._signs.leave(LEAVING)
        self._take_events()
        await workflow.wait_condition(workflow.all_handlers_finished)
        if finish.error is not None:
            raise run_failure(finish.error)
        if finish.status == "cancelled":
            raise asyncio.CancelledError
        return RunResult(outputs=finish.outputs, files=self._state.files)
