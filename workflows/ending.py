"""How a run ends: what it did is made undone where it did not succeed, its sessions are given back."""

from __future__ import annotations

from workflows.errors import AetherError
from workflows.flow import error_value
from workflows.frames import Aborted, BlockFrame, Cancelled, Failed, Returned, Scope, Signal, Stack, TimedOut, UndoFrame
from workflows.parking import park, parks
from workflows.protocol import CallOff, CloseSession, Finish
from workflows.turn import Turn


def end_run(turn: Turn, signal: Signal) -> None:
    """The run's own fiber has nothing left to do: undo what must be undone, then finish."""
    succeeded = not isinstance(signal, Failed | Cancelled | Aborted | TimedOut)
    if succeeded or turn.undo is None:
        finish(turn, signal)
        return
    undo = turn.undo
    turn.undo = undo.below
    turn.place = f"{undo.place}.undo"
    turn.scope = undo.scope
    turn.variables = undo.variables
    turn.area = undo.area if undo.area.number == 0 else turn.area
    turn.interrupt = None
    turn.stack = Stack(BlockFrame(undo.block), Stack(UndoFrame(signal)))


def end_undo(turn: Turn, frame: UndoFrame) -> None:
    """A step was made undone, or could not be; go on with the step before."""
    turn.stack = None
    turn.place = ""
    turn.scope = Scope({})
    end_run(turn, frame.ending)


def finish(turn: Turn, signal: Signal) -> None:
    """The run is over, unless its outputs cannot be told and somebody may mend that."""
    turn.stack = None
    end = _ending(turn, signal)
    if end is None:
        return
    finish_with(turn, end)


def finish_with(turn: Turn, end: Finish) -> None:
    """The run is over."""
    for key in turn.sessions:
        grant = turn.sessions[key].grant
        if grant is not None:
            turn.commands.append(CloseSession(grant.id))
    if turn.cleanup:
        turn.commands.append(CallOff(turn.cleanup))
    turn.commands.append(end)
    turn.sessions = {}
    turn.stack = None
    turn.finished = True


def _ending(turn: Turn, signal: Signal) -> Finish | None:
    match signal:
        case Failed(error) | Aborted(error):
            return Finish("failed", error=error)
        case Cancelled():
            return Finish("cancelled")
        case Returned(dict() as outputs):
            return Finish("completed", outputs)
        case _:
            return _completed(turn)


def _completed(turn: Turn) -> Finish | None:
    try:
        return Finish("completed", {name: turn.evaluate(value) for name, value in turn.plan.outputs.items()})
    except AetherError as problem:
        error = error_value(problem, None)
    if parks(turn, error):
        park(turn, error, 0)
        return None
    return Finish("failed", error=error)
