"""Robots and requests for tests of pools, and a pool that is told what happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.cards import card
from workflows.explaining import explain
from workflows.fleet import (
    Delay,
    Explanation,
    Lease,
    LeaseRequest,
    LeaseReturn,
    Placement,
    RobotCard,
    RobotEntry,
    RunEnded,
    Word,
)
from workflows.placing import place, requested, returned, robot_changed, run_ended, tick
from workflows.poolstate import PoolState

NOON = 1_795_262_400.0
"""Seconds since 1970 UTC."""


def entry_of(robot: str, *tags: str, **fields: Any) -> RobotEntry:
    """A robot that has one slot and can do `browser` and `files`."""
    of_card = {name: fields.pop(name) for name in list(fields) if name in RobotCard.model_fields}
    usual: dict[str, Any] = {"incarnation": f"{robot}/1", "tags": tags, "slots": 1, "nodes": {}}
    return RobotEntry(card=card(robot, **usual | of_card), **{"presence": "here", "since": NOON, **fields})


def request_of(name: str, *needs: str, **fields: Any) -> LeaseRequest:
    """A wish for a browser, of a run of its own."""
    given = {
        "id": name,
        "run": f"run-{name}",
        "first_run_id": f"first-{name}",
        "document": "invoices",
        "place": "pay",
        "tags": ("browser", *needs),
        "affinity": "none",
    }
    return LeaseRequest.model_validate(given | fields)


@dataclass
class Desk:
    """A pool, by hand: everything that it is told is followed by all the grants that can be made."""

    state: PoolState = field(default_factory=PoolState)
    now: float = NOON
    words: list[Word] = field(default_factory=list)
    """What runs were told."""

    def ask(self, *requests: LeaseRequest) -> None:
        for request in requests:
            self.state, words = requested(self.state, request, self.now)
            self.words += words
        self.place()

    def give_back(self, *names: str, lost: bool = False) -> None:
        for name in names:
            self.state = returned(self.state, LeaseReturn(id=name, lost=lost), self.now)
        self.place()

    def end(self, run: str, first_run_id: str | None = None) -> None:
        self.state = run_ended(self.state, RunEnded(run=run, first_run_id=first_run_id))
        self.place()

    def robots(self, *entries: RobotEntry) -> None:
        for entry in entries:
            self.state, words = robot_changed(self.state, entry)
            self.words += words
        self.place()

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.state = tick(self.state, self.now)
        self.place()

    def place(self) -> None:
        placed = place(self.state, self.now)
        self.state = placed.state
        self.words += (*placed.grants, *placed.delays)

    def held(self) -> dict[str, str | None]:
        """Which robot holds each session."""
        return {name: lease.robot for name, lease in self.state.leases.items()}

    def waiting(self) -> list[str]:
        return sorted(waiting.request.id for waiting in self.state.all_waiting())

    def placements(self) -> list[Placement]:
        return [word.said for word in self.words if isinstance(word.said, Placement)]

    def delays(self) -> list[Delay]:
        return [word.said for word in self.words if isinstance(word.said, Delay)]

    def why(self, name: str) -> Explanation:
        found = explain(self.state, name, self.now)
        assert found is not None
        return found


def leases_of(state: PoolState, robot: str) -> Sequence[Lease]:
    """What a robot holds."""
    return [lease for lease in state.leases.values() if lease.robot == robot]
