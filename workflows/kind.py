"""The kinds of steps a document can have."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, JsonValue, Tag, model_validator

from workflows.duration import Duration
from workflows.part import (
    NAME_PATTERN,
    NODE_PATTERN,
    Condition,
    Input,
    Limits,
    Model,
    Name,
    OnError,
    Retry,
    RobotTag,
    Verify,
)
from workflows.spec import Effect

Steps: TypeAlias = Annotated[tuple["Step", ...], Field(min_length=1)]


class StepModel(Model):
    """What every step may say of itself."""

    id: Name | None = None
    """The name by which expressions, people and records refer to the step; unique in its document."""
    description: str | None = None
    """What the step is for, in the author's words."""


class LongStep(StepModel):
    """A step that is made of others."""

    timeout: Duration | None = None
    """How long all of it may take; time spent parked or paused does not count."""


class NodeOptions(Model):
    """How a node is called."""

    with_: dict[str, JsonValue] = Field(default={}, alias="with")
    """The node's parameters."""
    timeout: Duration | None = None
    """How long one attempt may take."""
    retry: Retry | None = None
    """When a failed attempt is made again."""
    effect: Effect | None = None
    """What repeating the step would do, where the author knows better than the node type."""
    verify: Verify | None = None
    """How to find out whether it took effect, for steps that must not be done twice."""
    undo: Steps | None = None
    """What makes it undone; done, last step first, when the run ends without success."""


class NodeStep(NodeOptions, StepModel):
    """Call a node."""

    do: str = Field(pattern=NODE_PATTERN)
    """The node type, e.g. `browser.click`."""


class ForEachStep(NodeOptions, StepModel):
    """Do something for each item of a list, one after the other."""

    for_each: Condition | list[JsonValue] | dict[str, JsonValue]
    """The items: a list, or a mapping whose entries become `{key, value}`."""
    as_: Name = Field(default="item", alias="as")
    """The name of the current item."""
    index: Name | None = None
    """The name of the current position, counted from 0."""
    do: Annotated[str, Field(pattern=NODE_PATTERN)] | Steps
    """Steps, or the node to call for each item."""
    parallel: int | None = Field(default=None, ge=1, le=500)
    """How many rounds may be under way side by side; nothing: one after the other."""
    on_error: OnError = "cancel"
    """Side by side: whether a round that fails cancels the others, or is heard of when all have ended."""

    @model_validator(mode="after")
    def _options_need_a_node(self) -> ForEachStep:
        given = sorted(self.model_fields_set & {"with_", "retry", "effect", "verify", "undo"})
        if given and not isinstance(self.do, str):
            names = ", ".join(repr(name.rstrip("_")) for name in given)
            msg = f"only a step that calls a node can have {names}; here 'do' is a list of steps"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _others_need_rounds_side_by_side(self) -> ForEachStep:
        if "on_error" in self.model_fields_set and self.parallel is None:
            msg = "'on_error' needs 'parallel' beside it: rounds one after the other end with the first that fails"
            raise ValueError(msg)
        return self


class WhileStep(LongStep):
    """Do something as long as a condition holds."""

    while_: Condition = Field(alias="while")
    """Looked at before each round."""
    do: Steps
    """The steps of a round."""
    limit: int = Field(default=10_000, ge=1, le=1_000_000)
    """The run fails when the condition still holds after this many rounds."""


class Elif(Model):
    """A further condition of an `if` step."""

    if_: Condition = Field(alias="if")
    """Looked at when none before it held."""
    then: Steps
    """What to do when it holds."""


class IfStep(LongStep):
    """Do something when a condition holds."""

    if_: Condition = Field(alias="if")
    """The condition."""
    then: Steps
    """What to do when it holds."""
    elif_: tuple[Elif, ...] = Field(default=(), alias="elif")
    """Further conditions, looked at in order."""
    else_: Steps | None = Field(default=None, alias="else")
    """What to do when no condition holds."""


class Case(Model):
    """One case of a `switch` step."""

    when: JsonValue
    """The value that selects this case; a list gives several."""
    do: Steps
    """What to do then."""


class SwitchStep(LongStep):
    """Do what the case for a value says."""

    switch: JsonValue
    """The value."""
    cases: tuple[Case, ...] = Field(min_length=1)
    """Looked at in order; the first that equals the value is taken."""
    default: Steps | None = None
    """What to do when no case matches."""


class Catch(Model):
    """What to do about an error."""

    on: str | tuple[str, ...] = "any"
    """`business`, `configuration`, `robot`, `any`, or the name of an error type such as `ElementNotFoundError`."""
    as_: Name = Field(default="error", alias="as")
    """The name under which the error is visible: `{type, kind, message, step, details}`."""
    do: Steps
    """What to do."""


class TryStep(LongStep):
    """Do something, and say what happens when it fails and what happens in any case."""

    try_: Steps = Field(alias="try")
    """What to do."""
    catch: tuple[Catch, ...] = ()
    """Looked at in order; the first that fits the error is taken."""
    finally_: Steps | None = Field(default=None, alias="finally")
    """Done exactly once at the end, whether all went well, an error came or the run was cancelled."""

    @model_validator(mode="after")
    def _has_an_answer(self) -> TryStep:
        if not self.catch and self.finally_ is None:
            msg = "a 'try' needs 'catch' or 'finally'"
            raise ValueError(msg)
        return self


class SetStep(StepModel):
    """Give variables of the run a value."""

    set: dict[Name, JsonValue] = Field(min_length=1)
    """Names and values; all values are computed before any name changes."""


class AssertStep(StepModel):
    """Fail with a business error unless a condition holds."""

    assert_: Condition = Field(alias="assert")
    """What must hold."""
    message: str | None = None
    """What to say when it does not."""


class Thrown(Model):
    """The error a `throw` step raises."""

    type: Annotated[str, Field(pattern=NAME_PATTERN)] = "BusinessError"
    """Its name, for `catch`."""
    message: str
    """What is wrong."""
    kind: Literal["business", "configuration", "robot"] = "business"
    """Who must act."""
    details: JsonValue = None
    """Anything a `catch` may want to know."""


class ThrowStep(StepModel):
    """Fail with an error of the author's own."""

    throw: str | Thrown
    """The message of a business error, or the whole error."""


class BreakStep(StepModel):
    """Leave the innermost loop."""

    break_: Condition | None = Field(alias="break")
    """Only if this holds; nothing or `true`: always."""


class ContinueStep(StepModel):
    """Go on with the next round of the innermost loop."""

    continue_: Condition | None = Field(alias="continue")
    """Only if this holds; nothing or `true`: always."""


class ReturnStep(StepModel):
    """End the run here, with success."""

    return_: dict[Name, JsonValue] | None = Field(alias="return")
    """The run's outputs; nothing: those of the document."""


class Until(Model):
    """A moment to wait for."""

    until: str
    """ISO 8601 with a time zone, e.g. `2027-01-31T08:00:00+01:00`; one in the past does not wait."""


class WaitStep(StepModel):
    """Wait without holding anything up: the run sleeps durably."""

    wait: str | Until
    """A duration such as `30s`, an expression that gives one (or a number of seconds), or `until` a moment."""


class ParallelStep(LongStep):
    """Do several lists of steps side by side."""

    parallel: dict[Name, Steps] = Field(min_length=1, max_length=100)
    """The branches by name; each has names, variables and sessions of its own."""
    on_error: OnError = "cancel"
    """Whether a branch that fails cancels the others, or is heard of when all have ended."""


class CallDocumentStep(LongStep):
    """Run another document."""

    call: str
    """The document's file, relative to this one."""
    with_: dict[str, JsonValue] = Field(default={}, alias="with")
    """Its inputs."""
    inline: bool = False
    """Whether its steps are done by this run instead of a run of their own; they share its session and files."""
    detach: bool = False
    """Whether this run goes on at once and never hears of the other again."""
    undo: Steps | None = None
    """What makes it undone; done, last step first, when the run ends without success."""

    @model_validator(mode="after")
    def _one_way(self) -> CallDocumentStep:
        if self.inline and self.detach:
            msg = "'inline' and 'detach' exclude each other: what this run does itself it cannot leave alone"
            raise ValueError(msg)
        if self.timeout is not None and self.detach:
            msg = "'timeout' and 'detach' exclude each other: nobody waits for a run that is left alone"
            raise ValueError(msg)
        return self


class Expiring(StepModel):
    """A step that waits for somebody, but not for ever."""

    expires: str | None = None
    """A duration such as `3d`, or an expression that gives one; without an answer the step has expired then."""
    on_expiry: Steps | None = None
    """What to do then; nothing: the step fails with `ApprovalExpiredError` or `EventExpiredError`."""

    @model_validator(mode="after")
    def _expiry_needs_a_time(self) -> Expiring:
        if self.on_expiry is not None and self.expires is None:
            msg = "'on_expiry' needs 'expires' beside it: without it nothing ever expires"
            raise ValueError(msg)
        return self


class ApproveStep(Expiring):
    """Let a person decide."""

    approve: str
    """The question."""
    form: dict[Name, Input] = Field(default={})
    """What the person fills in."""
    by: tuple[str, ...] = ()
    """Who may answer; nobody named: anyone but the person who started the run."""


class ReceiveStep(Expiring):
    """Wait for an event from outside."""

    receive: str = Field(min_length=1, max_length=200)
    """The event's name."""
    key: str | None = None
    """Which of these events: text, or an expression; nothing: any."""


class SessionNeeds(Model):
    """What a session of its own needs."""

    needs: tuple[RobotTag, ...] = ()
    """Tags of the robot that holds it."""
    limits: Limits = Field(default={})
    """What is scarce: a share of each is held while the step lasts, besides those the document holds."""


class SessionStep(LongStep):
    """Do steps in sessions of their own, which end with them."""

    session: SessionNeeds
    """What the robot must have."""
    do: Steps
    """The steps."""


STEP_MODELS: dict[str, type[StepModel]] = {
    "for_each": ForEachStep,
    "parallel": ParallelStep,
    "call": CallDocumentStep,
    "approve": ApproveStep,
    "receive": ReceiveStep,
    "session": SessionStep,
    "while": WhileStep,
    "if": IfStep,
    "switch": SwitchStep,
    "try": TryStep,
    "set": SetStep,
    "assert": AssertStep,
    "throw": ThrowStep,
    "break": BreakStep,
    "continue": ContinueStep,
    "return": ReturnStep,
    "wait": WaitStep,
    "do": NodeStep,
}
"""Each kind of step by the field that tells it."""
KEYWORDS = tuple(STEP_MODELS)
"""The field that tells what kind of step a mapping is; the first one present decides."""


_KEYWORD_OF: dict[type[StepModel], str] = {model: keyword for keyword, model in STEP_MODELS.items()}


def _keyword(value: Any) -> str | None:  # noqa: ANN401 - pydantic hands over whatever the author wrote
    if isinstance(value, StepModel):
        return _KEYWORD_OF[type(value)]
    if isinstance(value, dict):
        return next((keyword for keyword in KEYWORDS if keyword in value), None)
    return None


Step: TypeAlias = Annotated[
    Annotated[ForEachStep, Tag("for_each")]
    | Annotated[ParallelStep, Tag("parallel")]
    | Annotated[CallDocumentStep, Tag("call")]
    | Annotated[ApproveStep, Tag("approve")]
    | Annotated[ReceiveStep, Tag("receive")]
    | Annotated[SessionStep, Tag("session")]
    | Annotated[WhileStep, Tag("while")]
    | Annotated[IfStep, Tag("if")]
    | Annotated[SwitchStep, Tag("switch")]
    | Annotated[TryStep, Tag("try")]
    | Annotated[SetStep, Tag("set")]
    | Annotated[AssertStep, Tag("assert")]
    | Annotated[ThrowStep, Tag("throw")]
    | Annotated[BreakStep, Tag("break")]
    | Annotated[ContinueStep, Tag("continue")]
    | Annotated[ReturnStep, Tag("return")]
    | Annotated[WaitStep, Tag("wait")]
    | Annotated[NodeStep, Tag("do")],
    Discriminator(_keyword),
]
"""One entry of a document."""
