"""One turn of the machine: a state taken apart for work, and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID

from pydantic import JsonValue
from typing_extensions import override

from workflows.errors import ConfigurationError, StepBudgetError
from workflows.expressions.fuel import Fuel
from workflows.expressions.template import resolve
from workflows.frames import BlockFrame, Frame, Scope, Stack
from workflows.plan import AnyPlanStep, Plan
from workflows.protocol import Command
from workflows.state import Fiber, State

TURN_FUEL = 300_000
"""Units of work in one turn, about 100 ms; Temporal allows an activation two seconds."""

STEP_COST = 40
"""Units of work a step costs besides its expressions."""

STEP_BUDGET = 5_000_000
"""Steps a run may do without once asking the world; a document that loops for ever ends here."""


STEP_SLACK = 10_000
"""Steps more in which such a run may tidy up."""


class Turn:
    """A state under work, one fiber at a time.

    It never changes what a state refers to, only which values it refers to, so the state it came from stays valid.
    """

    __slots__ = (
        "_came_from", "answers", "area", "breathing", "cancel", "cleanup", "cleanup_due", "commands", "draws", "fiber",
        "fibers", "files", "finished", "fuel", "holding", "idle", "inputs", "interrupt", "last_number", "mail", "names",
        "now", "parent", "paused", "place", "plan", "position", "pure_steps", "resting", "revision", "scope",
        "sessions", "stack", "undo", "variables",
    )  # fmt: skip

    def __init__(self, plan: Plan, state: State, now: float, look: Look | None = None) -> None:
        self._came_from = state
        self.plan = plan
        self.now = max(now, state.now)
        self.inputs = state.inputs
        self.fibers = dict(state.fibers)
        self.sessions = state.sessions
        self.files = state.files
        self.last_number = state.last_number
        self.breathing = state.breathing
        self.pure_steps = state.pure_steps
        self.cancel = state.cancel
        self.cleanup = state.cleanup
        self.cleanup_due = state.cleanup_due
        self.paused = state.paused
        self.holding = state.holding
        self.resting = state.resting
        self.undo = state.undo
        self.mail = state.mail
        self.answers = state.answers
        self.revision = state.revision
        self.finished = state.finished
        self.fuel = TURN_FUEL
        self.commands: list[Command] = [] if look is None else _Watched(self, look)
        run: JsonValue = {"id": state.run, "document": plan.name, "started": state.started}
        self.names = Names(self, run)
        self.fiber = 0
        self._load(self.fibers[0])

    def freeze(self) -> State:
        """The state the turn has come to."""
        was = self._came_from
        self._store()
        return State(
            run=was.run, seed=was.seed, started=was.started, now=self.now, inputs=self.inputs, files=self.files,
            fibers=self.fibers, sessions=self.sessions, last_number=self.last_number, breathing=self.breathing,
            pure_steps=self.pure_steps, cancel=self.cancel, cleanup=self.cleanup, cleanup_due=self.cleanup_due,
            paused=self.paused, holding=self.holding, resting=self.resting, undo=self.undo, mail=self.mail,
            answers=self.answers, revision=self.revision, breaks=was.breaks, slow=was.slow, caught=was.caught,
            finished=self.finished,
        )  # fmt: skip

    @property
    def breaks(self) -> tuple[str, ...]:
        """Steps before which the run stops."""
        return self._came_from.breaks

    @property
    def slow(self) -> float:
        """Seconds before each call."""
        return self._came_from.slow

    @property
    def caught(self) -> tuple[str, ...]:
        """Errors that whoever called this run catches."""
        return self._came_from.caught

    @property
    def waits(self) -> bool:
        """Whether nothing new may begin."""
        return self.paused or self.holding

    def orphaned_timers(self) -> list[int]:
        """The timers of sessions whose fibers have ended in this turn."""
        were = self._came_from.fibers.items()
        return [fiber.idle for number, fiber in were if fiber.idle and number not in self.fibers]

    def switch(self, fiber: int) -> None:
        """Go on with another fiber."""
        if fiber != self.fiber:
            self._store()
            self.fiber = fiber
            self._load(self.fibers[fiber])

    def leave(self, fiber: int) -> None:
        """The fiber under work has ended; go on with another."""
        del self.fibers[self.fiber]
        self.fiber = fiber
        self._load(self.fibers[fiber])

    def _load(self, fiber: Fiber) -> None:
        self.stack = fiber.stack
        self.scope = fiber.scope
        self.variables = fiber.variables
        self.area = fiber.area
        self.draws = fiber.draws
        self.interrupt = fiber.interrupt
        self.place = fiber.place
        self.parent = fiber.parent
        self.position = fiber.position
        self.idle = fiber.idle

    def _store(self) -> None:
        self.fibers[self.fiber] = Fiber(
            self.scope, self.stack, self.variables, self.area, self.draws, self.interrupt, self.place, self.parent,
            self.position, self.idle,
        )  # fmt: skip

    def push(self, frame: Frame) -> None:
        """Go into something."""
        self.stack = Stack(frame, self.stack)

    def pop(self) -> None:
        """Come out of the innermost frame."""
        assert self.stack is not None  # noqa: S101 - who pops has looked at the top
        self.stack = self.stack.below

    def swap(self, frame: Frame) -> None:
        """Put a frame in the place of the innermost one."""
        assert self.stack is not None  # noqa: S101 - who swaps has looked at the top
        self.stack = Stack(frame, self.stack.below)

    @property
    def top(self) -> Frame | None:
        """The innermost frame."""
        return self.stack.top if self.stack is not None else None

    def at(self) -> BlockFrame | None:
        """The block under way and the place in it; None when the fiber is at its end."""
        frames = self.stack.frames() if self.stack else ()
        return next((frame for frame in frames if isinstance(frame, BlockFrame)), None)

    def step(self) -> AnyPlanStep:
        """The step under way."""
        place = self.at()
        assert place is not None  # noqa: S101 - asked for while a step is under way
        return self.plan.blocks[place.block][place.index]

    def number(self) -> int:
        """A new number for a command that will be answered."""
        self.last_number += 1
        return self.last_number

    def charge_step(self) -> None:
        """Account for one step.

        Raises:
            StepBudgetError: the run does nothing but loop.
        """
        self.fuel -= STEP_COST
        self.pure_steps += 1
        if self.pure_steps == STEP_BUDGET + 1 or self.pure_steps > STEP_BUDGET + STEP_SLACK:
            raise StepBudgetError(
                f"more than {STEP_BUDGET:,} steps without a single call or wait; the document probably loops for ever"
            )

    def evaluate(self, value: JsonValue) -> JsonValue:
        """Work out the expressions in a value.

        Raises:
            ExpressionError: one of them has no value.
        """
        fuel = Fuel()
        try:
            return resolve(value, self.names, fuel)
        finally:
            self.fuel -= fuel.spent

    def holds(self, condition: JsonValue) -> bool:
        """Work out a condition.

        Raises:
            ConfigurationError: it is neither true nor false.
        """
        answer = self.evaluate(condition)
        if not isinstance(answer, bool):
            raise ConfigurationError(
                f"the condition {condition!r} gives {answer!r:.80}, but it must be true or false; "
                "compare it with something, e.g. 'len(x) > 0' or 'x is not None'"
            )
        return answer

    def draw(self) -> bytes:
        """32 bytes nobody could foretell, the same on every replay."""
        self.draws += 1
        seed = self._came_from.seed
        return sha256((f"{seed}/{self.place}:{self.draws}" if self.place else f"{seed}:{self.draws}").encode()).digest()

    def chance(self) -> float:
        """A number from 0 to 1, drawn."""
        return int.from_bytes(self.draw()[:6], "big") / (1 << 48)


Look: TypeAlias = Callable[[Turn, Command], None]
"""Looks at a turn as it gives a command."""


class _Watched(list[Command]):
    """Commands that somebody looks at as they are given."""

    def __init__(self, turn: Turn, look: Look) -> None:
        super().__init__()
        self._turn = turn
        self._look = look

    @override
    def append(self, command: Command) -> None:
        super().append(command)
        self._look(self._turn, command)


class Names:
    """What expressions see."""

    __slots__ = ("_run", "_turn")

    def __init__(self, turn: Turn, run: JsonValue) -> None:
        self._turn = turn
        self._run = run

    def lookup(self, name: str) -> JsonValue:
        """The value of a name; `KeyError` where it has none (yet)."""
        scope: Scope | None = self._turn.scope
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        if name in self._turn.variables:
            return self._turn.variables[name]
        return self._fixed()[name]

    def names(self) -> Iterator[str]:
        """All names that have a value now."""
        scope: Scope | None = self._turn.scope
        while scope is not None:
            yield from scope.names
            scope = scope.outer
        yield from self._turn.variables
        yield from self._fixed()

    def _fixed(self) -> dict[str, JsonValue]:
        return {"inputs": self._turn.inputs, "run": self._run}

    def now(self) -> float:
        """Seconds since 1970 UTC."""
        return self._turn.now

    def uuid(self) -> str:
        """A new UUID, the same on replay."""
        return str(UUID(bytes=self._turn.draw()[:16], version=4))
