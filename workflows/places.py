"""Where in its document a branch of a run is, in words."""

from __future__ import annotations

from workflows.frames import BlockFrame, InlineFrame, LoopFrame, Stack
from workflows.plan import AnyPlanStep, Plan

AT_THE_END = "outputs"
"""The place of a run that has done its steps, and whose outputs cannot be told."""


def place_in(plan: Plan, stack: Stack | None, begun: str) -> str:
    """The step under way with the rounds and branches it is in; `begun` is where the branch began."""
    parts: list[str] = []
    position: int | None = None
    called = False
    for frame in stack.frames() if stack is not None else ():
        if isinstance(frame, LoopFrame):
            position = frame.position
        elif isinstance(frame, InlineFrame):
            called = True
        elif isinstance(frame, BlockFrame):
            step = step_of(plan, frame)
            if step is not None and position is not None:
                parts.append(f"{step.id}[{position}]")
            elif step is not None and (called or not parts):
                parts.append(step.id)
            position, called = None, False
    if begun:
        parts.append(begun)
    return ".".join(reversed(parts)) or AT_THE_END


def step_in(plan: Plan, stack: Stack | None) -> AnyPlanStep | None:
    """The step under way; None at the end of a block or of the run."""
    frames = stack.frames() if stack is not None else ()
    at = next((frame for frame in frames if isinstance(frame, BlockFrame)), None)
    return step_of(plan, at) if at is not None else None


def step_of(plan: Plan, frame: BlockFrame) -> AnyPlanStep | None:
    """The step a block is at; None at its end."""
    block = plan.blocks[frame.block]
    return block[frame.index] if frame.index < len(block) else None
