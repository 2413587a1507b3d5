"""A document as its author wrote it: the automation, before anything is known of node types."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    SerializerFunctionWrapHandler,
    Tag,
    model_serializer,
    model_validator,
)

from workflows.duration import Duration
from workflows.spec import Effect

LANGUAGE = 1
"""The version of the language this build reads and writes."""

NAME_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*$"
DOCUMENT_NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,199}$"
NODE_PATTERN = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"

Name: TypeAlias = Annotated[str, Field(pattern=NAME_PATTERN, max_length=100)]
"""What an expression can refer to: letters, digits and underscores, not starting with a digit."""

Condition: TypeAlias = bool | Annotated[str, Field(pattern=r"^\s*\$\{\{[\s\S]*\}\}\s*$")]
"""`true`, `false` or a whole `${{ … }}` expression."""

Steps: TypeAlias = Annotated[tuple["Step", ...], Field(min_length=1)]


class Model(BaseModel):
    """What all parts of a document share: immutable, no unknown fields, documented by docstrings."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        use_attribute_docstrings=True,
        serialize_by_alias=True,
    )


RobotTag: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,49}$")]
"""What a robot can do or has."""

OnError: TypeAlias = Literal["cancel", "wait"]
"""What a failing branch does to the others."""


class Retry(Model):
    """When a failed attempt is made again."""

    delays: tuple[Duration, ...] = Field(max_length=50)
    """How long to wait before the second attempt, the third, and so on; empty for no retry."""
    jitter: float = Field(default=0.2, ge=0, le=1)
    """The share by which each delay varies, so that many runs do not retry at one moment."""
    on: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9_]*$")], tuple[Duration, ...]] = {}
    """Other delays for errors of a type, e.g. `ServerFailedError: [1s, 5s]`."""


class Defaults(Model):
    """What steps do where they do not say otherwise."""

    timeout: Duration | None = None
    """How long one attempt of a step may take."""
    retry: Retry | None = None
    """When a failed attempt is made again."""


InputType = Literal["string", "integer", "number", "boolean", "list", "object", "file", "any"]


class Input(Model):
    """A value a run is started with."""

    type: InputType
    """What kind of value; `file` is a path on the machine that starts the run, copied into its workspace."""
    description: str = ""
    """What it is for."""
    default: JsonValue = None
    """Used when none is given; an input without a default is required."""
    choices: tuple[JsonValue, ...] | None = Field(default=None, min_length=1)
    """The only values allowed."""
    minimum: float | None = None
    """The smallest number allowed."""
    maximum: float | None = None
    """The largest number allowed."""
    pattern: str | None = None
    """A regular expression that the whole text must match."""

    @property
    def required(self) -> bool:
        """Whether a run cannot start without it."""
        return "default" not in self.model_fields_set

    @model_serializer(mode="wrap")
    def _without_absent_default(self, serialize: SerializerFunctionWrapHandler) -> dict[str, JsonValue]:
        """Leave out a default that was not given: null is a default too."""
        written: dict[str, JsonValue] = serialize(self)
        if self.required:
            written.pop("default", None)
        return written


class StepModel(Model):
    """What every step may say of itself."""

    id: Name | None = None
    """The name by which expressions, people and records refer to the step; unique in its document."""
    description: str | None = None
    """What the step is for, in the author's words."""


class Verify(Model):
    """How to find out whether a step took effect when nobody saw it end."""

    do: str = Field(pattern=NODE_PATTERN)
    """The node that looks, e.g. `http.request`."""
    with_: dict[str, JsonValue] = Field(default={}, alias="with")
    """Its parameters; they may use what the step's own parameters use."""
    holds: Condition | None = None
    """What must be true of its `result` if the step took effect; by default that the node succeeds."""
    absence: Literal["proves", "unsure"] = "unsure"
    """Whether not finding the effect proves that there is none: only a system of record can tell."""
    settle: Duration = timedelta(seconds=15)
    """How long an effect may take to show; only after that its absence proves anything."""


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


class WhileStep(StepModel):
    """Do something as long as a condition holds."""

    while_: Condition = Field(alias="while")
    """Looked at before each round."""
    do: Steps
    """The steps of a round."""
    limit: int = Field(default=10_000, ge=1, le=1_000_000)
    """The run fails when the condition still holds after this many rounds."""
    timeout: Duration | None = None
    """How long all of it may take; time spent parked does not count."""


class Elif(Model):
    """A further condition of an `if` step."""

    if_: Condition = Field(alias="if")
    """Looked at when none before it held."""
    then: Steps
    """What to do when it holds."""


class IfStep(StepModel):
    """Do something when a condition holds."""

    if_: Condition = Field(alias="if")
    """The condition."""
    then: Steps
    """What to do when it holds."""
    elif_: tuple[Elif, ...] = Field(default=(), alias="elif")
    """Further conditions, looked at in order."""
    else_: Steps | None = Field(default=None, alias="else")
    """What to do when no condition holds."""
    timeout: Duration | None = None
    """How long all of it may take; time spent parked does not count."""


class Case(Model):
    """One case of a `switch` step."""

    when: JsonValue
    """The value that selects this case; a list gives several."""
    do: Steps
    """What to do then."""


class SwitchStep(StepModel):
    """Do what the case for a value says."""

    switch: JsonValue
    """The value."""
    cases: tuple[Case, ...] = Field(min_length=1)
    """Looked at in order; the first that equals the value is taken."""
    default: Steps | None = None
    """What to do when no case matches."""
    timeout: Duration | None = None
    """How long all of it may take; time spent parked does not count."""


class Catch(Model):
    """What to do about an error."""

    on: str | tuple[str, ...] = "any"
    """`business`, `configuration`, `robot`, `any`, or the name of an error type such as `ElementNotFoundError`."""
    as_: Name = Field(default="error", alias="as")
    """The name under which the error is visible: `{type, kind, message, step, details}`."""
    do: Steps
    """What to do."""


class TryStep(StepModel):
    """Do something, and say what happens when it fails and what happens in any case."""

    try_: Steps = Field(alias="try")
    """What to do."""
    catch: tuple[Catch, ...] = ()
    """Looked at in order; the first that fits the error is taken."""
    finally_: Steps | None = Field(default=None, alias="finally")
    """Done exactly once at the end, whether all went well, an error came or the run was cancelled."""
    timeout: Duration | None = None
    """How long all of it may take; time spent parked does not count."""

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


class ParallelStep(StepModel):
    """Do several lists of steps side by side."""

    parallel: dict[Name, Steps] = Field(min_length=1, max_length=100)
    """The branches by name; each has names, variables and sessions of its own."""
    on_error: OnError = "cancel"
    """Whether a branch that fails cancels the others, or is heard of when all have ended."""
    timeout: Duration | None = None
    """How long all of it may take; time spent parked does not count."""


class CallDocumentStep(StepModel):
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
    timeout: Duration | None = None
    """How long all of it may take; time spent parked does not count."""

    @model_validator(mode="after")
    def _one_way(self) -> CallDocumentStep:
        if self.inline and self.detach:
            msg = "'inline' and 'detach' exclude each other: what this run does itself it cannot leave alone"
            raise ValueError(msg)
        return self


class ApproveStep(StepModel):
    """Let a person decide."""

    approve: str
    """The question."""
    form: dict[Name, Input] = {}
    """What the person fills in."""
    by: tuple[str, ...] = ()
    """Who may answer; nobody named: anyone but the person who started the run."""
    expires: str | None = None
    """A duration such as `3d`, or an expression that gives one; without an answer the request has expired then."""
    on_expiry: Steps | None = None
    """What to do then; nothing: the step fails with `ApprovalExpiredError`."""


class ReceiveStep(StepModel):
    """Wait for an event from outside."""

    receive: str
    """The event's name."""
    key: str | None = None
    """Which of these events: text, or an expression; nothing: any."""
    expires: str | None = None
    """A duration such as `1h`, or an expression that gives one; without the event the step has expired then."""
    on_expiry: Steps | None = None
    """What to do then; nothing: the step fails with `EventExpiredError`."""


class SessionNeeds(Model):
    """What a session of its own needs."""

    needs: tuple[RobotTag, ...] = ()
    """Tags of the robot that holds it."""


class SessionStep(StepModel):
    """Do steps in sessions of their own, which end with them."""

    session: SessionNeeds
    """What the robot must have."""
    do: Steps
    """The steps."""
    timeout: Duration | None = None
    """How long all of it may take; time spent parked does not count."""


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


class Park(Model):
    """How a run waits for a person."""

    hold: Duration = timedelta(minutes=15)
    """How long it keeps its robot; after that its session is saved, and had again when the run goes on."""


class Document(Model):
    """An automation: what it needs, what it does, what it gives back."""

    aether: Literal[1]
    """The version of the language."""
    name: str = Field(pattern=DOCUMENT_NAME_PATTERN)
    """The automation's name: the type of its runs in Temporal."""
    description: str = ""
    """What it is for."""
    inputs: dict[Name, Input] = {}
    """What a run is started with."""
    needs: tuple[RobotTag, ...] = ()
    """Tags of the robot that holds the run's session."""
    on_failure: Literal["park", "fail"] = "park"
    """What a run does when a step has failed for good: wait for a person, or fail."""
    park: Park = Park()
    """How it waits for a person."""
    timeout: Duration | None = None
    """How long a run may take; time spent parked does not count."""
    cleanup: Duration = timedelta(minutes=10)
    """How long `finally` and `undo` may take after a run was cancelled."""
    sla: Duration | None = None
    """When a run that has not ended is reported to those who watch over it; it goes on all the same."""
    evidence: Literal["failure", "all", "off"] = "failure"
    """Of which steps screenshots and the like are kept."""
    video: bool = False
    """Whether sessions are filmed."""
    defaults: Defaults = Defaults()
    """What steps do where they do not say otherwise."""
    steps: Steps
    """What to do, in order."""
    outputs: dict[Name, JsonValue] = {}
    """What a run gives back, computed at its end."""
