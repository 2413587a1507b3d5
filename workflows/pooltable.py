"""A pool as a Markdown table, for Temporal's own pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from workflows.fleet import RobotEntry
from workflows.line import Line
from workflows.poolstate import PoolState, Waiting

_MOST_ROWS = 30


def table(state: PoolState, now: float) -> str:
    """Robots with what they do, and who is next."""
    return "\n".join([*_robots(state), "", *_queue(state, now)])


def _robots(state: PoolState) -> Iterator[str]:
    used = Counter(lease.robot for lease in state.leases.values())
    slots = sum(_slots(entry, used[name]) for name, entry in state.fleet.robots.items() if entry.presence == "here")
    busy = sum(used[name] for name in state.fleet.robots)
    yield f"### {state.environment}: {busy} of {slots} sessions in use, {state.granted} leases given"
    yield ""
    yield "| robot | state | load | in use | free | tags |"
    yield "|---|---|---|--:|--:|---|"
    robots = sorted(state.fleet.robots.items())
    for name, entry in robots[:_MOST_ROWS]:
        free = _slots(entry, used[name]) - used[name]
        tags = ", ".join(sorted(state.fleet.tags[name]))
        yield f"| {name} | {_state(entry)} | {entry.load} | {used[name]} | {free} | {tags} |"
    if len(robots) > _MOST_ROWS:
        yield f"| and {len(robots) - _MOST_ROWS} more | | | | | |"


def _queue(state: PoolState, now: float) -> Iterator[str]:
    count = sum(len(line) for line in state.waiting.values())
    if not count:
        yield "Nobody waits."
        return
    yield "| next | step | wants | since | because |"
    yield "|---|---|---|--:|---|"
    for waiting in islice(_in_order(state), _MOST_ROWS):
        request = waiting.request
        wants = ", ".join((*request.tags, *request.limits)) or request.kind
        yield f"| {request.run} | {request.place} | {wants} | {now - waiting.since:.0f} s | {waiting.told} |"
    if count > _MOST_ROWS:
        yield f"| and {count - _MOST_ROWS} more | | | | |"


def _in_order(state: PoolState) -> Iterator[Waiting]:
    line = Line(state.waiting, state.rounds)
    while (first := line.first()) is not None:
        yield first.waiting
        line.granted(first)


def _slots(entry: RobotEntry, used: int) -> int:
    """How many sessions it can hold; a new process that holds fewer keeps those of its predecessor."""
    return max(entry.card.slots, used)


def _state(entry: RobotEntry) -> str:
    if entry.presence != "here":
        return entry.presence
    return "failing" if entry.failing else entry.mode
