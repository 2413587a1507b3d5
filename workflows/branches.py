"""Branches and rounds that are done side by side, each by a fiber of its own."""

from __future__ import annotations

from dataclasses import replace

from pydantic import JsonValue

from workflows.call import BLANK, Checkpoint
from workflows.flow import end_step, outputs_of, place_of, result_of_round, round_names
from workflows.frames import Aborted, Area, BlockFrame, Failed, ForkFrame, Scope, Signal, Stack
from workflows.interrupting import interrupt_all
from workflows.plan import ForEachPlan, ParallelPlan
from workflows.protocol import CloseSession, RoundStarted
from workflows.results import Kept
from workflows.state import Fiber, Held
from workflows.turn import STEP_COST, Turn


def window_open(turn: Turn, fork: ForkFrame) -> bool:
    """Whether another branch or round may begin."""
    step = turn.step()
    assert isinstance(step, ForEachPlan | ParallelPlan)  # noqa: S101 - forks lie on these steps only
    width = step.parallel if isinstance(step, ForEachPlan) else None
    failed = fork.failure is not None and (step.on_error == "cancel" or not isinstance(fork.failure, Failed))
    return not failed and fork.begun < fork.total and (width is None or len(fork.running) < width)


def begin_branch(turn: Turn, fork: ForkFrame) -> None:
    """Begin the next branch or round; the fiber under work stays the same."""
    step = turn.step()
    turn.fuel -= STEP_COST
    number = turn.number()
    position = fork.begun
    place = place_of(turn)
    if isinstance(step, ForEachPlan) and fork.items is not None:
        names, block, place = round_names(step, fork.items, position), step.block, f"{place}[{position}]"
        turn.commands.append(RoundStarted(step.number, fork.ended, fork.total))
    elif isinstance(step, ParallelPlan):
        branch = step.branches[position]
        names, block, place = {}, branch.block, f"{place}.{branch.name}"
    else:  # pragma: no cover - forks lie on these steps only
        raise AssertionError(step)
    turn.fibers[number] = Fiber(
        scope=Scope(names, turn.scope),
        stack=Stack(BlockFrame(block)),
        variables=turn.variables,
        area=_branch_area(turn),
        place=place,
        parent=turn.fiber,
        position=position,
    )
    turn.swap(replace(fork, begun=position + 1, running=(*fork.running, number)))


def end_branch(turn: Turn, signal: Signal | None) -> None:
    """The fiber under work has come to its end, or was left; its parent hears of it."""
    assert turn.parent is not None  # noqa: S101 - the run itself is no branch
    fiber, position = turn.fiber, turn.position
    scope = turn.scope
    close_area(turn, turn.area)
    turn.leave(turn.parent)
    fork = turn.top
    assert isinstance(fork, ForkFrame)  # noqa: S101 - a parent waits for its branches
    fork = replace(fork, running=tuple(other for other in fork.running if other != fiber), ended=fork.ended + 1)
    if signal is None:
        fork = _keep(turn, fork, position, scope)
    elif isinstance(signal, Failed | Aborted):
        fork = _fail(turn, fork, position, signal)
    turn.swap(fork)


def join(turn: Turn, fork: ForkFrame) -> None:
    """All branches or rounds have ended well."""
    step = turn.step()
    results = fork.kept.in_order() if fork.kept is not None else []
    turn.pop()
    if isinstance(step, ParallelPlan):
        end_step(turn, dict(zip((branch.name for branch in step.branches), results, strict=True)))
    else:
        end_step(turn, {"count": fork.total, "results": results})


def close_area(turn: Turn, area: Area) -> None:
    """The sessions of an area are given back."""
    ended = {key for key, held in turn.sessions.items() if key == area.key(held.capability)}
    if not ended:
        return
    for key in sorted(ended):
        grant = turn.sessions[key].grant
        if grant is not None:
            turn.commands.append(CloseSession(grant.id))
    turn.sessions = {key: held for key, held in turn.sessions.items() if key not in ended}


def _branch_area(turn: Turn) -> Area:
    """Sessions of its own for a branch, which begin with the cookies of those around it."""
    area = Area(turn.number(), turn.area.needs, turn.area.shares)
    begun = {
        area.key(held.capability): Held(None, held.capability, Checkpoint(url=BLANK, storage=held.checkpoint.storage))
        for key, held in turn.sessions.items()
        if key == turn.area.key(held.capability) and held.checkpoint is not None and held.checkpoint.storage is not None
    }
    if begun:
        turn.sessions = {**turn.sessions, **begun}
    return area


def _keep(turn: Turn, fork: ForkFrame, position: int, scope: Scope) -> ForkFrame:
    step = turn.step()
    outer, turn.scope = turn.scope, scope
    value: JsonValue
    if isinstance(step, ParallelPlan):
        value = outputs_of(turn, step.branches[position].block)
    elif isinstance(step, ForEachPlan) and step.keep_results:
        value = result_of_round(turn, step)
    else:
        turn.scope = outer
        return fork
    turn.scope = outer
    return replace(fork, kept=Kept(position, value, fork.kept))


def _fail(turn: Turn, fork: ForkFrame, position: int, signal: Failed | Aborted) -> ForkFrame:
    step = turn.step()
    assert isinstance(step, ForEachPlan | ParallelPlan)  # noqa: S101 - forks lie on these steps only
    if step.on_error == "cancel" or isinstance(signal, Aborted):
        interrupt_all(turn, fork.running)
        return replace(fork, failed=position, failure=signal)
    if fork.failed is None or position < fork.failed:
        return replace(fork, failed=position, failure=signal)
    return fork
