"""Whether a request can be granted now, and by which robot; if not, what is in its way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, assert_never

from workflows.fleet import MOST_SESSIONS, Lease
from workflows.poolstate import Lane, PoolState, Waiting

HOLD_OUT = 10.0
"""How many seconds `affinity: soft` waits for the robot that ran the document last."""

PATIENCE = 600.0
"""Seconds; who has waited for so long is sometimes served out of turn."""

TURNS = 9
"""So many leases are given by rank; the next one goes to whoever has waited longest, and no less than `PATIENCE`."""

_LOAD = {"low": 0, "high": -25, "full": -50}
_PREFERRED = 20
_LOCAL = 100
_SPARE_TAG = -5
"""For each tag of a robot that nobody asked for: others may need it."""


class Obstacle(StrEnum):
    """What is in the way of a request."""

    UNROUTABLE = "unroutable"
    """No robot that is here could ever take it."""
    AWAY = "away"
    """No robot that could take it takes work."""
    BUSY = "busy"
    """All robots that could take it are full."""
    BOUND = "bound"
    """It wants one robot and no other, and that one is full or takes no work."""
    HOLDING_OUT = "holding out"
    """It waits a while for the robot that ran its document last."""
    LIMIT = "limit"
    """All shares of something are held."""
    KEPT = "kept"
    """The last share of something is kept for a request that has waited for very long."""
    QUOTA = "quota"
    """Its run holds as many sessions as it may."""


ALONE = frozenset({Obstacle.QUOTA, Obstacle.HOLDING_OUT})
"""Those that are in the way of one request, and not of all in its lane."""


@dataclass(frozen=True, slots=True)
class Choice:
    """It can be granted now."""

    robot: str | None
    """By whom; None where none is needed."""


Verdict: TypeAlias = Choice | Obstacle


class Board:
    """What is free while leases are given, one after the other."""

    def __init__(self, state: PoolState, now: float) -> None:
        self.state = state
        self.now = now
        self.fleet = state.fleet
        self.leases = dict(state.leases)
        self.last = dict(state.last)
        self.recent = dict(state.recent)
        used = Counter(lease.robot for lease in state.leases.values())
        self.free = {
            name: entry.card.slots - used[name]
            for name, entry in state.fleet.robots.items()
            if entry.takes_work and not self.suspicious(name) and entry.card.slots > used[name]
        }
        """Robots that take work, and how many sessions more each can hold."""
        self.shares = Counter(name for lease in state.leases.values() for name in lease.request.limits)
        """How many shares of each resource are held."""
        self._sessions = Counter(_quota(lease) for lease in state.leases.values() if lease.robot)
        self._most: dict[str, int] = {}
        self.overdue: tuple[Lane, Waiting] | None = None
        """Whose turn it is although others rank before it, with its lane."""
        if state.passed >= TURNS:
            self.overdue = self._find_overdue()

    def judge(self, lane: Lane, waiting: Waiting, before: int) -> Verdict:
        """Whether a request can be granted, of whose lane so many older ones wait on."""
        match lane.need.kind:
            case "route":
                return self._route(lane)
            case "share":
                return self._limit(lane, waiting) or Choice(None)
            case "session":
                return self._session(lane, waiting, before)
            case _:
                assert_never(lane.need.kind)

    def take(self, lease: Lease) -> None:
        """Note that a lease has been given."""
        self.leases[lease.request.id] = lease
        self.shares.update(lease.request.limits.keys())
        if lease.robot is None:
            return
        self._sessions[_quota(lease)] += 1
        self.recent[lease.robot] = lease.number
        self.last.pop(lease.request.document, None)
        self.last[lease.request.document] = lease.robot
        self.free[lease.robot] -= 1
        if not self.free[lease.robot]:
            del self.free[lease.robot]

    def most(self, name: str) -> int:
        """How many shares there are of a resource: what the operator says, or else the least that is asked for."""
        known = self._most.get(name)
        if known is None:
            asked = min((limits[name] for limits in self._limits() if name in limits), default=0)
            known = self._most[name] = self.state.limits.get(name, asked)
        return known

    def suspicious(self, robot: str) -> bool:
        """Whether a robot did not answer a short while ago."""
        return self.state.suspects.get(robot, 0.0) > self.now

    def bound_to(self, lane: Lane) -> str | None:
        """The only robot that will do, as its run has a session there or ran the document there.

        Whoever starts a run for one robot knows better.
        """
        if lane.need.robot is not None:
            return None
        match lane.affinity:
            case "hard":
                return self.last.get(lane.document)
            case "session" if lane.near is not None:
                near = self.fleet.robots.get(lane.near)
                return lane.near if near and near.presence == "here" and near.mode != "draining" else None
            case _:
                return None

    def scarce(self, lane: Lane, waiting: Waiting) -> dict[str, Obstacle]:
        """The resources of which a request cannot have a share now, and why."""
        found = {}
        for name, _ in lane.limits:
            free = self.most(name) - self.shares[name]
            if free <= 0:
                found[name] = Obstacle.LIMIT
            elif free == 1 and self._kept(name, waiting):
                found[name] = Obstacle.KEPT
        return found

    def _route(self, lane: Lane) -> Verdict:
        if self._trusted(lane):
            return Choice(None)
        return Obstacle.AWAY if self.fleet.here(lane.need) else Obstacle.UNROUTABLE

    def _session(self, lane: Lane, waiting: Waiting, before: int) -> Verdict:
        here, bound = self.fleet.here(lane.need), self.bound_to(lane)
        if not here or self._never(bound, here):
            return Obstacle.UNROUTABLE
        if self._satisfied(lane, waiting):
            return Obstacle.QUOTA
        ready = self.fleet.ready(lane.need)
        able = [name for name in self.free if name in ready and bound in {None, name}]
        if not able:
            return self._none_able(lane, bound)
        obstacle = self._limit(lane, waiting)
        if obstacle is None and self._holds_out(lane, waiting, before, able):
            obstacle = Obstacle.HOLDING_OUT
        return obstacle or Choice(min(able, key=lambda name: self._rank(name, lane)))

    def _never(self, bound: str | None, here: frozenset[str]) -> bool:
        """Whether the only robot that will do is here and can never do it."""
        if bound is None or bound in here:
            return False
        entry = self.fleet.robots.get(bound)
        return entry is not None and entry.presence == "here"

    def _none_able(self, lane: Lane, bound: str | None) -> Obstacle:
        if bound is not None:
            return Obstacle.BOUND
        return Obstacle.BUSY if self._trusted(lane) else Obstacle.AWAY

    def _trusted(self, lane: Lane) -> bool:
        ready = self.fleet.ready(lane.need)
        return any(not self.suspicious(name) for name in ready) if self.state.suspects else bool(ready)

    def _limit(self, lane: Lane, waiting: Waiting) -> Obstacle | None:
        return next(iter(self.scarce(lane, waiting).values()), None) if lane.limits else None

    def _kept(self, name: str, waiting: Waiting) -> bool:
        if self.overdue is None:
            return False
        lane, owner = self.overdue
        return owner is not waiting and name in dict(lane.limits)

    def _holds_out(self, lane: Lane, waiting: Waiting, before: int, able: list[str]) -> bool:
        """Whether it waits for the robot that ran its document last: not more of them than that can hold at once."""
        robot = self.last.get(lane.document)
        if lane.affinity != "soft" or robot is None or robot in able or waiting.since + HOLD_OUT <= self.now:
            return False
        if robot not in self.fleet.ready(lane.need) or self.suspicious(robot):
            return False
        entry = self.fleet.robots[robot]
        return entry.load != "full" and before < entry.card.slots

    def _rank(self, robot: str, lane: Lane) -> tuple[float, int, str]:
        entry, tags = self.fleet.robots[robot], self.fleet.tags[robot]
        local = bool(lane.document) and self.last.get(lane.document) == robot and entry.load != "full"
        score = (
            self.free[robot]
            + _LOAD[entry.load]
            + _PREFERRED * len(lane.prefer & tags)
            + _LOCAL * local
            + _SPARE_TAG * len(tags - lane.need.tags - lane.prefer)
        )
        return -score, self.recent.get(robot, 0), robot

    def _find_overdue(self) -> tuple[Lane, Waiting] | None:
        """The request that has waited longest, and long enough, and that only others are in the way of."""
        firsts = sorted(self._firsts(), key=lambda item: item[1].number)
        return next((item for item in firsts if self._could(*item)), None)

    def _firsts(self) -> Iterator[tuple[Lane, Waiting]]:
        """Of each lane the first whose run has not got all that it may have."""
        for lane, line in self.state.waiting.items():
            allowed = (waiting for waiting in line.values() if not self._satisfied(lane, waiting))
            first = next(allowed, None)
            if first is not None and first.since + PATIENCE <= self.now:
                yield lane, first

    def _could(self, lane: Lane, waiting: Waiting) -> bool:
        if any(self.most(name) <= 0 for name, _ in lane.limits):
            return False
        match self.judge(lane, waiting, 0):
            case Obstacle.UNROUTABLE | Obstacle.AWAY:
                return False
            case Obstacle.BOUND:
                return self.bound_to(lane) in self.fleet.ready(lane.need)
            case _:
                return True

    def _satisfied(self, lane: Lane, waiting: Waiting) -> bool:
        return self._sessions[waiting.request.run, lane.capability] >= MOST_SESSIONS

    def _limits(self) -> Iterator[dict[str, int]]:
        yield from (dict(lane.limits) for lane in self.state.waiting)
        yield from (lease.request.limits for lease in self.state.leases.values())


def _quota(lease: Lease) -> tuple[str, str]:
    request = lease.request
    return request.run, request.tags[0] if request.tags else ""
