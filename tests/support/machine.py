"""A world for the machine: it answers commands from a script, without Temporal and without time passing."""

from __future__ import annotations

import heapq
import json
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from workflows.call import ErrorValue, FileEntry, SessionGrant
from workflows.compile import compile_plan
from workflows.document import Document
from workflows.effects import Raised, Vanished
from workflows.events import (
    CancelRequested,
    ChildEnded,
    Event,
    NodeCalledOff,
    NodeDone,
    NodeFailed,
    RobotFound,
    SessionFailed,
    SessionOpened,
    Started,
    TimerFired,
)
from workflows.gaining import SHARES
from workflows.library import Unfound
from workflows.machine import advance, initial
from workflows.moments import Told
from workflows.parse import Reading, read
from workflows.plan import Plan
from workflows.protocol import (
    Breathe,
    CallNode,
    CallOff,
    Command,
    FindRobot,
    Finish,
    OpenSession,
    StartChild,
    StartTimer,
    TakeShare,
)
from workflows.spec import Effect, NodeSpec
from workflows.state import State

Kind = TypeVar("Kind", bound=Command)
Answer = Callable[[CallNode], Any]
"""What a call comes to: an output, `Raised`, `Vanished`, or None for no answer at all."""
ANSWERS = (
    NodeDone, NodeFailed, NodeCalledOff, TimerFired, SessionOpened, SessionFailed, RobotFound, ChildEnded
)  # fmt: skip
"""Events that answer a command by its number."""
ASKING = (CallNode, StartTimer, OpenSession, TakeShare, FindRobot, StartChild, Breathe)
"""Commands that are answered."""


def spec(name: str, effect: Effect = Effect.READ, *, session: bool = False, **facts: Any) -> NodeSpec:
    """A node type that takes and gives anything."""
    held = "desktop" if name.startswith("program.") else "browser"
    return NodeSpec(
        type=name,
        summary="For tests.",
        description="",
        example="",
        capability=held if session else "test",
        session=session,
        effect=effect,
        timeout=timedelta(seconds=30),
        params={},
        result={},
        **facts,
    )


SPECS = {
    node.type: node
    for node in (
        spec("test.read", label="target"),
        spec("test.write", Effect.IDEMPOTENT, workspace=True),
        spec("test.pay", Effect.ONCE),
        spec("test.flaky"),
        spec("test.hang"),
        spec("test.lost", Effect.ONCE),
        spec("test.absent"),
        spec("page.click", Effect.ONCE, session=True),
        spec("page.read", Effect.READ, session=True),
        spec("page.broken", Effect.READ, session=True),
        spec("page.open", Effect.READ, session=True, checkpoint=True),
        spec("page.fill", Effect.IDEMPOTENT, session=True),
        spec("program.fill", Effect.IDEMPOTENT, session=True),
        spec("program.press", Effect.ONCE, session=True),
        spec("program.read", Effect.READ, session=True),
    )
}


@dataclass(frozen=True)
class Shelf:
    """Documents by the names that calls give them."""

    documents: Mapping[str, Any] = field(default_factory=dict)

    def find(self, reference: str, *, caller: str) -> Reading | Unfound:
        """The document of this name, whoever calls it."""
        del caller
        if reference not in self.documents:
            return Unfound(f"there is no document {reference!r}", "write it")
        return read(json.dumps(self.documents[reference]), file=reference)


def document_of(steps: list[Any], **fields: Any) -> dict[str, Any]:
    """A document of these steps; its runs fail instead of parking unless told otherwise."""
    return {"aether": 1, "name": "test", "on_failure": "fail", **fields, "steps": steps}


def plan_of(steps: list[Any], called: Mapping[str, Any] | None = None, **fields: Any) -> Plan:
    """Compile a document of these steps, which may call others by their names."""
    document = Document.model_validate(document_of(steps, **fields))
    compiled = compile_plan(document, SPECS, library=Shelf(called or {}))
    assert compiled.plan is not None, compiled.problems
    return compiled.plan


def raised(kind: str = "robot", name: str = "BrokenError", *, acted: bool | None = False, **details: Any) -> Raised:
    """An attempt that ended with an error."""
    return Raised(ErrorValue(type=name, kind=kind, message="it broke", acted=acted, details=details or None))


def vanished(*, taken: bool = True, robot_lost: bool = True) -> Vanished:
    """An attempt nobody knows the end of."""
    error = ErrorValue(type="RobotLostError", kind="robot", message="its robot fell silent", acted=None)
    return Vanished(error, taken=taken, robot_lost=robot_lost)


@dataclass
class World:
    """Drives one plan to its end, or to where nobody answers."""

    plan: Plan
    answer: Answer = lambda _call: {}
    inputs: Mapping[str, Any] = field(default_factory=dict)
    now: float = 1_800_000_000.0
    files: Mapping[str, FileEntry] = field(default_factory=dict)
    sessions: bool = True
    state: State = field(init=False)
    commands: list[Command] = field(default_factory=list)
    open: dict[int, Command] = field(default_factory=dict)
    opened: int = 0
    told: list[Told] = field(default_factory=list)
    keep: bool = True
    """Whether time stands still for sessions of parked steps."""
    passes: bool = True
    """Whether time passes when nothing else happens."""

    def __post_init__(self) -> None:
        self._timers: list[tuple[float, int]] = []
        self.state = initial(
            self.plan, run="test/1", seed="seed", now=self.now, inputs=dict(self.inputs), files=dict(self.files)
        )
        self._queue: deque[Event] = deque()

    def tell(self, event: Event) -> tuple[Command, ...]:
        """One event, no answers."""
        self.told.append(Told(event, self.now, self.plan, self.state))
        if isinstance(event, ANSWERS):
            self.open.pop(event.number, None)
        self.state, commands = advance(self.plan, self.state, event, now=self.now)
        self.commands.extend(commands)
        for command in commands:
            if isinstance(command, ASKING):
                self.open[command.number] = command
        return commands

    def run(self, event: Event | None = None) -> Finish | None:
        """Events and answers until nothing more happens; the end, if it came."""
        self._queue.append(event or Started())
        while self._queue or self._wait():
            for command in self.tell(self._queue.popleft()):
                self._react(command)
        return self.end

    def _wait(self) -> bool:
        """Let time pass until the next timer; whether there was one."""
        if not self.passes or not self._timers or self.end is not None:
            return False
        due, number = heapq.heappop(self._timers)
        if number in self.open:
            self.now = max(self.now, due)
            self._queue.append(TimerFired(number))
            return True
        return self._wait()

    def cancel(self) -> Finish | None:
        """Somebody wants the run to stop."""
        return self.run(CancelRequested())

    def later(self, seconds: float) -> None:
        """Let so much time pass, with all that it wakes, where it does not pass by itself."""
        until = self.now + seconds
        while self._timers and self._timers[0][0] <= until:
            due, number = heapq.heappop(self._timers)
            if number in self.open:
                self.now = due
                self.run(TimerFired(number))
        self.now = until

    def last(self, kind: type[Kind]) -> Kind:
        """The latest command of a kind."""
        return [command for command in self.commands if isinstance(command, kind)][-1]

    @property
    def result(self) -> tuple[str, str | None]:
        """How the run ended, and the name of its error."""
        assert self.end is not None
        return self.end.status, self.end.error.type if self.end.error else None

    @property
    def end(self) -> Finish | None:
        """How the run ended."""
        return next((command for command in self.commands if isinstance(command, Finish)), None)

    @property
    def calls(self) -> list[str]:
        """The steps that were called, in order, with their rounds."""
        return [command.place for command in self.commands if isinstance(command, CallNode)]

    @property
    def params(self) -> list[Any]:
        """What was handed to the nodes, in order."""
        return [command.params for command in self.commands if isinstance(command, CallNode)]

    @property
    def timers(self) -> list[float]:
        """How long the run slept, time after time."""
        return [command.seconds for command in self.commands if isinstance(command, StartTimer)]

    def count(self, kind: type[Command]) -> int:
        """How many commands of a kind were given."""
        return Counter(type(command) for command in self.commands)[kind]

    def _react(self, command: Command) -> None:
        match command:
            case CallNode():
                self._answer_call(command)
            case StartTimer(number, seconds, summary):
                if not (self.keep and summary == "give the sessions back"):
                    heapq.heappush(self._timers, (self.now + seconds, number))
            case Breathe(number):
                self._queue.append(TimerFired(number))
            case OpenSession(number, capability) if self.sessions:
                self.opened += 1
                grant = SessionGrant(id=f"s{self.opened}", robot=f"r{self.opened}", capability=capability)
                self._queue.append(SessionOpened(number, grant))
            case TakeShare(number) if self.sessions:
                self.opened += 1
                self._queue.append(
                    SessionOpened(number, SessionGrant(id=f"s{self.opened}", robot="", capability=SHARES))
                )
            case FindRobot(number):
                self._queue.append(RobotFound(number))
            case CallOff(number) if not isinstance(self.open.get(number), StartChild | None):
                self._queue.append(NodeCalledOff(number))
            case _:
                pass

    def _answer_call(self, command: CallNode) -> None:
        match self.answer(command):
            case None:
                pass
            case Raised() | Vanished() as outcome:
                self._queue.append(NodeFailed(command.number, outcome))
            case output:
                self._queue.append(NodeDone(command.number, output))


def outputs_of(steps: list[Any], outputs: dict[str, Any], **world: Any) -> dict[str, Any]:
    """The outputs of a run of these steps that must succeed."""
    end = World(plan_of(steps, outputs=outputs), **world).run()
    assert end is not None
    assert end.status == "completed", end.error
    return end.outputs
