"""What is in the way of a request, in words for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from workflows.board import HOLD_OUT, Board, Obstacle
from workflows.fleet import MOST_SESSIONS, Candidate, Lease, RobotEntry
from workflows.poolstate import Lane, Waiting

_MOST_NAMED = 3
"""So many robots or runs are named in one line."""

_UNITS = (("days", 2 * 86_400, 86_400), ("h", 2 * 3600, 3600), ("min", 60, 60), ("s", 0, 1))
"""Each with the seconds from which on it is used, and those that it has."""


class Reasons:
    """Says why one request waits."""

    def __init__(self, board: Board, lane: Lane, waiting: Waiting) -> None:
        self._board = board
        self._lane = lane
        self._need = lane.need
        self._waiting = waiting
        self._tags = tuple(dict.fromkeys(waiting.request.tags))

    def of(self, obstacle: Obstacle) -> str:
        """One line."""
        match obstacle:
            case Obstacle.UNROUTABLE:
                return self._unroutable()
            case Obstacle.AWAY | Obstacle.BUSY if self._need.robot is None:
                return f"waits for a robot with {_tags(self._tags)}: {self._sentences()}"
            case Obstacle.AWAY | Obstacle.BUSY | Obstacle.BOUND:
                return f"waits for {self._the_robot()}: it {self._why_not(self._entry(self._only()))}"
            case Obstacle.HOLDING_OUT:
                return self._holding_out()
            case Obstacle.LIMIT | Obstacle.KEPT:
                return self._scarce()
            case Obstacle.QUOTA:
                return (
                    f"its run holds {MOST_SESSIONS} sessions of {self._lane.capability} already, as many as one run "
                    "may hold at a time"
                )
            case _:
                assert_never(obstacle)

    def candidates(self) -> tuple[Candidate, ...]:
        """The robots with all of its tags, each with what is in the way; those that are here come first."""
        return tuple(Candidate(robot=entry.card.robot, why=self._why_not(entry)) for entry in self._with_tags())

    def lacking(self) -> list[Candidate]:
        """The other robots, each with what it lacks; the nearest first."""
        lacks = {name: self._need.tags - tags for name, tags in sorted(self._board.fleet.tags.items())}
        nearest = sorted((len(tags), name) for name, tags in lacks.items() if tags)
        return [Candidate(robot=name, why=f"lacks {', '.join(sorted(lacks[name]))}") for _, name in nearest]

    def holders(self, obstacle: Obstacle) -> list[Lease]:
        """Who has what it waits for, the oldest lease first."""
        match obstacle:
            case Obstacle.BUSY:
                return self._leases_of(*self._board.fleet.here(self._need))
            case Obstacle.BOUND | Obstacle.HOLDING_OUT:
                return self._leases_of(self._only())
            case Obstacle.LIMIT | Obstacle.KEPT:
                scarce = self._board.scarce(self._lane, self._waiting).keys()
                return [lease for lease in self._leases() if not scarce.isdisjoint(lease.request.limits)]
            case Obstacle.QUOTA:
                return [lease for lease in self._leases() if lease.robot and lease.request.run == self._run()]
            case Obstacle.UNROUTABLE | Obstacle.AWAY:
                return []
            case _:
                assert_never(obstacle)

    def _unroutable(self) -> str:
        only = self._need.robot or self._board.bound_to(self._lane)
        if only is not None:
            entry = self._board.fleet.robots.get(only)
            if entry is None:
                return f"there is no robot {only!r} in environment {self._board.state.environment!r}"
            return f"waits for {self._the_robot()}: it {self._why_not(entry)}"
        if sentences := self._sentences():
            return f"no robot that is here can take it: {sentences}"
        near = [f"{candidate.robot} {candidate.why}" for candidate in self.lacking()]
        return f"there is no robot with {_tags(self._tags)}" + (f": {_listed(near)}" if near else "")

    def _holding_out(self) -> str:
        left = _span(self._waiting.since + HOLD_OUT - self._board.now)
        busy = self._why_not(self._entry(self._only()))
        return f"waits for {self._the_robot()}, for {left} more, then for any: it {busy}"

    def _scarce(self) -> str:
        name, obstacle = next(iter(self._board.scarce(self._lane, self._waiting).items()))
        if obstacle is Obstacle.KEPT and self._board.overdue is not None:
            owner = self._board.overdue[1]
            return (
                f"the last share of {name!r} is kept for run {owner.request.run}, which waits {self._for(owner.since)}"
            )
        most = self._board.most(name)
        if not most:
            return f"there is no share of {name!r}"
        held = [self._holds(lease) for lease in self._leases() if name in lease.request.limits]
        shares = f"all {most} shares of {name!r} are" if most > 1 else f"the only share of {name!r} is"
        return f"{shares} held by {_listed(held)}"

    def _why_not(self, entry: RobotEntry) -> str:
        """Why a robot does not take it, as what follows its name."""
        return next(self._obstacles(entry), "is free")

    def _obstacles(self, entry: RobotEntry) -> Iterator[str]:
        card, name = entry.card, entry.card.robot
        if entry.presence != "here":
            yield f"is {entry.presence} {self._for(entry.since)}"
        if entry.mode != "serving":
            yield f"is {entry.mode}"
        if lacks := self._need.tags - self._board.fleet.tags[name]:
            yield f"lacks {', '.join(sorted(lacks))}"
        if self._need.robot not in {None, name}:
            yield f"is not {self._need.robot}, which the run was started for"
        yield from self._other_nodes(card.nodes)
        if self._need.kind == "session" and not card.slots:
            yield "holds no sessions"
        if entry.failing:
            yield f"takes no work for now: {entry.failing}"
        if self._board.suspicious(name):
            yield "did not answer a run just now"
        if (only := self._board.bound_to(self._lane)) not in {None, name}:
            yield f"is not {only}, which it is bound to"
        if self._need.kind == "session" and not self._board.free.get(name):
            yield f"is busy with {_listed([self._holds(lease) for lease in self._leases_of(name)], most=1)}"

    def _other_nodes(self, nodes: dict[str, str]) -> Iterator[str]:
        unknown = sorted(node for node, _ in self._need.nodes if node not in nodes)
        if unknown:
            yield f"does not know {_listed(unknown)}"
        other = sorted(node for node, digest in self._need.nodes if nodes.get(node, digest) != digest)
        if other:
            yield f"has another version of {_listed(other)}"

    def _with_tags(self) -> Sequence[RobotEntry]:
        """The robots with all of its tags: first those that take work, last those that are not here."""
        if self._need.kind == "share":
            return ()
        fleet = self._board.fleet
        entries = (entry for name, entry in fleet.robots.items() if self._need.tags <= fleet.tags[name])
        return sorted(entries, key=lambda entry: (entry.presence != "here", not entry.takes_work, entry.card.robot))

    def _sentences(self) -> str:
        """The first candidates, each with what is in the way; empty where there is none."""
        entries = self._with_tags()
        named = [f"{entry.card.robot} {self._why_not(entry)}" for entry in entries[:_MOST_NAMED]]
        return _listed(named, len(entries))

    def _leases(self) -> list[Lease]:
        return sorted(self._board.leases.values(), key=lambda lease: lease.since)

    def _leases_of(self, *robots: str) -> list[Lease]:
        found = (lease for lease in self._board.leases.values() if lease.robot in robots)
        return sorted(found, key=lambda lease: lease.since)

    def _entry(self, name: str) -> RobotEntry:
        return self._board.fleet.robots[name]

    def _only(self) -> str:
        """The robot that it waits for."""
        return self._need.robot or self._board.bound_to(self._lane) or self._board.last[self._lane.document]

    def _the_robot(self) -> str:
        name = self._only()
        if self._need.robot:
            return f"{name}, which the run was started for"
        if self._lane.affinity == "session":
            return f"{name}, where its run has its sessions"
        return f"{name}, which ran this document last"

    def _run(self) -> str:
        return self._waiting.request.run

    def _holds(self, lease: Lease) -> str:
        place = f" at step {lease.request.place}" if lease.request.place else ""
        return f"run {lease.request.run}{place} {self._for(lease.since)}"

    def _for(self, since: float) -> str:
        return f"since {_span(self._board.now - since)}"


def _tags(tags: Sequence[str]) -> str:
    match len(tags):
        case 0:
            return "any tags"
        case 1:
            return f"the tag {tags[0]}"
        case _:
            return f"the tags {', '.join(tags)}"


def _listed(parts: Sequence[str], count: int | None = None, *, most: int = _MOST_NAMED) -> str:
    """The first of so many, and how many more there are."""
    shown = parts[:most]
    more = (len(parts) if count is None else count) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _span(seconds: float) -> str:
    """A length of time, as precise as people need it."""
    unit, _, size = next(unit for unit in _UNITS if seconds >= unit[1] or unit[0] == "s")
    return f"{max(round(seconds / size), 0)} {unit}"
