"""Where a run is: one immutable value.

The place is a stack of frames over the plan's blocks. Each step turns one state into the next; old states stay
valid, because what grows (results of a loop) shares its storage and what changes is replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pydantic import JsonValue
from typing_extensions import override

from workflows.call import Checkpoint, ErrorValue, Files, SecretSlot, SessionGrant
from workflows.effects import Attempts
from workflows.plan import BlockNumber


class Results:
    """A list that only grows at its end; every earlier length stays readable.

    All lengths share one buffer, so appending costs the same however long the list is.
    """

    __slots__ = ("_buffer", "_length")

    def __init__(self, buffer: list[JsonValue] | None = None, length: int = 0) -> None:
        self._buffer: list[JsonValue] = [] if buffer is None else buffer
        self._length = length

    def append(self, value: JsonValue) -> Results:
        """The list with one value more; this one stays as it is."""
        buffer = self._buffer if len(self._buffer) == self._length else self._buffer[: self._length]
        buffer.append(value)
        return Results(buffer, self._length + 1)

    def __iter__(self) -> Iterator[JsonValue]:
        return iter(self._buffer[: self._length])

    def __len__(self) -> int:
        return self._length

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Results) and list(self) == list(other)

    @override
    def __hash__(self) -> int:
        return hash(self._length)


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of one loop round, or of the whole document, and where it lies."""

    names: dict[str, JsonValue]
    outer: Scope | None = None

    def having(self, name: str, value: JsonValue) -> Scope:
        """The same with one name more."""
        return Scope({**self.names, name: value}, self.outer)


@dataclass(frozen=True, slots=True)
class Broke:
    """The innermost loop is left."""


@dataclass(frozen=True, slots=True)
class Continued:
    """The innermost loop goes on with its next round."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The run ends with success."""

    outputs: dict[str, JsonValue] | None


@dataclass(frozen=True, slots=True)
class Failed:
    """An error looks for its catch."""

    error: ErrorValue


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The run stops because somebody wants it to."""


Signal: TypeAlias = Broke | Continued | Returned | Failed | Cancelled
"""What leaves blocks on its way out."""


@dataclass(frozen=True, slots=True)
class BlockFrame:
    """A block's steps are done one after the other; the step at `index` is under way or next."""

    block: BlockNumber
    index: int = 0


@dataclass(frozen=True, slots=True)
class GroupFrame:
    """An `if` or `switch` step does one of its blocks."""

    block: BlockNumber


@dataclass(frozen=True, slots=True)
class LoopFrame:
    """A loop does its block once more for as long as it has reason to."""

    items: list[JsonValue] | None
    """None for `while`."""
    scope: Scope
    """The names outside the loop."""
    position: int = 0
    """The round under way, counted from 0."""
    results: Results = field(default_factory=Results)


@dataclass(frozen=True, slots=True)
class TryFrame:
    """A `try` step does its body, one of its catches, or its `finally`."""

    phase: Literal["try", "catch", "finally"]
    block: BlockNumber
    pending: Signal | None = None
    """In `finally`: what goes on after it; None when all went well."""
    output: JsonValue = None
    """In `finally`: the step's output, already known."""


@dataclass(frozen=True, slots=True)
class CallFrame:
    """A step calls its node: it waits for a session, for an answer, or for the time of its next attempt."""

    waits_for: Literal["session", "node", "retry"]
    number: int
    """The command whose answer it waits for."""
    params: dict[str, JsonValue]
    secrets: tuple[SecretSlot, ...]
    attempt: int = 1
    ended: Attempts = field(default_factory=Attempts)


@dataclass(frozen=True, slots=True)
class Redo:
    """A step that must be done again when its page is had again."""

    block: BlockNumber
    index: int
    place: str
    params: dict[str, JsonValue]
    secrets: tuple[SecretSlot, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A session of the run, and how to have it again elsewhere."""

    grant: SessionGrant | None
    """None while it is lost."""
    checkpoint: Checkpoint | None = None
    """The document last loaded; None for an empty page."""
    since: tuple[Redo, ...] = ()
    """What was entered into that document."""
    unsure: str | None = None
    """The place of a step that acted on that document and must not be done again."""


@dataclass(frozen=True, slots=True)
class RestoreFrame:
    """A session was had again elsewhere; what was entered into its page is entered again, one step after the other."""

    number: int
    remaining: tuple[Redo, ...]
    """The first is under way."""


@dataclass(frozen=True, slots=True)
class WaitFrame:
    """A `wait` step sleeps."""

    number: int


Frame: TypeAlias = BlockFrame | GroupFrame | LoopFrame | TryFrame | CallFrame | RestoreFrame | WaitFrame


@dataclass(frozen=True, slots=True)
class Stack:
    """Frames, innermost first; sharing makes pushing and popping cheap at any depth."""

    top: Frame
    below: Stack | None = None

    def frames(self) -> Iterator[Frame]:
        """All frames, innermost first."""
        stack: Stack | None = self
        while stack is not None:
            yield stack.top
            stack = stack.below


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is known of a run at rest."""

    run: str
    """The run as people name it."""
    seed: str
    """What the run's random choices and keys are made from."""
    started: float
    """Seconds since 1970 UTC."""
    now: float
    """The time of the latest event."""
    inputs: dict[str, JsonValue]
    files: Files
    """The workspace."""
    stack: Stack | None
    """None before the start and after the end."""
    scope: Scope
    variables: dict[str, JsonValue] = field(default_factory=dict)
    sessions: dict[str, Held] = field(default_factory=dict)
    """By capability."""
    last_number: int = 0
    """Commands given so far that wait, or waited, for an answer."""
    draws: int = 0
    """Random choices made so far."""
    breathing: int | None = None
    """The `Breathe` command whose answer lets the work go on."""
    pure_steps: int = 0
    """Steps since the last answer from outside."""
    cancel: Literal["no", "asked", "under-way"] = "no"
    finished: bool = False
