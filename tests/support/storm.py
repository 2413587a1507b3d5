"""A world that answers in any order, and in which things happen to a run while it waits."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from typing_extensions import override

from tests.support.machine import World
from workflows.answering import check_answer
from workflows.call import SessionGrant
from workflows.effects import Raised, Vanished
from workflows.errors import AnswerRefusedError
from workflows.events import (
    Answered,
    CancelRequested,
    ChildEnded,
    Decided,
    Event,
    EventCame,
    HandedOn,
    NodeCalledOff,
    NodeDone,
    NodeFailed,
    PauseRequested,
    RestRequested,
    ResumeRequested,
    RobotFound,
    SessionLost,
    SessionOpened,
    Started,
    TimerFired,
)
from workflows.frames import ReceiveFrame
from workflows.gaining import SHARES
from workflows.observed import Observed
from workflows.plan import ReceivePlan
from workflows.protocol import (
    Action,
    Breathe,
    CallNode,
    CallOff,
    CloseSession,
    Command,
    ErrorCaught,
    FindRobot,
    Finish,
    KeepSession,
    OpenSession,
    Rest,
    RoundStarted,
    StartChild,
    StartTimer,
    StepAsks,
    StepEnded,
    StepParked,
    StepStarted,
    StepWaits,
    TakeShare,
)
from workflows.saved import dump, load

Happening = Callable[[], None]
DAY = 86_400.0


@dataclass
class Storm(World):
    """Drives one plan to its end; what comes next is left to chance."""

    chance: Random = field(default_factory=lambda: Random(0))  # noqa: S311 - the same on each run of a test
    rests: int = 0
    """How often the run is handed on to a new execution."""
    pauses: int = 0
    """How often a person pauses the run, and has it go on."""
    early: int = 0
    """How many events come before anybody waits for them."""
    cancels: int = 0
    """How often somebody wants the run to stop."""
    losses: int = 0
    """How often a robot loses a session."""
    decide: Callable[[StepParked], Action] = lambda _parked: "retry"
    """What a person says of a parked step."""

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.observed = Observed(self.plan, self.now)
        self.done: list[Any] = []
        """What nodes were called with, and which attempt it was."""
        self.grants: set[str] = set()
        """The sessions that robots hold."""
        self.off: set[int] = set()
        """Open commands whose answers are not needed any more."""
        self.due: dict[int, float] = {}
        self.parked: dict[int, StepParked] = {}
        self.asked: dict[int, StepAsks] = {}
        self.paused = False
        self.resting = False

    def storm(self) -> Finish | None:
        """Let things happen until the run is over, or nothing more can happen."""
        self.take(Started())
        while self.end is None and (options := list(self._options())):
            self.chance.choice(options)()
        return self.end

    def take(self, event: Event) -> None:
        """One event, and what follows from it without the world."""
        commands = self.tell(event)
        assert not self.resting or not any(
            isinstance(command, CallNode | OpenSession | TakeShare | FindRobot) for command in commands
        )
        for command in commands:
            self._note(command)
        if any(isinstance(command, Rest) for command in commands):
            self._hand_on()

    def _note(self, command: Command) -> None:
        match command:
            case CallNode():
                assert command.session is None or command.session.id in self.grants
            case StartTimer(number, seconds):
                self.due[number] = self.now + seconds
            case CallOff(number):
                self.off.add(number)
            case CloseSession(session):
                self.grants.remove(session)
            case KeepSession(_, grant):
                assert grant.id in self.grants
            case StepParked(_, number):
                self.parked[number] = command
            case StepAsks(_, number):
                self.asked[number] = command
            case _:
                pass
        if isinstance(
            command, StepStarted | StepWaits | StepEnded | StepParked | StepAsks | ErrorCaught | RoundStarted
        ):
            self.observed.take(command)

    def _hand_on(self) -> None:
        """A new execution goes on with what was written down; timers end with the old one."""
        busy = [command for command in self.open.values() if not isinstance(command, StartTimer | StartChild)]
        assert not busy
        self.state = load(json.loads(json.dumps(dump(self.state))))
        self.open = {number: command for number, command in self.open.items() if isinstance(command, StartChild)}
        self.resting = False
        before, held = len(self.commands), set(self.grants)
        self.take(HandedOn())
        kept = {command.grant.id for command in self.commands[before:] if isinstance(command, KeepSession)}
        assert held == kept

    def _options(self) -> list[Happening]:
        """All that could happen now."""
        answers = [
            option
            for number, command in self.open.items()
            if not isinstance(command, StartTimer)
            for option in self._answers(number, command)
        ]
        people = [*self._people(), *self._events()]
        timers = sorted((self.due[number], number) for number in self.open if isinstance(self.open[number], StartTimer))
        off = [partial(self._answered, NodeCalledOff(number)) for _, number in timers if number in self.off]
        soon = [
            timer
            for timer in timers
            if timer[1] not in self.off
            and (timer[0] <= self.now + DAY or not (answers or people or off or self.paused))
        ]
        passing = [partial(self._fire, *timer) for timer in soon[:1]]
        return [*answers, *people, *off, *passing, *self._whims()]

    def _answers(self, number: int, command: Command) -> list[Happening]:
        called_off: list[Happening] = [lambda: self._answered(NodeCalledOff(number))] if number in self.off else []
        match command:
            case CallNode():
                return [*called_off, lambda: self._call(command)]
            case OpenSession(number, capability):
                return [*called_off, lambda: self._grant(number, capability)]
            case TakeShare(number):
                return [*called_off, lambda: self._grant(number, SHARES)]
            case FindRobot(number):
                return [*called_off, lambda: self._answered(RobotFound(number))]
            case StartChild():
                return [lambda: self._child(command)]
            case Breathe():
                return [lambda: self._answered(TimerFired(number))]
            case _:
                raise AssertionError(command)

    def _call(self, command: CallNode) -> None:
        self.done.append((command.params, command.attempt))
        answer = self.answer(command)
        if isinstance(answer, Raised | Vanished):
            self._answered(NodeFailed(command.number, answer))
        else:
            self._answered(NodeDone(command.number, answer))

    def _grant(self, number: int, capability: str) -> None:
        grant = SessionGrant(id=f"s{number}", robot="r1", capability=capability)
        self.grants.add(grant.id)
        self._answered(SessionOpened(number, grant))

    def _child(self, command: StartChild) -> None:
        total = int(str(command.inputs["x"])) + 1
        self.done.append(({"n": command.inputs["n"], "fails": 0, "kind": "robot", "a": total}, 1))
        self._answered(ChildEnded(command.number, {"sum": total}))

    def _fire(self, due: float, number: int) -> None:
        self.now = max(self.now, due)
        self._answered(TimerFired(number))

    def _answered(
        self, event: NodeDone | NodeFailed | NodeCalledOff | TimerFired | SessionOpened | RobotFound | ChildEnded
    ) -> None:
        self.off.discard(event.number)
        self.take(event)

    def _people(self) -> list[Happening]:
        """Those who were asked, and those who mend what is parked."""
        return [
            *[partial(self._decided, number) for number in self.asked],
            *[partial(self._mended, parked) for parked in self.parked.values()],
        ]

    def _decided(self, number: int) -> None:
        del self.asked[number]
        self.take(Decided(number, approved=True, by="anna"))

    def _mended(self, parked: StepParked) -> None:
        del self.parked[parked.number]
        action = self.decide(parked)
        goto = self.chance.choice([step.id for block in self.plan.blocks for step in block])
        for answered in (
            Answered(parked.number, action, by="anna", goto=goto),
            Answered(parked.number, "abort", by="anna"),
        ):
            with suppress(AnswerRefusedError):
                check_answer(self.plan, self.state, answered)
                self.take(answered)
                return

    def _events(self) -> list[Happening]:
        tops = [fiber.stack.top for fiber in self.state.fibers.values() if fiber.stack is not None]
        waited = [top.key for top in tops if isinstance(top, ReceiveFrame)]
        return [partial(self.take, EventCame("paid", key, {})) for key in waited]

    def _whims(self) -> list[Happening]:
        """What happens without being waited for."""
        keys = [step.key for block in self.plan.blocks for step in block if isinstance(step, ReceivePlan)]
        whims: list[Happening] = []
        if self.paused:
            whims.append(self._resume)
        elif self.pauses:
            whims.append(self._pause)
        if self.rests and not self.resting:
            whims.append(self._rest)
        if self.early and keys:
            whims.append(partial(self._early, str(self.chance.choice(keys))))
        if self.cancels:
            whims.append(self._cancel)
        if self.losses and self.grants:
            whims.append(partial(self._lose, self.chance.choice(sorted(self.grants))))
        return whims

    def _pause(self) -> None:
        self.pauses -= 1
        self.paused = True
        self.take(PauseRequested())

    def _resume(self) -> None:
        self.paused = False
        self.take(ResumeRequested())

    def _rest(self) -> None:
        self.rests -= 1
        self.resting = True
        self.take(RestRequested())

    def _early(self, key: str) -> None:
        self.early -= 1
        self.take(EventCame("paid", key, {}))

    def _lose(self, session: str) -> None:
        self.losses -= 1
        self.grants.remove(session)
        self.take(SessionLost(session))

    def _cancel(self) -> None:
        self.cancels -= 1
        self.take(CancelRequested())
