"""Why requests wait: what is in their way, who has it, and who comes before them."""

from __future__ import annotations

from workflows.board import Board, Choice, Obstacle
from workflows.fleet import Explanation, Lease, LeaseRequest, Overview
from workflows.line import Line
from workflows.poolstate import Lane, PoolState, Waiting
from workflows.reasons import Reasons

_MOST_LACKING = 5

_IN_LINE = frozenset({Obstacle.BUSY, Obstacle.BOUND, Obstacle.LIMIT, Obstacle.KEPT})
"""Where others come first."""


def explain(state: PoolState, request: str, now: float) -> Explanation | None:
    """Why a request waits; None where it does not."""
    found = state.find(request)
    if found is None:
        return None
    lane, waiting = found
    board = Board(state, now)
    verdict = board.judge(lane, waiting, list(state.waiting[lane]).index(request))
    reasons = Reasons(board, lane, waiting)
    ahead = _ahead(board, lane, waiting) if verdict in _IN_LINE else 0
    why = "it is its turn now" if isinstance(verdict, Choice) else reasons.of(verdict)
    return Explanation(
        id=request,
        why=f"{why}; {_requests(ahead)} before it" if ahead else why,
        unroutable=verdict is Obstacle.UNROUTABLE,
        since=waiting.since,
        ahead=ahead,
        candidates=reasons.candidates(),
        lacking=reasons.lacking()[:_MOST_LACKING],
        holders=() if isinstance(verdict, Choice) else tuple(_bare_lease(lease) for lease in reasons.holders(verdict)),
    )


def overview(state: PoolState, now: float) -> Overview:
    """The pool at a glance; without the node types of robots and requests, which would be most of it."""
    board = Board(state, now)
    names = {name for lane in state.waiting for name, _ in lane.limits} | {*state.limits, *board.shares}
    return Overview(
        environment=state.environment,
        robots=tuple(
            entry.model_copy(update={"card": entry.card.model_copy(update={"nodes": {}})})
            for _, entry in sorted(state.fleet.robots.items())
        ),
        leases=tuple(_bare_lease(lease) for lease in sorted(state.leases.values(), key=lambda lease: lease.number)),
        waiting=tuple(
            _bare(waiting.request) for waiting in sorted(state.all_waiting(), key=lambda waiting: waiting.number)
        ),
        granted=state.granted,
        limits={name: board.most(name) for name in sorted(names)},
    )


def _ahead(board: Board, lane: Lane, waiting: Waiting) -> int:
    """How many come before a request that want what it wants."""
    line = Line(board.state.waiting, board.state.rounds)
    wanted, limits = _wanted(board, lane), {name for name, _ in lane.limits}
    ahead = 0
    while (first := line.first()) is not None and first.waiting is not waiting:
        rival = first.lane
        ahead += not wanted.isdisjoint(_wanted(board, rival)) or any(name in limits for name, _ in rival.limits)
        line.granted(first)
    return ahead


def _wanted(board: Board, lane: Lane) -> frozenset[str]:
    """The robots that a lane's requests could have."""
    if lane.need.kind != "session":
        return frozenset()
    here, bound = board.fleet.here(lane.need), board.bound_to(lane)
    return here if bound is None else here & {bound}


def _requests(count: int) -> str:
    return "one request is" if count == 1 else f"{count} requests are"


def _bare_lease(lease: Lease) -> Lease:
    return lease.model_copy(update={"request": _bare(lease.request)})


def _bare(request: LeaseRequest) -> LeaseRequest:
    return request.model_copy(update={"nodes": {}})
