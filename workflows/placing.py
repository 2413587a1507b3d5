"""Who gets which session: a pool's state and a message give the next state; a pool's state and the time give leases.

The laws, all of them held by tests: a slot has one holder, a robot has all that is asked for, shares are never
exceeded, numbers of leases only increase, and who can be served is served in the end:

- Requests rank by priority; those of one priority by their tenants' turns; those of one tenant by age.
- One that has to wait keeps nobody waiting who could be served.
- After `TURNS` leases by rank, the next one goes to whoever has waited longest, if that is at least `PATIENCE` and
  only others are in the way. Until it is granted, a share of each resource that it needs is kept for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflows.board import ALONE, HOLD_OUT, TURNS, Board, Choice, Obstacle
from workflows.fleet import (
    Delay,
    Lease,
    LeaseRequest,
    LeaseReturn,
    Placement,
    RobotEntry,
    RobotReturned,
    RunEnded,
    Word,
)
from workflows.line import Line, Place
from workflows.poolstate import MOST_DOCUMENTS, Lane, PoolState, Waiting
from workflows.reasons import Reasons

SUSPICION = 12.0
"""Seconds for which a robot that did not answer gets nothing new."""

REMEMBERED = 30 * 86_400.0
"""Seconds after which a robot that is not here is forgotten."""

DISCREET = 1.0
"""Seconds that a request may wait without its run being told why, and between two looks at whom to tell what. That
nobody could take it is told with the next look."""

MOST_DELAYS = 50
"""So many are told at a time; the others a little later."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What could be granted, and whom to tell that they wait."""

    state: PoolState
    grants: tuple[Word, ...] = ()
    delays: tuple[Word, ...] = ()
    due: float | None = None
    """When to place again although nothing has happened, in seconds since 1970 UTC."""
    looked: bool = True
    """Whether it was looked whom to tell what; in busy times this is not done each time."""


def requested(state: PoolState, request: LeaseRequest, now: float) -> tuple[PoolState, tuple[Word, ...]]:
    """A run wants something; what it has already got it is told again."""
    lease = state.leases.get(request.id)
    if lease is not None:
        return state, (Word(run=request.run, said=_placement(lease)),)
    known = state.find(request.id)
    if known is None:
        state = replace(state, arrivals=state.arrivals + 1)
        return state.with_waiting(Waiting(request, now, state.arrivals)), ()
    waiting = replace(known[1], request=request, told="")
    return state.without_waiting(request.id).with_waiting(waiting), ()


def returned(state: PoolState, back: LeaseReturn, now: float) -> PoolState:
    """A run wants something no more."""
    lease = state.leases.get(back.id)
    if back.lost and lease is not None and lease.robot is not None:
        state = replace(state, suspects={**state.suspects, lease.robot: now + SUSPICION})
    return state.without_leases(back.id).without_waiting(back.id)


def run_ended(state: PoolState, ended: RunEnded) -> PoolState:
    """A run is over: it holds nothing and wants nothing."""

    def concerned(request: LeaseRequest) -> bool:
        return request.run == ended.run and ended.first_run_id in {None, request.first_run_id}

    held = [name for name, lease in state.leases.items() if concerned(lease.request)]
    wanted = [waiting.request.id for waiting in state.all_waiting() if concerned(waiting.request)]
    return state.without_leases(*held).without_waiting(*wanted)


def robot_changed(state: PoolState, entry: RobotEntry) -> tuple[PoolState, tuple[Word, ...]]:
    """A robot came, went or became another; runs are told what is left of their sessions by a new process."""
    robot = entry.card.robot
    known = state.fleet.robots.get(robot)
    if known is not None and known.since > entry.since:
        return state, ()
    suspects = {name: until for name, until in state.suspects.items() if name != robot}
    state = replace(state, fleet=state.fleet.with_robot(entry), suspects=suspects)
    if entry.card.environment != state.environment:
        return forgotten(state, robot), ()
    if entry.presence != "here":
        return state.without_leases(*_held_by(state, robot)), ()
    if known is None or known.card.incarnation == entry.card.incarnation:
        return state, ()
    return _succeeded(state, entry)


def limited(state: PoolState, name: str, shares: int | None) -> PoolState:
    """An operator says how many shares there are of a resource; with None, those that want it say so again."""
    others = {other: number for other, number in state.limits.items() if other != name}
    return replace(state, limits=others if shares is None else {**others, name: shares})


def forgotten(state: PoolState, robot: str) -> PoolState:
    """A robot is gone for good."""
    state = replace(
        state,
        fleet=state.fleet.without_robot(robot),
        last={document: name for document, name in state.last.items() if name != robot},
        recent={name: number for name, number in state.recent.items() if name != robot},
        suspects={name: until for name, until in state.suspects.items() if name != robot},
    )
    return state.without_leases(*_held_by(state, robot))


def tick(state: PoolState, now: float) -> PoolState:
    """Time passes: suspicions end, and robots that have been away for very long are forgotten."""
    if any(until <= now for until in state.suspects.values()):
        state = replace(state, suspects={name: until for name, until in state.suspects.items() if until > now})
    for robot, entry in state.fleet.robots.items():
        if entry.presence != "here" and entry.since + REMEMBERED <= now:
            state = forgotten(state, robot)
    return state


def place(state: PoolState, now: float) -> Placed:
    """Grant what can be granted."""
    placing = _Placing(state, now)
    placing.run()
    return placing.placed()


class _Placing:
    """One round of grants."""

    def __init__(self, state: PoolState, now: float) -> None:
        self._state = state
        self._now = now
        self._board = Board(state, now)
        self._words: dict[str, Word] = {}
        self._number = state.number
        self._passed = state.passed
        self._alone: dict[str, Obstacle] = {}
        """What is in the way of single requests, by their ids."""
        self._lanes: dict[Lane, Obstacle] = {}
        """What is in the way of all others of a lane."""
        self._whys: dict[Lane, str] = {}
        """The same in words."""
        self._looks = not state.waiting or state.looked + DISCREET <= now
        self._dues: list[float] = []

    def run(self) -> None:
        """Serve one after the other."""
        overdue = self._serve_overdue()
        waiting = self._state.without_waiting(*self._words).waiting
        self._line = Line(waiting, self._state.rounds)
        if overdue is not None:
            self._line.take_turn(overdue)
        sessions_only = all(lane.need.kind == "session" for lane in waiting)
        while (first := self._line.first()) is not None:
            if sessions_only and not self._board.free and not self._looks:
                return  # nobody else can be served, and nobody wants to know why
            self._serve(first)

    def placed(self) -> Placed:
        """What came of it."""
        board, state = self._board, self._state.without_waiting(*self._words)
        state = replace(
            state,
            leases=board.leases,
            last=dict(list(board.last.items())[-MOST_DOCUMENTS:]),
            recent=board.recent,
            rounds=self._line.rounds,
            number=self._number,
            granted=state.granted + len(board.leases) - len(state.leases),
            passed=self._passed,
        )
        state, delays = self._delayed(state)
        if state.waiting and self._looks:
            state = replace(state, looked=self._now)
        elif state.waiting:
            self._dues.append(state.looked + DISCREET)
        self._dues += _dues(state)
        due = min((due for due in self._dues if due > self._now), default=None)
        return Placed(state, tuple(self._words.values()), delays, due, self._looks)

    def _serve_overdue(self) -> Lane | None:
        """Serve the one whose turn it is although others rank before it; give its lane if it could be served."""
        if self._board.overdue is None:
            return None
        lane, waiting = self._board.overdue
        verdict = self._board.judge(lane, waiting, 0)
        if not isinstance(verdict, Choice):
            return None
        self._grant(lane, waiting, verdict)
        self._board.overdue, self._passed = None, 0
        return lane

    def _serve(self, first: Place) -> None:
        waiting = first.waiting
        match self._board.judge(first.lane, waiting, first.before):
            case Choice() as choice:
                self._grant(first.lane, waiting, choice)
                self._line.granted(first)
            case obstacle if obstacle in ALONE:
                self._alone[waiting.request.id] = obstacle
                self._dues.append(waiting.since + HOLD_OUT)
                self._line.pass_over(first)
            case obstacle:
                self._lanes[first.lane] = obstacle
                self._line.block(first)

    def _grant(self, lane: Lane, waiting: Waiting, choice: Choice) -> None:
        request = waiting.request
        self._number += 1
        lease = Lease(number=self._number, request=request, robot=choice.robot, since=self._now)
        self._words[request.id] = Word(run=request.run, said=_placement(lease))
        if lane.need.kind != "route":
            self._passed = min(self._passed + 1, TURNS)
            self._board.take(lease)

    def _delayed(self, state: PoolState) -> tuple[PoolState, tuple[Word, ...]]:
        """Tell those of whom the reason is another than they were told, those first that nobody could take."""
        if not self._looks:
            return state, ()
        untold = sorted(self._untold(state), key=lambda each: (each[0] is not Obstacle.UNROUTABLE, each[2].number))
        if len(untold) > MOST_DELAYS:
            self._dues.append(self._now + DISCREET)
        words = []
        lines = defaultdict[Lane, dict[str, Waiting]](dict)
        for obstacle, lane, waiting in untold[:MOST_DELAYS]:
            delay = Delay(
                id=waiting.request.id,
                why=self._why(obstacle, lane, waiting),
                unroutable=obstacle is Obstacle.UNROUTABLE,
            )
            words.append(Word(run=waiting.request.run, said=delay))
            lines[lane][waiting.request.id] = replace(waiting, told=obstacle)
        told = {lane: {**state.waiting[lane], **line} for lane, line in lines.items()}
        return replace(state, waiting={**state.waiting, **told}), tuple(words)

    def _untold(self, state: PoolState) -> Iterator[tuple[Obstacle, Lane, Waiting]]:
        for lane, line in state.waiting.items():
            shared = self._lanes.get(lane)
            for name, waiting in line.items():
                obstacle = self._alone.get(name, shared)
                if obstacle is None or waiting.told == obstacle:
                    continue
                if obstacle is Obstacle.UNROUTABLE or waiting.since + DISCREET <= self._now:
                    yield obstacle, lane, waiting
                else:
                    self._dues.append(waiting.since + DISCREET)

    def _why(self, obstacle: Obstacle, lane: Lane, waiting: Waiting) -> str:
        """The reason in words, which are the same for all of a lane unless they are about the one."""
        if obstacle in ALONE:
            return Reasons(self._board, lane, waiting).of(obstacle)
        why = self._whys.get(lane)
        if why is None:
            why = self._whys[lane] = Reasons(self._board, lane, waiting).of(obstacle)
        return why


def _dues(state: PoolState) -> Iterator[float]:
    if state.waiting:
        yield from state.suspects.values()
    yield from (entry.since + REMEMBERED for entry in state.fleet.robots.values() if entry.presence != "here")


def _succeeded(state: PoolState, entry: RobotEntry) -> tuple[PoolState, tuple[Word, ...]]:
    """A robot's process has a successor: what that still has is leased to the same runs anew."""
    robot = entry.card.robot
    kept = defaultdict[str, list[Placement]](list)
    gone = defaultdict[str, list[str]](list)
    leases = dict(state.leases)
    number = state.number
    for name in _held_by(state, robot):
        lease = leases.pop(name)
        if name in entry.card.sessions:
            number += 1
            leases[name] = lease.model_copy(update={"number": number})
            kept[lease.request.run].append(_placement(leases[name]))
        else:
            gone[lease.request.run].append(name)
    words = tuple(
        Word(run=run, said=RobotReturned(robot=robot, kept=tuple(kept[run]), gone=tuple(gone[run])))
        for run in sorted(kept.keys() | gone.keys())
    )
    return replace(state, leases=leases, number=number), words


def _held_by(state: PoolState, robot: str) -> list[str]:
    """The sessions that a robot holds, by the ids of their requests."""
    return [name for name, lease in state.leases.items() if lease.robot == robot]


def _placement(lease: Lease) -> Placement:
    return Placement(id=lease.request.id, robot=lease.robot, lease=lease.number)
