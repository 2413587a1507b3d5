"""The parts of a document that its steps share with it: names, inputs, conditions, retries."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Field, JsonValue, SerializerFunctionWrapHandler, model_serializer

from workflows.documented import Documented
from workflows.duration import Duration

NAME_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*$"
DOCUMENT_NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,199}$"
ERROR_PATTERN = r"^[A-Z][A-Za-z0-9_]*$"
NODE_PATTERN = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"

Name: TypeAlias = Annotated[str, Field(pattern=NAME_PATTERN, max_length=100)]
"""What an expression can refer to: letters, digits and underscores, not starting with a digit."""

Condition: TypeAlias = bool | Annotated[str, Field(pattern=r"^\s*\$\{\{[\s\S]*\}\}\s*$")]
"""`true`, `false` or a whole `${{ … }}` expression."""


class Model(Documented):
    """What all parts of a document share: immutable, no unknown fields, documented by docstrings."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        serialize_by_alias=True,
    )


TAG_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,49}$"

RobotTag: TypeAlias = Annotated[str, Field(pattern=TAG_PATTERN)]
"""What a robot can do or has."""

Limits: TypeAlias = dict[
    Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,49}$")], Annotated[int, Field(ge=1, le=10_000)]
]
"""Names of what is scarce, e.g. a licence, and how many runs may hold a share of each at the same time."""

HIGHEST_PRIORITY = 20
USUAL_PRIORITY = 10

Affinity: TypeAlias = Literal["none", "soft", "hard", "session"]
"""How much a run wants the robot that did its document last: not at all; for ten seconds, then any; only that one; or,
with `session`, one robot for itself and for all runs it calls."""

OnError: TypeAlias = Literal["cancel", "wait"]
"""What a failing branch does to the others."""


class Retry(Model):
    """When a failed attempt is made again."""

    delays: tuple[Duration, ...] = Field(max_length=50)
    """How long to wait before the second attempt, the third, and so on; empty for no retry."""
    jitter: float = Field(default=0.2, ge=0, le=1)
    """The share by which each delay varies, so that many runs do not retry at one moment."""
    on: dict[Annotated[str, Field(pattern=ERROR_PATTERN)], tuple[Duration, ...]] = Field(default={})
    """Other delays for errors of a type, e.g. `ServerFailedError: [1s, 5s]`."""


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
