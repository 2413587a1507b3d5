"""The order in which requests are considered: by priority, then the tenants in turn, then by age."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace

from workflows.poolstate import Lane, Waiting

_MOST_TENANTS = 1000
"""So many in one round; then a new one begins."""


@dataclass(slots=True)
class Place:
    """Where a lane has come to: its first request that has not been considered."""

    lane: Lane
    waiting: Waiting
    rest: Iterator[Waiting]
    before: int = 0
    """How many older ones of the lane have been passed over."""


class Line:
    """All that wait, of whom one is the first; what becomes of that one says who is next.

    A tenant that has had its turn comes after those of the same priority that have not. When only such tenants are
    left that have had theirs, a new round begins.
    """

    def __init__(self, waiting: Mapping[Lane, Mapping[str, Waiting]], rounds: Mapping[int, frozenset[str]]) -> None:
        self.rounds = dict(rounds)
        """By priority: who has had a turn in this round."""
        self._levels: dict[int, dict[str, list[tuple[int, Place]]]] = {}
        for lane, line in waiting.items():
            rest = iter(line.values())
            place = Place(lane, next(rest), rest)
            level = self._levels.setdefault(lane.priority, {})
            level.setdefault(lane.tenant, []).append((place.waiting.number, place))
        for level in self._levels.values():
            for places in level.values():
                heapify(places)
        self._priorities = sorted(self._levels)

    def first(self) -> Place | None:
        """Whose turn it is; None when all have been considered."""
        while self._priorities:
            level = self._levels[self._priorities[-1]]
            if level:
                had = self.rounds.get(self._priorities[-1], frozenset())
                return level[min(level, key=lambda tenant: (tenant in had, level[tenant][0][0]))][0][1]
            self._priorities.pop()
        return None

    def granted(self, place: Place) -> None:
        """The first one has had its turn."""
        self.take_turn(place.lane)
        self._advance(place)

    def pass_over(self, place: Place) -> None:
        """The first one waits on, for a reason of its own."""
        place.before += 1
        self._advance(place)

    def block(self, place: Place) -> None:
        """The first one waits on, and so do all others of its lane."""
        self._drop(place.lane)

    def take_turn(self, lane: Lane) -> None:
        """Note that a lane's tenant has had a turn."""
        had = self.rounds.get(lane.priority, frozenset())
        new_round = lane.tenant in had or len(had) >= _MOST_TENANTS
        self.rounds[lane.priority] = frozenset({lane.tenant}) if new_round else had | {lane.tenant}

    def _advance(self, place: Place) -> None:
        following = next(place.rest, None)
        if following is None:
            self._drop(place.lane)
        else:
            place.waiting = following
            heapreplace(self._levels[place.lane.priority][place.lane.tenant], (following.number, place))

    def _drop(self, lane: Lane) -> None:
        level = self._levels[lane.priority]
        heappop(level[lane.tenant])
        if not level[lane.tenant]:
            del level[lane.tenant]
