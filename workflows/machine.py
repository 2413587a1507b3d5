"""The interpreter: `advance(plan, state, event) -> (state, commands)`, pure and total.

It does the work of a document up to the point where only the world can answer, and says what it wants of the
world as commands. A turn is bounded by fuel, counted in work and not in time, so that it is the same on replay.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic import JsonValue

from workflows.call import ErrorValue, Files, SessionGrant
from workflows.calling import take_done, take_failed, take_not_redone, take_redone, take_retry_time, take_session
from workflows.effects import Vanished
from workflows.errors import AetherError
from workflows.flow import Leave, end_block, end_step, error_value, next_round, send
from workflows.plan import Plan
from workflows.protocol import (
    Breathe,
    CallOff,
    CancelRequested,
    CloseSession,
    Command,
    Event,
    NodeCalledOff,
    NodeDone,
    NodeFailed,
    SessionFailed,
    SessionLost,
    SessionOpened,
    Started,
    TimerFired,
)
from workflows.state import (
    BlockFrame,
    CallFrame,
    Cancelled,
    Failed,
    LoopFrame,
    RestoreFrame,
    Scope,
    Stack,
    State,
    TryFrame,
    WaitFrame,
)
from workflows.steps import begin
from workflows.turn import Turn

_STOPPED = Vanished(
    ErrorValue(type="StepStoppedError", kind="robot", message="it was stopped in the middle of it", acted=None),
    robot_lost=False,
)
"""How an attempt ended that was called off, but not by its run."""


def initial(  # noqa: PLR0913 - what a run begins with, all by keyword
    plan: Plan, *, run: str, seed: str, now: float, inputs: dict[str, JsonValue], files: Files
) -> State:
    """A run that has not begun."""
    defaults = {name: declared.default for name, declared in plan.inputs.items() if not declared.required}
    return State(
        run=run,
        seed=seed,
        started=now,
        now=now,
        inputs={**defaults, **inputs},
        files=files,
        stack=None,
        scope=Scope({}),
    )


def advance(plan: Plan, state: State, event: Event, *, now: float) -> tuple[State, tuple[Command, ...]]:
    """Take one event into account and do what can be done without the world.

    An answer that nobody waits for changes nothing. The result depends on the arguments alone.
    """
    if state.finished:
        return state, ()
    turn = Turn(plan, state, now)
    _take(turn, event)
    _work(turn)
    return turn.freeze(), tuple(turn.commands)


def _take(turn: Turn, event: Event) -> None:
    match event:
        case Started():
            turn.push(BlockFrame(0))
        case CancelRequested():
            _ask_to_cancel(turn)
        case SessionLost(session):
            turn.sessions = {
                name: replace(held, grant=None) if held.grant is not None and held.grant.id == session else held
                for name, held in turn.sessions.items()
            }
        case TimerFired(number) if number == turn.breathing:
            turn.breathing = None
        case _:
            waiting = _waiting(turn)
            if waiting is not None and waiting.number == event.number:
                turn.pure_steps = 0
                _take_answer(turn, waiting, event)
            elif isinstance(event, SessionOpened) and not _held(turn, event.grant):
                turn.commands.append(CloseSession(event.grant.id))


def _take_answer(
    turn: Turn,
    frame: CallFrame | RestoreFrame | WaitFrame,
    event: NodeDone | NodeFailed | NodeCalledOff | TimerFired | SessionOpened | SessionFailed,
) -> None:
    match event, frame:
        case NodeDone(), CallFrame():
            take_done(turn, frame, event)
        case _ if turn.cancel == "asked":
            if isinstance(event, SessionOpened):
                turn.commands.append(CloseSession(event.grant.id))
            _cancel(turn)
        case SessionOpened(_, grant), CallFrame():
            take_session(turn, frame, grant)
        case NodeDone(), RestoreFrame():
            take_redone(turn, frame)
        case NodeFailed(_, outcome), RestoreFrame():
            take_not_redone(turn, frame, outcome)
        case NodeFailed(_, outcome) | SessionFailed(_, outcome), CallFrame():
            take_failed(turn, frame, outcome)
        case NodeCalledOff(number), _:
            _take_answer(turn, frame, NodeFailed(number, _STOPPED))
        case TimerFired(), CallFrame():
            take_retry_time(turn)
        case TimerFired(), WaitFrame():
            turn.pop()
            end_step(turn, {})
        case _:  # pragma: no cover - a number ties each kind of answer to its kind of question
            raise AssertionError(event, frame)


def _held(turn: Turn, grant: SessionGrant) -> bool:
    return any(held.grant == grant for held in turn.sessions.values())


def _work(turn: Turn) -> None:
    """Do steps until the run waits, has ended, or has worked long enough at one go."""
    while not turn.finished and turn.breathing is None and _waiting(turn) is None:
        if turn.cancel == "asked":
            _cancel(turn)
        elif turn.fuel <= 0:
            turn.breathing = turn.number()
            turn.commands.append(Breathe(turn.breathing))
        else:
            _do(turn)


def _cancel(turn: Turn) -> None:
    turn.cancel = "under-way"
    send(turn, Cancelled())


def _do(turn: Turn) -> None:
    try:
        match turn.stack and turn.stack.top:
            case BlockFrame(block, index):
                steps = turn.plan.blocks[block]
                if index < len(steps):
                    begin(turn, steps[index])
                else:
                    end_block(turn, block)
            case LoopFrame() as loop:
                next_round(turn, loop)
            case other:  # pragma: no cover - all other frames wait, or have a block on them
                raise AssertionError(other)
    except Leave as leaving:
        send(turn, leaving.signal)
    except AetherError as error:
        send(turn, Failed(error_value(error, turn.step().id)))


def _waiting(turn: Turn) -> CallFrame | RestoreFrame | WaitFrame | None:
    top = turn.stack.top if turn.stack else None
    return top if isinstance(top, CallFrame | RestoreFrame | WaitFrame) else None


def _ask_to_cancel(turn: Turn) -> None:
    """A `finally` block under way comes to its end first; everything else is left at once."""
    if turn.cancel != "no":
        return
    turn.cancel = "asked"
    stack = _after_finally(turn.stack)
    if stack is not None:
        turn.stack = stack
        turn.cancel = "under-way"
        return
    waiting = _waiting(turn)
    if waiting is not None:
        turn.commands.append(CallOff(waiting.number))


def _after_finally(stack: Stack | None) -> Stack | None:
    """The stack with the cancellation waiting behind the outermost `finally` under way; None without one."""
    if stack is None:
        return None
    below = _after_finally(stack.below)
    if below is not None:
        return Stack(stack.top, below)
    if isinstance(stack.top, TryFrame) and stack.top.phase == "finally":
        return Stack(replace(stack.top, pending=Cancelled()), stack.below)
    return None
