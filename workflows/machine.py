"""The interpreter: `advance(plan, state, event) -> (state, commands)`, pure and total.

It does the work of a document up to the point where only the world can answer, and says what it wants of the
world as commands. A turn is bounded by fuel, counted in work and not in time, so that it is the same on replay.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from pydantic import JsonValue

from workflows.answering import take_answer
from workflows.asking import take_decision, take_event, take_expiry
from workflows.branches import begin_branch, join, window_open
from workflows.call import ErrorValue, Files, SessionGrant
from workflows.calling import (
    attempt,
    call_of,
    take_done,
    take_failed,
    take_not_redone,
    take_redone,
    take_robot,
    take_session,
)
from workflows.children import take_child
from workflows.deadlines import begin_deadline, start_clocks, stop_clocks, take_deadline
from workflows.effects import Vanished
from workflows.ending import end_run, finish_with
from workflows.errors import AetherError
from workflows.events import (
    Answered,
    CancelRequested,
    ChildEnded,
    Decided,
    Event,
    EventCame,
    HandedOn,
    NodeCalledOff,
    NodeDone,
    NodeFailed,
    PauseRequested,
    RestRequested,
    ResumeRequested,
    RobotFound,
    SessionDelayed,
    SessionFailed,
    SessionKept,
    SessionLost,
    SessionOpened,
    Started,
    TimerFired,
)
from workflows.flow import end_step, error_value, next_round
from workflows.frames import (
    WAITING,
    WHOLE,
    Area,
    AskFrame,
    BlockFrame,
    CallFrame,
    Cancelled,
    ChildFrame,
    Failed,
    ForkFrame,
    Frame,
    InlineFrame,
    LoopFrame,
    ParkFrame,
    ReceiveFrame,
    RestoreFrame,
    Returned,
    Scope,
    Signal,
    WaitFrame,
)
from workflows.gaining import SHARES, note_delay
from workflows.idling import take_idle, watch_idle
from workflows.interrupting import in_flight, interrupt
from workflows.leaving import Leave, end_block, end_inline, fail, send
from workflows.parking import PARKING_FORMAT, STOPPED_BEFORE, give_back, park
from workflows.plan import ApprovePlan, Plan
from workflows.protocol import Breathe, CallOff, CloseSession, Command, Finish, StartTimer
from workflows.resting import begin_waiting, rest, take_over, withdraw
from workflows.state import Fiber, State
from workflows.steps import begin
from workflows.turn import Look, Turn

_Answer: TypeAlias = (
    NodeDone
    | NodeFailed
    | NodeCalledOff
    | TimerFired
    | SessionOpened
    | SessionDelayed
    | SessionFailed
    | RobotFound
    | ChildEnded
    | Decided
)
_STOPPED = Vanished(
    ErrorValue(type="StepStoppedError", kind="robot", message="it was stopped in the middle of it", acted=None),
    robot_lost=False,
)
"""How an attempt ended that was called off, but not by its run."""


def initial(  # noqa: PLR0913 - what a run begins with, all by keyword
    plan: Plan,
    *,
    run: str,
    seed: str,
    now: float,
    inputs: dict[str, JsonValue],
    files: Files,
    caught: tuple[str, ...] = (),
    breaks: tuple[str, ...] = (),
    slow: float = 0.0,
) -> State:
    """A run that has not begun."""
    defaults = {name: declared.default for name, declared in plan.inputs.items() if not declared.required}
    area = Area(shares={WHOLE.key(SHARES): plan.limits} if plan.limits else {})
    return State(
        run=run,
        seed=seed,
        started=now,
        now=now,
        inputs={**defaults, **inputs},
        files=files,
        fibers={0: Fiber(Scope({}), area=area)},
        caught=caught,
        breaks=breaks,
        slow=slow,
    )


def advance(
    plan: Plan, state: State, event: Event, *, now: float, look: Look | None = None
) -> tuple[State, tuple[Command, ...]]:
    """Take one event into account and do what can be done without the world.

    An answer that nobody waits for changes nothing. The result depends on the arguments alone; who looks on is told
    of each command as it is given, and changes nothing either.
    """
    if state.finished:
        return state, ()
    turn = Turn(plan, state, now, look)
    _take(turn, event)
    _work(turn, state.run)
    rest(turn)
    watch_idle(turn)
    return turn.freeze(), tuple(turn.commands)


def _take(turn: Turn, event: Event) -> None:  # noqa: C901, PLR0912 - one case for each kind of event
    match event:
        case Started():
            begin_deadline(turn, turn.plan.limit_seconds)
            turn.push(BlockFrame(0))
        case CancelRequested():
            _cancel(turn)
        case SessionLost(session):
            turn.sessions = {
                name: replace(held, grant=None) if held.grant is not None and held.grant.id == session else held
                for name, held in turn.sessions.items()
            }
        case PauseRequested():
            turn.paused = True
            stop_clocks(turn)
        case ResumeRequested():
            turn.paused = False
            start_clocks(turn)
            begin_waiting(turn)
        case SessionKept(grant):
            turn.sessions = {
                name: replace(held, grant=grant) if held.grant is not None and held.grant.id == grant.id else held
                for name, held in turn.sessions.items()
            }
        case RestRequested():
            turn.holding = True
            withdraw(turn)
        case HandedOn():
            take_over(turn)
        case Answered():
            take_answer(turn, event)
        case EventCame():
            turn.pure_steps = 0
            take_event(turn, event)
        case Decided(number):
            _answer(turn, number, event)
        case TimerFired(number) if number == turn.breathing:
            turn.breathing = None
        case TimerFired(number) if number == turn.cleanup:
            _give_up_cleanup(turn)
        case TimerFired(number):
            if not _answer(turn, number, event) and not take_idle(turn, number):
                take_deadline(turn, number)
        case SessionOpened():
            if not _answer(turn, event.number, event) and not _held(turn, event.grant):
                turn.commands.append(CloseSession(event.grant.id))
        case _:
            _answer(turn, event.number, event)


def _answer(turn: Turn, number: int, event: _Answer) -> bool:
    """Give an answer to the fiber that waits for it; whether there is one."""
    for fiber in turn.fibers:
        turn.switch(fiber)
        top = turn.top
        if isinstance(top, WAITING) and number in _numbers(top):
            turn.pure_steps = 0
            _take_answer(turn, top, event)
            return True
    return False


def _numbers(frame: Frame) -> tuple[int, ...]:
    """The numbers of the commands and questions whose answers a frame waits for."""
    match frame:
        case AskFrame(number=number, timer=timer) | ReceiveFrame(number=number, timer=timer):
            return number, timer
        case ParkFrame(timer=timer):
            return (timer,)
        case CallFrame(number=number) | RestoreFrame(number=number) | WaitFrame(number=number):
            return (number,)
        case ChildFrame(number=number):
            return (number,)
        case _:  # pragma: no cover - asked of frames that wait
            raise AssertionError(frame)


def _take_answer(turn: Turn, frame: Frame, event: _Answer) -> None:  # noqa: C901, PLR0912 - one case for each answer
    match event, frame:
        case NodeDone(), CallFrame():
            take_done(turn, frame, event)
        case ChildEnded(error=None), ChildFrame():
            take_child(turn, event)
        case _ if turn.interrupt is not None:
            if isinstance(event, SessionOpened):
                turn.commands.append(CloseSession(event.grant.id))
            _leave(turn)
        case SessionOpened(_, grant), CallFrame():
            take_session(turn, frame, grant)
        case NodeDone(), RestoreFrame():
            take_redone(turn, frame)
        case NodeFailed(_, outcome), RestoreFrame():
            take_not_redone(turn, frame, outcome)
        case NodeFailed(_, outcome) | SessionFailed(_, outcome), CallFrame():
            take_failed(turn, frame, outcome)
        case SessionDelayed(_, why, unroutable), CallFrame():
            note_delay(turn, call_of(turn), frame, why, unroutable=unroutable)
        case RobotFound(), CallFrame():
            take_robot(turn, frame)
        case NodeCalledOff(), CallFrame(waits_for="session" | "share" | "robot") if turn.waits:
            attempt(turn)  # which is put off
        case NodeCalledOff(number), _:
            _take_answer(turn, frame, NodeFailed(number, _STOPPED))
        case TimerFired(), CallFrame():
            attempt(turn)
        case TimerFired(), WaitFrame():
            turn.pop()
            end_step(turn, {})
        case TimerFired(), AskFrame() | ReceiveFrame():
            take_expiry(turn)
        case TimerFired(), ParkFrame():
            give_back(turn, frame)
        case Decided(), AskFrame():
            step = turn.step()
            assert isinstance(step, ApprovePlan)  # noqa: S101 - ask frames lie on these steps only
            take_decision(turn, step, frame, event)
        case ChildEnded(), ChildFrame():
            take_child(turn, event)
        case _:  # pragma: no cover - a number ties each kind of answer to its kind of question
            raise AssertionError(event, frame)


def _leave(turn: Turn) -> None:
    """What was in flight has ended: leave with the signal that waits."""
    assert turn.interrupt is not None  # noqa: S101 - asked for then only
    send(turn, turn.interrupt)


def _held(turn: Turn, grant: SessionGrant) -> bool:
    return any(held.grant == grant for held in turn.sessions.values())


def _work(turn: Turn, run: str) -> None:
    """Do steps until every fiber waits, the run has ended, or has worked long enough at one go."""
    while not turn.finished and turn.breathing is None:
        if not _can_go_on(turn):
            other = _next(turn)
            if other is None:
                return
            turn.switch(other)
        elif turn.fuel <= 0:
            turn.breathing = turn.number()
            turn.commands.append(Breathe(turn.breathing))
        elif turn.interrupt is not None:
            _leave(turn)
        else:
            _do(turn, run)


def _next(turn: Turn) -> int | None:
    """A fiber that can go on."""
    if len(turn.fibers) == 1:
        return None
    current = turn.fiber
    for fiber in sorted(turn.fibers):
        turn.switch(fiber)
        if _can_go_on(turn):
            return fiber
    turn.switch(current)
    return None


def _can_go_on(turn: Turn) -> bool:
    """Whether the fiber under work has something to do."""
    top = turn.top
    if turn.interrupt is not None:
        return not in_flight(turn)
    if turn.waits or isinstance(top, WAITING):
        return False
    return not isinstance(top, ForkFrame) or not top.running or window_open(turn, top)


def _do(turn: Turn, run: str) -> None:
    try:
        match turn.top:
            case BlockFrame(block, index) as place:
                steps = turn.plan.blocks[block]
                if index < len(steps) and steps[index].id in turn.breaks and not place.passed and turn.cancel == "no":
                    park(turn, STOPPED_BEFORE.model_copy(update={"step": steps[index].id}), place.tried)
                elif index < len(steps):
                    begin(turn, steps[index], run)
                else:
                    end_block(turn, block)
            case LoopFrame() as loop:
                next_round(turn, loop)
            case ForkFrame() as fork:
                _fork(turn, fork)
            case InlineFrame() as inline:
                end_inline(turn, inline)
            case None:
                end_run(turn, Returned(None))
            case other:  # pragma: no cover - all other frames wait, or have a block on them
                raise AssertionError(other)
    except Leave as leaving:
        _signal(turn, leaving.signal)
    except AetherError as error:
        fail(turn, error_value(error, turn.step().id))


def _signal(turn: Turn, signal: Signal) -> None:
    if isinstance(signal, Failed):
        fail(turn, signal.error)
    else:
        send(turn, signal)


def _fork(turn: Turn, fork: ForkFrame) -> None:
    if window_open(turn, fork):
        begin_branch(turn, fork)
    elif fork.failure is not None:
        turn.pop()
        send(turn, fork.failure)
    else:
        join(turn, fork)


def _cancel(turn: Turn) -> None:
    """A `finally` block under way comes to its end first; everything else is left at once."""
    if turn.cancel != "no":
        return
    turn.cancel = "asked"
    turn.paused = False
    start_clocks(turn)
    if turn.plan.format >= PARKING_FORMAT:
        turn.cleanup = turn.number()
        turn.cleanup_due = turn.now + turn.plan.cleanup
        turn.commands.append(StartTimer(turn.cleanup, turn.plan.cleanup, "tidy up after the cancellation"))
    turn.switch(0)
    interrupt(turn, Cancelled())
    begin_waiting(turn)


def _give_up_cleanup(turn: Turn) -> None:
    """Tidying up after a cancellation takes too long: the run ends as it is."""
    turn.cleanup = 0
    for fiber in list(turn.fibers):
        turn.switch(fiber)
        top = turn.top
        if isinstance(top, WAITING):
            turn.commands.extend(CallOff(number) for number in _numbers(top) if number)
    turn.switch(0)
    for fiber in [number for number in turn.fibers if number]:
        del turn.fibers[fiber]
    finish_with(turn, Finish("cancelled"))
