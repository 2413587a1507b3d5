"""A compiled document: frozen, free of names to resolve, all that a run needs.

A plan travels through history as a run's input. It holds the durable facts of each node (queue, effect,
time limits), never its schemas, so that a changed node cannot break the replay of a running run. Steps are
held in numbered blocks instead of a tree, so that a run's place is a few small numbers.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from workflows.part import USUAL_PRIORITY, Affinity, Input, OnError
from workflows.spec import Effect

FORMAT: Final = 4
"""The version of the plan's own shape, and of what a run does with it.

1: a step that has failed for good fails its run; a run never continues as new.
2: it parks; long runs continue as new.
3: the pool of its environment grants its sessions.
4: what was entered into a page since it was left in doubt is entered again after `restore`.
"""

CONTINUING_FORMAT: Final = 2
"""From when on runs continue as new."""

POOL_FORMAT: Final = 3
"""From when on sessions come from a pool."""

ENTERING_FORMAT: Final = 4
"""From when on `restore` is followed by what was entered since."""

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
    on: dict[str, tuple[float, ...]] = {}
    """Other delays for errors of a type."""


class VerifyPlan(PlanModel):
    """How to find out whether a step took effect."""

    node: NodeCall
    """The node that looks."""
    holds: JsonValue
    """What must be true of its `result`; None: that it succeeds."""
    proves: bool
    """Whether not finding the effect proves that there is none."""
    settle: float
    """Seconds an effect may take to show."""


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
    verify: VerifyPlan | None = None
    """How to find out whether it took effect."""


class PlanStep(PlanModel):
    """What every planned step has."""

    number: int
    """Its place in the document, counted over all steps from 0 in the order they are written."""
    id: str
    """Its name; made from its place (`main.3`, `pay_all.1`) where the author gave none."""
    named: bool
    """Whether the author named it, so that expressions can refer to its output."""
    limit_seconds: float | None = None
    """How long all of it may take; for node steps `NodeCall.timeout` limits each attempt instead."""
    undo: BlockNumber | None = None
    """What makes it undone."""


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
    parallel: int | None = None
    """How many rounds may be under way side by side."""
    on_error: OnError = "cancel"


class BranchPlan(PlanModel):
    """One of several lists of steps done side by side."""

    name: str
    block: BlockNumber


class ParallelPlan(PlanStep):
    """Do blocks side by side."""

    kind: Literal["parallel"] = "parallel"
    branches: tuple[BranchPlan, ...]
    on_error: OnError


class SessionPlan(PlanStep):
    """Do a block in sessions of its own."""

    kind: Literal["session"] = "session"
    needs: tuple[str, ...]
    limits: dict[str, int] = Field(default={})
    """What is scarce and held while it lasts: how many shares there are of each."""
    block: BlockNumber


class InlinePlan(PlanStep):
    """Do another document's steps within this run."""

    kind: Literal["inline"] = "inline"
    document: str
    """Its name."""
    inputs: dict[str, Input]
    """What it declares."""
    given: dict[str, JsonValue]
    """What it is given, with expressions."""
    block: BlockNumber
    outputs: dict[str, JsonValue]


class ChildPlan(PlanStep):
    """Run another document."""

    kind: Literal["child"] = "child"
    child: int
    """An index into `Plan.children`."""
    given: dict[str, JsonValue]
    """Its inputs, with expressions."""
    detach: bool


class ApprovePlan(PlanStep):
    """Let a person decide."""

    kind: Literal["approve"] = "approve"
    question: str
    form: dict[str, Input]
    by: tuple[str, ...]
    expires: JsonValue
    expired: BlockNumber | None


class ReceivePlan(PlanStep):
    """Wait for an event from outside."""

    kind: Literal["receive"] = "receive"
    event: str
    key: JsonValue
    expires: JsonValue
    expired: BlockNumber | None


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
    | ParallelPlan
    | SessionPlan
    | InlinePlan
    | ChildPlan
    | ApprovePlan
    | ReceivePlan
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

    format: Literal[1, 2, 3, 4] = FORMAT
    language: Literal[1] = 1
    name: str
    description: str
    inputs: dict[str, Input]
    needs: tuple[str, ...]
    prefer: tuple[str, ...] = ()
    """Tags its robots should have."""
    affinity: Affinity = "soft"
    priority: int = USUAL_PRIORITY
    """Who gets a robot first: 20 is most urgent."""
    limits: dict[str, int] = Field(default={})
    """What is scarce and held by its runs: how many shares there are of each."""
    nodes: dict[str, dict[str, str]] = Field(default={})
    """By capability, the types of its nodes, each with the digest of its schema."""
    on_failure: Literal["park", "fail"]
    blocks: tuple[Block, ...]
    """Block 0 is the document's own list of steps."""
    outputs: dict[str, JsonValue]
    secrets: tuple[str, ...] = ()
    """The names of all secrets it uses."""
    children: tuple[Plan, ...] = ()
    """The documents it calls as runs of their own."""
    hold: float = 900.0
    """Seconds a parked run keeps its sessions."""
    limit_seconds: float | None = None
    """How long a run may take."""
    cleanup: float = 600.0
    """Seconds `finally` and `undo` may take after a run was cancelled."""
    sla: float | None = None
    """Seconds after which a run that has not ended is reported."""
    evidence: Literal["failure", "all", "off"] = "failure"
    """Of which steps screenshots and the like are kept."""
    video: bool = False
    """Whether sessions are filmed."""
    restore: BlockNumber | None = None
    """How a lost page is had again that cannot be had by loading and filling it."""
