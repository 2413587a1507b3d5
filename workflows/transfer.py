"""How a run goes on with a corrected document.

What the run has done must be written in the new document as it was in the old one, step by step; everything else may
change. Then each place in the old plan has one in the new, and the state is carried over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic import JsonValue

from workflows.alike import difference
from workflows.errors import PatchRefusedError
from workflows.events import Answered
from workflows.frames import (
    AskFrame,
    BlockFrame,
    CallFrame,
    ChildFrame,
    DeadlineFrame,
    ExpiryFrame,
    ForkFrame,
    Frame,
    GroupFrame,
    InlineFrame,
    LoopFrame,
    ParkFrame,
    RebuildFrame,
    ReceiveFrame,
    RestoreFrame,
    SessionFrame,
    Stack,
    TryFrame,
    UndoFrame,
    WaitFrame,
)
from workflows.inputs import check_inputs
from workflows.plan import (
    AnyPlanStep,
    ApprovePlan,
    BlockNumber,
    ForEachPlan,
    IfPlan,
    InlinePlan,
    ParallelPlan,
    Plan,
    ReceivePlan,
    SessionPlan,
    SwitchPlan,
    TryPlan,
    WhilePlan,
)
from workflows.state import Fiber, State, Undo


def transfer(old: Plan, new: Plan, state: State, answered: Answered) -> State:
    """The state of a run with a corrected document.

    Raises:
        PatchRefusedError: the new document differs in what was done already; the message names the step.
        InvalidInputError: the new document wants inputs that the run does not have.
    """
    return _Transfer(old, new, state, answered).state()


class _Transfer:
    """Carries one state over."""

    def __init__(self, old: Plan, new: Plan, state: State, answered: Answered) -> None:
        self._old = old
        self._new = new
        self._state = state
        self._answered = answered
        self._blocks: dict[BlockNumber, BlockNumber] = {}
        """Where blocks of the old plan are in the new one."""

    def state(self) -> State:
        self._check_heads()
        fibers: dict[int, Fiber] = {}
        for number in sorted(self._state.fibers):  # parents come before their branches
            fiber = self._state.fibers[number]
            first = self._first_block(fiber)
            fibers[number] = replace(fiber, stack=self._stack(fiber.stack, first))
        return replace(
            self._state,
            fibers=fibers,
            inputs=self._inputs(),
            undo=self._undo(self._state.undo),
            revision=self._state.revision + 1,
        )

    def _check_heads(self) -> None:
        old, new = self._old, self._new
        if old.name != new.name:
            raise PatchRefusedError(f"the document is named {new.name!r}, but the run is one of {old.name!r}")
        held = sorted({held.grant.robot for held in self._state.sessions.values() if held.grant and held.grant.robot})
        missing = sorted(set(new.needs) - set(old.needs))
        if missing and held:
            raise PatchRefusedError(
                f"the new document needs {', '.join(missing)} of its robot, but {held[0]!r}, which holds the run's "
                "session, was chosen without; start a new run"
            )

    def _inputs(self) -> dict[str, JsonValue]:
        defaults = {name: declared.default for name, declared in self._new.inputs.items() if not declared.required}
        kept = {name: value for name, value in self._state.inputs.items() if name in self._new.inputs}
        check_inputs(self._new.inputs, {**kept, **self._answered.inputs})
        return {**defaults, **kept}

    def _stack(self, stack: Stack | None, first: BlockNumber) -> Stack | None:
        """Carry a stack over, from its outermost frame to its innermost."""
        frames = list(stack.frames())[::-1] if stack is not None else []
        carried: Stack | None = None
        block, step, new_step = first, None, None
        for depth, frame in enumerate(frames):
            inner: list[Frame] = [other for other in frames[depth + 1 :] if not isinstance(other, DeadlineFrame)]
            if isinstance(frame, BlockFrame):
                if step is not None and new_step is not None:
                    block = self._inner(frames[:depth], step, new_step)
                step, new_step = self._block(frame, block, inner)
                frame = replace(frame, block=block)  # noqa: PLW2901 - the same frame over the new plan
            else:
                frame = self._frame(frame, step, new_step)  # noqa: PLW2901 - the same
            carried = Stack(frame, carried)
        return carried

    def _block(
        self, frame: BlockFrame, block: BlockNumber, inner: Sequence[Frame]
    ) -> tuple[AnyPlanStep | None, AnyPlanStep | None]:
        """Hold the steps of a block that were done against the new ones; give the step under way in both."""
        self._blocks[frame.block] = block
        before, after = self._old.blocks[frame.block], self._new.blocks[block]
        for index in range(frame.index):
            self._same(before[index], after[index] if index < len(after) else None)
        step = before[frame.index] if frame.index < len(before) else None
        new_step = after[frame.index] if frame.index < len(after) else None
        if step is None or not inner or isinstance(inner[0], ParkFrame):
            self._check_skipped(step, new_step, inner)
            return None, None
        if isinstance(inner[0], CallFrame | WaitFrame | ChildFrame | AskFrame | ReceiveFrame | RestoreFrame):
            self._same(step, new_step)
            return step, new_step
        self._same_head(step, new_step)
        if isinstance(inner[0], ForkFrame):
            self._same_branches(inner[0], step, new_step)
        return step, new_step

    def _check_skipped(self, step: AnyPlanStep | None, new_step: AnyPlanStep | None, inner: Sequence[Frame]) -> None:
        """What a person says of the parked step must be said of the step that is there now."""
        parked = bool(inner) and isinstance(inner[0], ParkFrame) and inner[0].number == self._answered.number
        if not parked or self._answered.action not in ("skip", "set-output") or step is None:
            return
        if new_step is None or new_step.id != step.id:
            there = f"{new_step.id!r} stands there now" if new_step is not None else "it is not there any more"
            raise PatchRefusedError(
                f"{self._answered.action!r} is said of step {step.id!r}, but in the new document {there}; "
                "use 'retry' to go on with what stands there"
            )

    def _same(self, step: AnyPlanStep, new_step: AnyPlanStep | None) -> None:
        """A step that was done must not have changed."""
        if new_step is None:
            raise PatchRefusedError(f"step {step.id!r} has run, but it is missing in the new document; put it back")
        if step.named and new_step.named and step.id != new_step.id:
            raise PatchRefusedError(
                f"where step {step.id!r} has run, the new document has {new_step.id!r}; "
                "leave the steps that have run as they are, and put new ones behind them"
            )
        changed = difference(self._old, step, self._new, new_step)
        if changed is not None:
            raise PatchRefusedError(f"step {step.id!r} has run, but in the new document {changed}; leave it as it was")

    def _same_head(self, step: AnyPlanStep, new_step: AnyPlanStep | None) -> None:
        """A step that other steps are being done in: what it is made of so far must not have changed."""
        if new_step is None or new_step.kind != step.kind or (step.named and new_step.id != step.id):
            there = f"there is {new_step.id!r}" if new_step is not None else "there is nothing"
            raise PatchRefusedError(
                f"the run is inside of step {step.id!r}, but in its place {there} in the new document; put it back"
            )
        changed = difference(self._old, step, self._new, new_step, head=True)
        if changed is not None:
            raise PatchRefusedError(
                f"the run is inside of step {step.id!r}, but in the new document {changed}; leave it as it was"
            )

    def _same_branches(self, fork: ForkFrame, step: AnyPlanStep, new_step: AnyPlanStep | None) -> None:
        """Branches that have ended must not have changed."""
        if not isinstance(step, ParallelPlan) or not isinstance(new_step, ParallelPlan):
            return
        running = {self._state.fibers[number].position for number in fork.running}
        for position in range(fork.begun):
            if position in running:
                continue
            before = self._old.blocks[step.branches[position].block]
            after = self._new.blocks[new_step.branches[position].block]
            for index, inner in enumerate(before):
                self._same(inner, after[index] if index < len(after) else None)

    def _inner(self, outer: list[Frame], step: AnyPlanStep, new_step: AnyPlanStep) -> BlockNumber:
        """The block of the new step that corresponds to the one under way."""
        frame = next(frame for frame in reversed(outer) if not isinstance(frame, BlockFrame) and _has_block(frame))
        match step, new_step, frame:
            case ((IfPlan() | SwitchPlan()), (IfPlan() | SwitchPlan()), GroupFrame(block)):
                return _arm(step, new_step, block)
            case _, _, RebuildFrame() if self._new.restore is not None:
                return self._new.restore
            case TryPlan(), TryPlan(), TryFrame(phase, block):
                return self._try_block(step, new_step, phase, block)
            case (
                (ForEachPlan() | WhilePlan() | SessionPlan() | InlinePlan()),
                (ForEachPlan() | WhilePlan() | SessionPlan() | InlinePlan()),
                _,
            ):
                return new_step.block
            case (
                (ApprovePlan() | ReceivePlan()),
                (ApprovePlan(expired=int(block)) | ReceivePlan(expired=int(block))),
                _,
            ):
                return block
            case _:
                raise PatchRefusedError(
                    f"the run is inside of step {step.id!r}, which the new document has lost; put it back"
                )

    def _try_block(self, step: TryPlan, new_step: TryPlan, phase: str, block: BlockNumber) -> BlockNumber:
        if phase == "try":
            return new_step.body
        if phase == "finally" and new_step.final is not None:
            return new_step.final
        for clause, new_clause in zip(step.catches, new_step.catches, strict=False):
            if clause.block == block and clause.variable == new_clause.variable:
                return new_clause.block
        raise PatchRefusedError(
            f"the run is in a '{phase}' of step {step.id!r}, which the new document has lost; put it back"
        )

    def _frame(self, frame: Frame, step: AnyPlanStep | None, new_step: AnyPlanStep | None) -> Frame:
        """A frame with the numbers that the new plan has for its blocks."""
        if step is None or new_step is None:
            return frame
        match frame:
            case GroupFrame() | ExpiryFrame() | SessionFrame() | InlineFrame() | TryFrame() | RebuildFrame():
                return replace(frame, block=self._inner([frame], step, new_step))
            case _:
                return frame

    def _first_block(self, fiber: Fiber) -> BlockNumber:
        """The outermost block of a fiber in the new plan."""
        frames = list(fiber.stack.frames())[::-1] if fiber.stack is not None else []
        if fiber.parent is not None:
            return self._branch_block(fiber, self._state.fibers[fiber.parent])
        match frames:
            case [UndoFrame(), BlockFrame(block=block), *_]:
                return self._undo_block(block)
            case _:
                return 0

    def _branch_block(self, fiber: Fiber, parent: Fiber) -> BlockNumber:
        """The block of a branch or round in the new plan."""
        frames = list(parent.stack.frames()) if parent.stack is not None else []
        at = next(frame for frame in frames if isinstance(frame, BlockFrame))
        step = self._old.blocks[at.block][at.index]
        new_step = self._new.blocks[self._blocks[at.block]][at.index]
        if isinstance(step, ParallelPlan) and isinstance(new_step, ParallelPlan):
            return new_step.branches[fiber.position].block
        assert isinstance(new_step, ForEachPlan)  # noqa: S101 - the heads were held against each other
        return new_step.block

    def _undo(self, undo: Undo | None) -> Undo | None:
        if undo is None:
            return None
        return replace(undo, block=self._undo_block(undo.block), below=self._undo(undo.below))

    def _undo_block(self, block: BlockNumber) -> BlockNumber:
        """Where the new document says how to make a step undone; that may have changed."""
        owner = next(step for steps in self._old.blocks for step in steps if step.undo == block)
        found = next((step for steps in self._new.blocks for step in steps if step.id == owner.id), None)
        if found is None or found.undo is None:
            raise PatchRefusedError(
                f"step {owner.id!r} has run and must be undone if the run fails, but the new document does not say "
                "how; put its 'undo' back"
            )
        return found.undo


def _has_block(frame: Frame) -> bool:
    return isinstance(
        frame,
        GroupFrame | ExpiryFrame | SessionFrame | InlineFrame | LoopFrame | TryFrame | ForkFrame | RebuildFrame,
    )


def _arm(step: IfPlan | SwitchPlan, new_step: IfPlan | SwitchPlan, block: BlockNumber) -> BlockNumber:
    """The block of the arm or case that was taken."""
    blocks = [arm.block for arm in (step.arms if isinstance(step, IfPlan) else step.cases)]
    new_blocks = [arm.block for arm in (new_step.arms if isinstance(new_step, IfPlan) else new_step.cases)]
    if block in blocks and blocks.index(block) < len(new_blocks):
        return new_blocks[blocks.index(block)]
    if block == step.otherwise and new_step.otherwise is not None:
        return new_step.otherwise
    raise PatchRefusedError(f"the run is in a part of step {step.id!r} which the new document has lost; put it back")
