"""What a run did, step by step, worked out from what the world told it.

The machine is pure: given the same state and the same event it does the same again, and can be looked at meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

from pydantic import JsonValue

from workflows.call import ErrorValue
from workflows.events import Event, NodeDone, NodeFailed
from workflows.flow import place_of
from workflows.frames import Scope
from workflows.machine import advance
from workflows.observed import Observed, kind_of
from workflows.plan import CallStep, Plan
from workflows.progress import RunProgress
from workflows.protocol import CallNode, Command, ErrorCaught, Report, StepEnded, StepParked, StepStarted
from workflows.spec import Effect
from workflows.state import State
from workflows.turn import Turn

OccurrenceStatus: TypeAlias = Literal["running", "parked", "done", "skipped", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Told:
    """One thing the world told a run, and what it knew before."""

    event: Event
    at: float
    """Seconds since 1970 UTC, by the run's own clock."""
    plan: Plan
    """By which it went on; a corrected document changes it."""
    before: State


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a step."""

    number: int
    """From 1."""
    at: float
    params: dict[str, JsonValue]
    """What its node was given; secrets are references."""
    robot: str | None
    """The robot that held its session."""
    error: ErrorValue | None = None
    """Why it did not succeed."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a step was done."""

    place: str
    """The step with the rounds and branches it was in."""
    id: str
    kind: str
    effect: Effect | None
    """What doing it again would do; None for a step that calls no node."""
    plan: Plan
    fiber: int
    """The branch of the run that did it."""
    before: State
    """The run as the step began."""
    began: int
    """How many things the run had been told before."""
    started: float
    left: State | None = None
    """The run as the step was left without success: it can begin again from there."""
    over: int = -1
    """How many things the run had been told when it was over."""
    ended: float | None = None
    status: OccurrenceStatus = "running"
    attempts: tuple[Attempt, ...] = ()
    output: JsonValue = None
    error: ErrorValue | None = None

    @property
    def variables(self) -> dict[str, JsonValue]:
        """The variables as the step began."""
        return self.before.fibers[self.fiber].variables

    @property
    def scope(self) -> dict[str, JsonValue]:
        """Outputs of steps and names of loops that the step could see."""
        seen: dict[str, JsonValue] = {}
        scope: Scope | None = self.before.fibers[self.fiber].scope
        while scope is not None:
            seen = {**scope.names, **seen}
            scope = scope.outer
        return seen


def occurrences(told: Iterable[Told]) -> Iterator[Occurrence]:
    """Work out every time that a step was done, in the order in which they ended; those under way come last."""
    looker = _Looker()
    for each in told:
        yield from looker.look(each)
    yield from looker.open.values()


def find(told: Iterable[Told], at: str) -> Occurrence | None:
    """The last time that a step was done, named by its place, or by its id wherever it was."""
    by_place: Occurrence | None = None
    by_id: Occurrence | None = None
    for each in occurrences(told):
        if each.place == at:
            by_place = each
        elif each.id == at:
            by_id = each
    return by_place or by_id


def first_of(told: Sequence[Told]) -> Occurrence | None:
    """The step that a run began with, as it began."""
    looker = _Looker()
    for each in told:
        looker.look(each)
        if looker.first is not None:
            return looker.first
    return None


def seen_until(told: Sequence[Told], occurrence: Occurrence, *, left: bool, before: RunProgress | None) -> RunProgress:
    """What was to be seen of a run as a step began, or as it was left."""
    observed = Observed(told[0].plan, told[0].before.started, before)
    last = occurrence.over if left else occurrence.began
    sign = StepEnded if left else StepStarted
    reached = False

    def see(turn: Turn, command: Command) -> None:
        nonlocal reached
        reached = reached or (number == last and isinstance(command, sign) and place_of(turn) == occurrence.place)
        if not reached and isinstance(command, get_args(Report)):
            observed.take(command)

    for number, each in enumerate(told[: last + 1]):
        if number and each.plan is not told[number - 1].plan:
            observed.change_plan(each.plan)
        advance(each.plan, each.before, each.event, now=each.at, look=see)
    observed.measure()
    return observed.progress()


def stopped_at(told: Iterable[Told]) -> Occurrence | None:
    """The step that failed or was cancelled, and that nothing in the document answered: the run ended with it."""
    looker = _Looker()
    for each in told:
        looker.look(each)
    return looker.unanswered[0] if looker.unanswered else None


class _Looker:
    """Looks on while a run is done over again."""

    def __init__(self) -> None:
        self.unanswered: list[Occurrence] = []
        """Left without success, and not caught."""
        self.first: Occurrence | None = None
        self._told = -1
        self.open: dict[str, Occurrence] = {}
        """By place."""
        self._ended: list[Occurrence] = []
        self._calls: dict[int, str] = {}
        """The place of each call that has not been answered."""

    def look(self, told: Told) -> list[Occurrence]:
        """Do one turn over again, and give what ended in it."""
        self._ended = []
        self._told += 1
        self._hear(told.event)
        advance(told.plan, told.before, told.event, now=told.at, look=self._see)
        return self._ended

    def _hear(self, event: Event) -> None:
        if not isinstance(event, NodeDone | NodeFailed):
            return
        occurrence = self.open.get(self._calls.pop(event.number, ""))
        if occurrence is None:
            return
        if isinstance(event, NodeDone):
            self.open[occurrence.place] = replace(occurrence, output=event.output)
        else:
            last = replace(occurrence.attempts[-1], error=event.outcome.error)
            self.open[occurrence.place] = replace(occurrence, attempts=(*occurrence.attempts[:-1], last))

    def _see(self, turn: Turn, command: Command) -> None:
        match command:
            case StepStarted(at=at, attempt=0):
                self._begin(turn, at)
            case CallNode(place=place) if place in self.open:
                self._attempt(self.open[place], command, turn.now)
            case StepParked(place=place, error=error) if place in self.open:
                self.open[place] = replace(self.open[place], status="parked", error=error)
            case StepEnded():
                self._end(turn, command)
            case ErrorCaught(step):
                self.unanswered = [each for each in self.unanswered if not each.error or each.error.step != step]
            case _:
                pass

    def _begin(self, turn: Turn, at: float) -> None:
        place, step = place_of(turn), turn.step()
        self.open[place] = Occurrence(
            place=place,
            id=step.id,
            kind=kind_of(step),
            effect=step.node.effect if isinstance(step, CallStep) else None,
            plan=turn.plan,
            fiber=turn.fiber,
            before=_frozen(turn),
            began=self._told,
            started=at,
        )
        self.first = self.first or self.open[place]

    def _attempt(self, occurrence: Occurrence, call: CallNode, at: float) -> None:
        robot = call.session.robot if call.session is not None else None
        attempt = Attempt(call.attempt, at, call.params, robot)
        self._calls[call.number] = occurrence.place
        self.open[occurrence.place] = replace(occurrence, status="running", attempts=(*occurrence.attempts, attempt))

    def _end(self, turn: Turn, ended: StepEnded) -> None:
        occurrence = self.open.pop(place_of(turn), None)
        if occurrence is None:
            return
        done = ended.status == "done"
        closed = replace(
            occurrence,
            ended=ended.at,
            over=self._told,
            status=ended.status,
            output=turn.scope.names.get(occurrence.id, occurrence.output) if done else occurrence.output,
            error=None if done else ended.error or occurrence.error,
            left=_frozen(turn) if ended.status in ("failed", "cancelled") else None,
        )
        self._ended.append(closed)
        if closed.left is not None:
            self.unanswered.append(closed)


def _frozen(turn: Turn) -> State:
    """The state in the middle of a turn, which goes on and does not change it any more."""
    state = turn.freeze()
    return replace(state, fibers=dict(state.fibers))
