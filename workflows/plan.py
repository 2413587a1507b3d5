"""A compiled document: frozen, free of names to resolve, all that a run needs.

A plan travels through history as a run's input. It holds the durable facts of each node (queue, effect,
time limits), never its schemas, so that a changed node cannot break the replay of a running run. Steps are
held in numbered blocks instead of a tree, so that a run's place is a few small numbers.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from workflows.document import Input
from workflows.spec import Effect

FORMAT = 1
"""The version of the plan's own shape."""

BlockNumber: TypeAlias = int
"""An index into `Plan.blocks`."""


class PlanModel(BaseModel):
    """What all parts of a plan share."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RetryPlan(PlanModel):
    """When a failed attempt is made again."""

    delays: tuple[float, ...]
    """Seconds before the second attempt, the third, and so on."""
    jitter: float
    """The share by which each delay varies."""


class NodeCall(PlanModel):
    """How a step calls its node."""

    type: str
    """The node type: the Temporal activity type."""
    capability: str
    """The tag of the robots that can do it."""
    session: bool
    """Whether it acts in the run's session with that capability."""
    checkpoint: bool = False
    """Whether it begins anew in its session, whatever was there before."""
    workspace: bool
    """Whether it reads or writes the run's files."""
    effect: Effect
    """What repeating it would do."""
    timeout: float
    """Seconds one attempt may take."""
    retry: RetryPlan
    """When a failed attempt is made again."""
    params: dict[str, JsonValue]
    """The node's parameters, with expressions."""
    label: str | None
    """The parameter that tells what the step acts on."""


class PlanStep(PlanModel):
    """What every planned step has."""

    number: int
    """Its place in the document, counted over all steps from 0 in the order they are written."""
    id: str
    """Its name; made from its place (`main.3`, `pay_all.1`) where the author gave none."""
    named: bool
    """Whether the author named it, so that expressions can refer to its output."""


class CallStep(PlanStep):
    """Call a node."""

    kind: Literal["call"] = "call"
    node: NodeCall


class Arm(PlanModel):
    """A condition and what to do when it holds."""

    condition: JsonValue
    block: BlockNumber


class IfPlan(PlanStep):
    """Do the block of the first condition that holds."""

    kind: Literal["if"] = "if"
    arms: tuple[Arm, ...]
    otherwise: BlockNumber | None


class CasePlan(PlanModel):
    """The values that select a block."""

    values: tuple[JsonValue, ...]
    block: BlockNumber


class SwitchPlan(PlanStep):
    """Do the block of the first case that equals the value."""

    kind: Literal["switch"] = "switch"
    value: JsonValue
    cases: tuple[CasePlan, ...]
    otherwise: BlockNumber | None


class ForEachPlan(PlanStep):
    """Do a block for each item."""

    kind: Literal["for_each"] = "for_each"
    items: JsonValue
    variable: str
    index: str | None
    block: BlockNumber
    single: bool
    """Whether the block is one node call whose output is the round's result."""
    keep_results: bool
    """Whether any expression can see the results of the rounds."""


class WhilePlan(PlanStep):
    """Do a block as long as a condition holds."""

    kind: Literal["while"] = "while"
    condition: JsonValue
    block: BlockNumber
    limit: int
    keep_results: bool


class CatchPlan(PlanModel):
    """Which errors a block answers."""

    on: tuple[str, ...]
    variable: str
    block: BlockNumber


class TryPlan(PlanStep):
    """Do a block; answer its errors; do another in any case."""

    kind: Literal["try"] = "try"
    body: BlockNumber
    catches: tuple[CatchPlan, ...]
    final: BlockNumber | None


class SetPlan(PlanStep):
    """Give variables a value."""

    kind: Literal["set"] = "set"
    values: dict[str, JsonValue]


class AssertPlan(PlanStep):
    """Fail unless a condition holds."""

    kind: Literal["assert"] = "assert"
    condition: JsonValue
    message: str | None


class ThrowPlan(PlanStep):
    """Raise an error."""

    kind: Literal["throw"] = "throw"
    type: str
    error_kind: Literal["business", "configuration", "robot"]
    message: str
    details: JsonValue


class JumpPlan(PlanStep):
    """Leave the innermost loop, or go on with its next round."""

    kind: Literal["jump"] = "jump"
    to: Literal["break", "continue"]
    condition: JsonValue


class ReturnPlan(PlanStep):
    """End the run."""

    kind: Literal["return"] = "return"
    values: dict[str, JsonValue] | None


class WaitPlan(PlanStep):
    """Sleep for a time or until a moment."""

    kind: Literal["wait"] = "wait"
    duration: JsonValue
    until: JsonValue


AnyPlanStep: TypeAlias = Annotated[
    CallStep
    | IfPlan
    | SwitchPlan
    | ForEachPlan
    | WhilePlan
    | TryPlan
    | SetPlan
    | AssertPlan
    | ThrowPlan
    | JumpPlan
    | ReturnPlan
    | WaitPlan,
    Field(discriminator="kind"),
]

Block: TypeAlias = tuple[AnyPlanStep, ...]


class Plan(PlanModel):
    """A compiled document."""

    format: Literal[1] = 1
    language: Literal[1] = 1
    name: str
    description: str
    inputs: dict[str, Input]
    needs: tuple[str, ...]
    on_failure: Literal["park", "fail"]
    blocks: tuple[Block, ...]
    """Block 0 is the document's own list of steps."""
    outputs: dict[str, JsonValue]
    secrets: tuple[str, ...] = ()
    """The names of all secrets it uses."""
