"""What a run's place is made of: frames on stacks, the names they see, and the signals that leave them.

Old values stay valid, because what changes is replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pydantic import JsonValue

from workflows.call import ErrorValue, SecretSlot
from workflows.effects import Attempts
from workflows.plan import BlockNumber, CallStep
from workflows.results import Kept, Results


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of one loop round, or of the whole document, and where it lies."""

    names: dict[str, JsonValue]
    outer: Scope | None = None

    def having(self, name: str, value: JsonValue) -> Scope:
        """The same with one name more."""
        return Scope({**self.names, name: value}, self.outer)


@dataclass(frozen=True, slots=True)
class Area:
    """The part of a run that shares sessions: all of it, a branch, or a `session` step."""

    number: int = 0
    needs: tuple[str, ...] = ()
    """Tags its robots must have besides those the document asks for."""
    shares: dict[str, dict[str, int]] = field(default_factory=dict)
    """What is scarce and must be held before anything is called here: by the key of the lease, how many shares there
    are of each."""

    def key(self, capability: str) -> str:
        """The name of its session with a capability among all of the run's."""
        return f"{self.number}:{capability}" if self.number else capability


WHOLE = Area()
"""The run's own sessions."""


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
    """The run stops because somebody wants it to, or a branch because another has failed."""


@dataclass(frozen=True, slots=True)
class Aborted:
    """A person has decided that the run fails."""

    error: ErrorValue


@dataclass(frozen=True, slots=True)
class TimedOut:
    """A block has taken too long: everything inside of it is left."""

    deadline: int
    """The number of the block's deadline."""
    error: ErrorValue


@dataclass(frozen=True, slots=True)
class Jumped:
    """A person has decided that the run goes on at an earlier step."""

    block: BlockNumber
    index: int


Signal: TypeAlias = Broke | Continued | Returned | Failed | Cancelled | Aborted | TimedOut | Jumped
"""What leaves blocks on its way out."""


@dataclass(frozen=True, slots=True)
class BlockFrame:
    """A block's steps are done one after the other; the step at `index` is under way or next."""

    block: BlockNumber
    index: int = 0
    tried: int = 0
    """Attempts that were made of the next step before it was parked."""
    passed: bool = False
    """Whether the run was told to go on with the next step, at which it was to stop."""


@dataclass(frozen=True, slots=True)
class GroupFrame:
    """An `if` or `switch` step does one of its blocks."""

    block: BlockNumber


@dataclass(frozen=True, slots=True)
class ExpiryFrame:
    """An `approve` or `receive` step does what it says about having expired."""

    block: BlockNumber
    output: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class SessionFrame:
    """A `session` step does its block."""

    block: BlockNumber
    outer: Area


@dataclass(frozen=True, slots=True)
class InlineFrame:
    """The steps of another document are done."""

    block: BlockNumber
    scope: Scope
    """The names outside."""
    variables: dict[str, JsonValue]
    """The variables outside."""
    returned: dict[str, JsonValue] | None = None
    """What a `return` gave."""


@dataclass(frozen=True, slots=True)
class DeadlineFrame:
    """What lies on this frame must end in time."""

    number: int
    """By which a signal that leaves it finds it."""
    due: float
    timer: int = 0
    """0 for none."""
    still: float | None = None
    """Since when its time stands still: something on it is parked, or the run is paused."""


@dataclass(frozen=True, slots=True)
class ForkFrame:
    """Branches or rounds are done side by side, each by a fiber of its own."""

    total: int
    items: list[JsonValue] | None = None
    """Of a loop."""
    begun: int = 0
    running: tuple[int, ...] = ()
    """The fibers under way."""
    ended: int = 0
    kept: Kept | None = None
    failed: int | None = None
    """The branch or round that failed; the first that did, or that comes first."""
    failure: Signal | None = None


@dataclass(frozen=True, slots=True)
class UndoFrame:
    """The run has ended without success; what it did is made undone, last step first."""

    ending: Signal


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

    waits_for: Literal["session", "share", "robot", "node", "retry"]
    number: int
    """The command whose answer it waits for; 0 while the run begins nothing."""
    params: dict[str, JsonValue]
    secrets: tuple[SecretSlot, ...]
    attempt: int = 1
    ended: Attempts = field(default_factory=Attempts)
    due: float = 0.0
    """When the next attempt is made."""
    why: str = ""
    """Why there must be a next attempt, or what the session waits for, for people."""
    delayed: bool = False
    """Whether the pool has said that it takes a while."""
    unroutable: bool = False
    """Whether no robot that is there could do it."""
    routed: bool = False
    """Whether there was a robot for it when it was last asked after, so that it may take a while to be taken."""
    doubt: ErrorValue | None = None
    """Set where the call finds out whether the step below took effect: why nobody knows."""


@dataclass(frozen=True, slots=True)
class Redo:
    """A step that must be done again when its page is had again."""

    step: CallStep
    place: str
    params: dict[str, JsonValue]
    secrets: tuple[SecretSlot, ...]


@dataclass(frozen=True, slots=True)
class RestoreFrame:
    """A session was had again elsewhere; what was entered into its page is entered again, one step after the other."""

    number: int
    remaining: tuple[Redo, ...]
    """The first is under way."""


@dataclass(frozen=True, slots=True)
class RebuildFrame:
    """A session is had again as the document says, before the call below goes on."""

    block: BlockNumber
    scope: Scope
    """The names of the call."""
    since: tuple[Redo, ...] = ()
    """What is entered then: it was entered after the step that left the page in doubt."""


@dataclass(frozen=True, slots=True)
class WaitFrame:
    """A `wait` step sleeps."""

    number: int
    due: float = 0.0


@dataclass(frozen=True, slots=True)
class AskFrame:
    """An `approve` step waits for a person."""

    number: int
    """By which the answer finds it."""
    question: str
    timer: int = 0
    """The timer of its expiry; 0 for none."""
    due: float | None = None


@dataclass(frozen=True, slots=True)
class ReceiveFrame:
    """A `receive` step waits for an event."""

    number: int
    key: str | None
    timer: int = 0
    due: float | None = None


@dataclass(frozen=True, slots=True)
class ChildFrame:
    """A `call` step waits for the run of another document."""

    number: int
    run: str
    """Its Temporal workflow id."""


@dataclass(frozen=True, slots=True)
class ParkFrame:
    """A step that has failed for good waits for a person."""

    number: int
    """By which the answer finds it."""
    error: ErrorValue
    since: float
    tried: int = 0
    """Attempts made so far."""
    timer: int = 0
    """The timer after which its sessions are given back; 0 for none."""
    due: float | None = None


Frame: TypeAlias = (
    BlockFrame
    | GroupFrame
    | ExpiryFrame
    | SessionFrame
    | InlineFrame
    | DeadlineFrame
    | ForkFrame
    | UndoFrame
    | LoopFrame
    | TryFrame
    | CallFrame
    | RestoreFrame
    | RebuildFrame
    | WaitFrame
    | AskFrame
    | ReceiveFrame
    | ChildFrame
    | ParkFrame
)
WAITING = (CallFrame, RestoreFrame, WaitFrame, AskFrame, ReceiveFrame, ChildFrame, ParkFrame)
"""Frames that go on only when the world answers."""


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
