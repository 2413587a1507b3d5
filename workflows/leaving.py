"""What follows when blocks come to their end, or are left by a signal that looks for who answers it."""

from __future__ import annotations

from workflows.branches import close_area, end_branch
from workflows.call import ErrorValue
from workflows.deadlines import go_on
from workflows.ending import end_run, end_undo
from workflows.flow import drop_deadline, end_loop, end_round, end_step, outputs_of
from workflows.frames import (
    Aborted,
    AskFrame,
    BlockFrame,
    Broke,
    CallFrame,
    Cancelled,
    ChildFrame,
    Continued,
    DeadlineFrame,
    ExpiryFrame,
    Failed,
    ForkFrame,
    GroupFrame,
    InlineFrame,
    Jumped,
    LoopFrame,
    ParkFrame,
    RebuildFrame,
    ReceiveFrame,
    RestoreFrame,
    Returned,
    SessionFrame,
    Signal,
    TimedOut,
    TryFrame,
    UndoFrame,
    WaitFrame,
)
from workflows.parking import error_names, park, parks
from workflows.plan import BlockNumber, CatchPlan, InlinePlan, TryPlan
from workflows.protocol import ErrorCaught, StepEnded
from workflows.restoring import rebuilt
from workflows.turn import Turn


class Leave(Exception):  # noqa: N818 - not an error: a step that sends a signal
    """A step sends a signal instead of coming to its end."""

    def __init__(self, signal: Signal) -> None:
        super().__init__()
        self.signal = signal


def fail(turn: Turn, error: ErrorValue, tried: int = 0) -> None:
    """The step under way has failed for good: somebody answers that, a person mends it, or the run ends."""
    if parks(turn, error):
        park(turn, error, tried)
    else:
        send(turn, Failed(error))


def end_block(turn: Turn, block: BlockNumber) -> None:  # noqa: C901, PLR0912 - one case a frame
    """The last step of a block is done; whoever did the block goes on."""
    turn.pop()
    match turn.top:
        case None:
            _end_fiber(turn, None)
        case DeadlineFrame():
            drop_deadline(turn)
            _end_fiber(turn, None)
        case GroupFrame():
            turn.pop()
            end_step(turn, outputs_of(turn, block))
        case ExpiryFrame(output=output):
            turn.pop()
            end_step(turn, output)
        case SessionFrame() as session:
            _leave_session(turn, session)
            end_step(turn, outputs_of(turn, block))
        case InlineFrame():
            pass
        case RebuildFrame() as rebuilding:
            rebuilt(turn, rebuilding)
        case LoopFrame() as loop:
            end_round(turn, loop)
        case TryFrame(phase="finally", pending=pending, output=output):
            turn.pop()
            if pending is None:
                end_step(turn, output)
            else:
                send(turn, pending)
        case TryFrame():
            _end_try(turn, block)
        case UndoFrame() as undo:
            end_undo(turn, undo)
        case other:  # pragma: no cover - blocks lie on these frames only
            raise AssertionError(other)


def end_inline(turn: Turn, frame: InlineFrame) -> None:
    """The steps of another document are done; its outputs are the step's."""
    outputs = frame.returned
    if outputs is None:
        outputs = {name: turn.evaluate(value) for name, value in _inline(turn).outputs.items()}
    _leave_inline(turn, frame)
    end_step(turn, outputs)


def send(turn: Turn, signal: Signal) -> None:
    """Let a signal leave block after block until someone answers it, or the fiber ends with it."""
    turn.interrupt = None
    while turn.stack is not None:
        passed = _pass(turn, turn.stack.top, signal)
        if passed is None:
            return
        signal = passed
    _end_fiber(turn, signal)


def _pass(turn: Turn, frame: object, signal: Signal) -> Signal | None:  # noqa: C901, PLR0911, PLR0912 - one case a frame
    """Take a signal out of the innermost frame; None when it was answered."""
    match frame:
        case BlockFrame(block, index):
            if isinstance(signal, Jumped) and signal.block == block:
                turn.swap(BlockFrame(block, signal.index))
                return None
            _end_by(turn, block, index, signal)
        case LoopFrame() as loop:
            if isinstance(signal, Continued):
                end_round(turn, loop)
                return None
            turn.scope = loop.scope
            if isinstance(signal, Broke):
                end_loop(turn, loop)
                return None
        case TryFrame() as attempt:
            signal = attempt.pending if isinstance(attempt.pending, Cancelled | Aborted) else signal
            if _answered(turn, attempt, signal):
                return None
        case InlineFrame() as inline:
            if isinstance(signal, Returned):
                turn.swap(InlineFrame(inline.block, inline.scope, inline.variables, signal.outputs))
                return None
            _leave_inline(turn, inline)
            return signal
        case SessionFrame() as session:
            _leave_session(turn, session)
            return signal
        case DeadlineFrame(number=number):
            return _overdue(turn, number, signal)
        case RebuildFrame(scope=scope):
            turn.scope = scope
        case UndoFrame() as undo:
            end_undo(turn, undo)
            return None
        case ParkFrame():
            turn.pop()
            go_on(turn, turn.fiber)
            return signal
        case _:
            _assert_passive(frame)
    turn.pop()
    return signal


def _assert_passive(frame: object) -> None:
    """Frames that nothing stops at."""
    assert isinstance(  # noqa: S101 - all kinds of frames are named here or in `_pass`
        frame,
        GroupFrame | ExpiryFrame | ForkFrame | CallFrame | RestoreFrame | WaitFrame | AskFrame | ReceiveFrame
        | ChildFrame,
    )  # fmt: skip


def _end_fiber(turn: Turn, signal: Signal | None) -> None:
    if turn.parent is not None:
        end_branch(turn, signal if not isinstance(signal, Continued) else None)
    else:
        end_run(turn, signal or Returned(None))


def _overdue(turn: Turn, deadline: int, signal: Signal) -> Signal | None:
    """What leaves a block that had a deadline."""
    if not isinstance(signal, TimedOut) or signal.deadline != deadline:
        drop_deadline(turn)
        return signal
    turn.pop()
    if turn.stack is None:
        return Failed(signal.error)
    fail(turn, signal.error)
    return None


def _inline(turn: Turn) -> InlinePlan:
    step = turn.step()
    assert isinstance(step, InlinePlan)  # noqa: S101 - inline frames lie on these steps only
    return step


def _leave_inline(turn: Turn, frame: InlineFrame) -> None:
    turn.pop()
    turn.scope = frame.scope
    turn.variables = frame.variables


def _leave_session(turn: Turn, frame: SessionFrame) -> None:
    turn.pop()
    close_area(turn, turn.area)
    turn.area = frame.outer


def _end_try(turn: Turn, block: BlockNumber) -> None:
    step = turn.step()
    assert isinstance(step, TryPlan)  # noqa: S101 - try frames lie on try steps only
    output = outputs_of(turn, block)
    if step.final is None:
        turn.pop()
        end_step(turn, output)
    else:
        turn.swap(TryFrame("finally", step.final, output=output))
        turn.push(BlockFrame(step.final))


def _end_by(turn: Turn, block: BlockNumber, index: int, signal: Signal) -> None:
    steps = turn.plan.blocks[block]
    if index >= len(steps):
        return
    number = steps[index].number
    match signal:
        case Failed(error) | Aborted(error):
            turn.commands.append(StepEnded(number, turn.now, "failed", error))
        case TimedOut(error=error):
            turn.commands.append(StepEnded(number, turn.now, "cancelled", error))
        case Cancelled() | Jumped():
            turn.commands.append(StepEnded(number, turn.now, "cancelled"))
        case _:
            turn.commands.append(StepEnded(number, turn.now, "done"))


def _answered(turn: Turn, attempt: TryFrame, signal: Signal) -> bool:
    """Whether a `try` step takes a signal up: by a catch that fits, or to do its `finally` first."""
    step = turn.step()
    assert isinstance(step, TryPlan)  # noqa: S101 - try frames lie on try steps only
    if attempt.phase == "try" and isinstance(signal, Failed):
        names = error_names(signal.error)
        clause = next((clause for clause in step.catches if not names.isdisjoint(clause.on)), None)
        if clause is not None:
            _begin_catch(turn, clause, signal.error)
            return True
    if attempt.phase == "finally" or step.final is None:
        return False
    turn.swap(TryFrame("finally", step.final, pending=signal))
    turn.push(BlockFrame(step.final))
    return True


def _begin_catch(turn: Turn, clause: CatchPlan, error: ErrorValue) -> None:
    turn.commands.append(ErrorCaught(error.step))
    seen = error.model_dump(mode="json", include={"type", "kind", "message", "step", "details"})
    turn.scope = turn.scope.having(clause.variable, seen)
    turn.swap(TryFrame("catch", clause.block))
    turn.push(BlockFrame(clause.block))
