"""What a pool knows, as a value: robots, wishes, leases, and what it remembers in order to be fair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, TypeAlias

from workflows.fleet import Lease, LeaseRequest, RobotEntry
from workflows.ids import DEFAULT_ENVIRONMENT
from workflows.part import Affinity

Kind: TypeAlias = Literal["session", "share", "route"]

MOST_DOCUMENTS = 2000
"""Of so many documents the pool remembers which robot ran them last."""

_MOST_REMEMBERED = 2000
"""Of so many kinds of needs a fleet remembers which robots fit."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a robot must be like for a request, whoever asks and whatever else goes on."""

    kind: Kind
    tags: frozenset[str]
    nodes: frozenset[tuple[str, str]]
    """Node types, each with the digest of its schema."""
    robot: str | None
    """The only one that will do."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What requests have in common that wait in the same line: where the first of them waits, all do.

    The exception is what concerns a single run: its quota, and how long it has held out for a robot.
    """

    need: Need
    priority: int
    tenant: str
    capability: str
    """What the quota of each run is counted by; empty where nothing is."""
    prefer: frozenset[str]
    affinity: Affinity
    document: str
    """Empty where it does not matter."""
    near: str | None
    limits: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that has not been granted yet."""

    request: LeaseRequest
    since: float
    """Seconds since 1970 UTC."""
    number: int
    """Ever increasing: of two requests the lower one came first."""
    told: str = ""
    """The kind of reason its run was told of last."""


@dataclass(frozen=True)
class Fleet:
    """All robots that a pool knows, by name."""

    robots: Mapping[str, RobotEntry] = field(default_factory=dict)

    def here(self, need: Need) -> frozenset[str]:
        """The robots that are here and could do it, whether or not they take work now."""
        return self._matching(need)[0]

    def ready(self, need: Need) -> frozenset[str]:
        """Those of them that take work."""
        return self._matching(need)[1]

    @cached_property
    def tags(self) -> Mapping[str, frozenset[str]]:
        """Everything that each robot has or can do."""
        return {name: frozenset(entry.card.capabilities).union(entry.card.tags) for name, entry in self.robots.items()}

    def with_robot(self, entry: RobotEntry) -> Fleet:
        """The same with a robot as it is now."""
        return Fleet({**self.robots, entry.card.robot: entry})

    def without_robot(self, name: str) -> Fleet:
        """The same without a robot."""
        return Fleet({other: entry for other, entry in self.robots.items() if other != name})

    @cached_property
    def _known(self) -> dict[Need, tuple[frozenset[str], frozenset[str]]]:
        return {}

    def _matching(self, need: Need) -> tuple[frozenset[str], frozenset[str]]:
        """Work is asked for by few kinds of needs and robots change seldom, so each answer is remembered."""
        known = self._known.get(need)
        if known is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            here = [entry for name, entry in self.robots.items() if entry.presence == "here" and self._fits(name, need)]
            ready = frozenset(entry.card.robot for entry in here if entry.takes_work)
            known = self._known[need] = (frozenset(entry.card.robot for entry in here), ready)
        return known

    def _fits(self, name: str, need: Need) -> bool:
        card = self.robots[name].card
        return (
            need.robot in {None, name}
            and need.tags <= self.tags[name]
            and (need.kind != "session" or card.slots > 0)
            and all(card.nodes.get(node) == digest for node, digest in need.nodes)
        )


@dataclass(frozen=True, slots=True)
class PoolState:
    """All that a pool knows."""

    environment: str = DEFAULT_ENVIRONMENT
    fleet: Fleet = field(default_factory=Fleet)
    waiting: Mapping[Lane, Mapping[str, Waiting]] = field(default_factory=dict)
    """By id within each lane, the oldest first; no lane is empty."""
    leases: Mapping[str, Lease] = field(default_factory=dict)
    """By the id of the request."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """How many shares there are of a resource, where an operator has said so."""
    suspects: Mapping[str, float] = field(default_factory=dict)
    """Robots that did not answer a run, and until when they get nothing new."""
    last: Mapping[str, str] = field(default_factory=dict)
    """The robot that each document was run by last; the document that has not been run for longest first."""
    recent: Mapping[str, int] = field(default_factory=dict)
    """The number of the last lease that each robot was given."""
    rounds: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """By priority: the tenants that have had their turn in this round."""
    arrivals: int = 0
    """Requests that have come."""
    number: int = 0
    """Of the last lease."""
    granted: int = 0
    """Leases given."""
    looked: float = 0.0
    """When it was last looked whom to tell why they wait; seconds since 1970 UTC."""
    passed: int = 0
    """Leases given since the last one that was given out of turn, because its request had waited for so long."""

    def all_waiting(self) -> Iterator[Waiting]:
        """All requests that wait, lane by lane."""
        return (waiting for lane in self.waiting.values() for waiting in lane.values())

    def find(self, request: str) -> tuple[Lane, Waiting] | None:
        """A request that waits."""
        return next(((lane, line[request]) for lane, line in self.waiting.items() if request in line), None)

    def with_waiting(self, waiting: Waiting) -> PoolState:
        """The same with one request more."""
        lane, request = lane_of(waiting.request), waiting.request.id
        line = {**self.waiting.get(lane, {}), request: waiting}
        if waiting.number != self.arrivals:
            line = dict(sorted(line.items(), key=_arrival))
        return replace(self, waiting={**self.waiting, lane: line})

    def with_all_waiting(self, requests: Iterable[Waiting]) -> PoolState:
        """The same with these requests, the oldest of which comes first."""
        lanes: dict[Lane, dict[str, Waiting]] = {}
        for waiting in requests:
            lanes.setdefault(lane_of(waiting.request), {})[waiting.request.id] = waiting
        return replace(self, waiting=lanes)

    def without_waiting(self, *requests: str) -> PoolState:
        """The same without some requests; those that do not wait are none."""
        lanes = {lane: requests_in for lane, requests_in in self.waiting.items() if requests_in.keys() & {*requests}}
        if not lanes:
            return self
        waiting = dict(self.waiting)
        for lane, line in lanes.items():
            waiting[lane] = {name: each for name, each in line.items() if name not in requests}
            if not waiting[lane]:
                del waiting[lane]
        return replace(self, waiting=waiting)

    def without_leases(self, *requests: str) -> PoolState:
        """The same without some leases; those that are not held are none."""
        if not self.leases.keys() & {*requests}:
            return self
        return replace(self, leases={name: lease for name, lease in self.leases.items() if name not in requests})


def lane_of(request: LeaseRequest) -> Lane:
    """Where a request waits."""
    if request.kind == "share":
        return _lane(request, Need("share", frozenset(), frozenset(), None), limited=True)
    need = Need(request.kind, frozenset(request.tags), frozenset(request.nodes.items()), request.robot)
    if request.kind == "route":
        return _lane(request, need, limited=False)
    return replace(
        _lane(request, need, limited=True),
        capability=request.tags[0] if request.tags else "",
        prefer=frozenset(request.prefer),
        affinity=request.affinity,
        document=request.document if request.affinity in {"soft", "hard"} else "",
        near=request.near if request.affinity == "session" else None,
    )


def _lane(request: LeaseRequest, need: Need, *, limited: bool) -> Lane:
    limits = tuple(sorted(request.limits.items())) if limited else ()
    return Lane(need, request.priority, request.tenant, "", frozenset(), "none", "", None, limits)


def _arrival(item: tuple[str, Waiting]) -> int:
    return item[1].number
