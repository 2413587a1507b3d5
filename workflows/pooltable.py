"""A pool as a Markdown table, for Temporal's own pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from workflows.fleet import RobotEntry
from workflows.line import Line
from workflows.poolstate import PoolState, Waiting
from workflows.usage import total, usage

_MOST_ROWS = 30


def table(state: PoolState, now: float) -> str:
    """Robots with what they do, and who is next."""
    return "\n".join([*_robots(state), "", *_queue(state, now)])


def _robots(state: PoolState) -> Iterator[str]:
    robots = sorted(state.fleet.robots.items())
    usages = usage(state.fleet.robots.values(), state.leases.values())
    of_all = total(usages.values())
    yield f"### {state.environment}: {of_all.used} of {of_all.slots} sessions in use, {state.granted} leases given"
    yield ""
    yield "| robot | state | load | in use | free | tags |"
    yield "|---|---|---|--:|--:|---|"
    for name, entry in robots[:_MOST_ROWS]:
        one, tags = usages[name], ", ".join(sorted(state.fleet.tags[name]))
        yield f"| {name} | {_state(entry)} | {entry.load} | {one.used} | {one.free} | {tags} |"
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


def _state(entry: RobotEntry) -> str:
    if entry.presence != "here":
        return entry.presence
    return "failing" if entry.failing else entry.mode
