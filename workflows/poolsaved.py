"""A pool's state as it travels from one execution of its workflow to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import Field

from workflows.call import Message
from workflows.fleet import Lease, LeaseRequest, RobotEntry, Word
from workflows.ids import DEFAULT_ENVIRONMENT
from workflows.poolstate import Fleet, PoolState, Waiting

Nodes = dict[str, str]


class SavedRobot(Message):
    """A robot without its node types, and where among all these are."""

    entry: RobotEntry
    nodes: int


class SavedWaiting(Message):
    """A request that waits, without its node types, and where these are."""

    request: LeaseRequest
    nodes: int
    since: float
    number: int
    told: str


class SavedLease(Message):
    """A lease, without the node types of its request, and where these are."""

    lease: Lease
    nodes: int


class PoolSaved(Message):
    """What a pool knows. Node types, of which many robots and requests have the same, are written once."""

    environment: str = DEFAULT_ENVIRONMENT
    nodes: tuple[Nodes, ...] = ()
    robots: tuple[SavedRobot, ...] = ()
    waiting: tuple[SavedWaiting, ...] = ()
    """The oldest first."""
    leases: tuple[SavedLease, ...] = ()
    limits: dict[str, int] = Field(default={})
    suspects: dict[str, float] = Field(default={})
    last: tuple[tuple[str, str], ...] = ()
    recent: dict[str, int] = Field(default={})
    rounds: dict[int, tuple[str, ...]] = Field(default={})
    arrivals: int = 0
    number: int = 0
    granted: int = 0
    looked: float = 0.0
    passed: int = 0


class PoolStart(Message):
    """What a pool is started with, and takes along when it continues as new."""

    pool: PoolSaved = PoolSaved()
    words: tuple[Word, ...] = ()
    """What runs are still to be told."""
    audited: float | None = None
    """When it was last looked whether the runs that hold something are still there; seconds since 1970 UTC."""
    pause: timedelta = timedelta(minutes=3)
    """How long to rest between two such looks."""
    longest: int = 1500
    """How many events a history should have."""


def save(state: PoolState) -> PoolSaved:
    """Write a state down."""
    shelf = _Shelf()
    return PoolSaved(
        environment=state.environment,
        robots=tuple(shelf.robot(entry) for entry in state.fleet.robots.values()),
        waiting=tuple(shelf.waiting(each) for each in sorted(state.all_waiting(), key=lambda each: each.number)),
        leases=tuple(shelf.lease(lease) for lease in state.leases.values()),
        nodes=tuple(dict(sorted(nodes)) for nodes in shelf.places),
        limits=dict(state.limits),
        suspects=dict(state.suspects),
        last=tuple(state.last.items()),
        recent=dict(state.recent),
        rounds={priority: tuple(sorted(tenants)) for priority, tenants in state.rounds.items()},
        arrivals=state.arrivals,
        number=state.number,
        granted=state.granted,
        looked=state.looked,
        passed=state.passed,
    )


def restore(saved: PoolSaved) -> PoolState:
    """Have a state that was written down."""
    nodes = saved.nodes
    state = PoolState(
        environment=saved.environment,
        fleet=Fleet({each.entry.card.robot: _robot(each.entry, nodes[each.nodes]) for each in saved.robots}),
        leases={each.lease.request.id: _lease(each.lease, nodes[each.nodes]) for each in saved.leases},
        limits=saved.limits,
        suspects=saved.suspects,
        last=dict(saved.last),
        recent=saved.recent,
        rounds={priority: frozenset(tenants) for priority, tenants in saved.rounds.items()},
        arrivals=saved.arrivals,
        number=saved.number,
        granted=saved.granted,
        looked=saved.looked,
        passed=saved.passed,
    )
    return state.with_all_waiting(
        Waiting(_request(each.request, nodes[each.nodes]), each.since, each.number, each.told) for each in saved.waiting
    )


@dataclass(slots=True)
class _Shelf:
    """Takes node types away from what has them, and says where they are."""

    places: dict[frozenset[tuple[str, str]], int] = field(default_factory=dict)

    def robot(self, entry: RobotEntry) -> SavedRobot:
        return SavedRobot(entry=_robot(entry, {}), nodes=self._place(entry.card.nodes))

    def waiting(self, each: Waiting) -> SavedWaiting:
        place = self._place(each.request.nodes)
        return SavedWaiting(
            request=_request(each.request, {}), nodes=place, since=each.since, number=each.number, told=each.told
        )

    def lease(self, lease: Lease) -> SavedLease:
        return SavedLease(lease=_lease(lease, {}), nodes=self._place(lease.request.nodes))

    def _place(self, nodes: Mapping[str, str]) -> int:
        return self.places.setdefault(frozenset(nodes.items()), len(self.places))


def _robot(entry: RobotEntry, nodes: Nodes) -> RobotEntry:
    return entry.model_copy(update={"card": entry.card.model_copy(update={"nodes": nodes})})


def _lease(lease: Lease, nodes: Nodes) -> Lease:
    return lease.model_copy(update={"request": _request(lease.request, nodes)})


def _request(request: LeaseRequest, nodes: Nodes) -> LeaseRequest:
    return request.model_copy(update={"nodes": nodes})
