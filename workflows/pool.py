"""The workflow `pool/<environment>`: it has robots hold sessions for runs, and knows why each request waits."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory, TemporalError

from workflows.explaining import explain, overview
from workflows.fleet import (
    AUDIT_ACTIVITY,
    ENDED_SIGNAL,
    EXPLAIN_QUERY,
    FORGET_UPDATE,
    LIMITS_UPDATE,
    OVERVIEW_QUERY,
    POOL,
    REQUEST_SIGNAL,
    RETURNED_SIGNAL,
    ROBOT_SIGNAL,
    Explanation,
    ForgetRequest,
    LeaseRequest,
    LeaseReturn,
    LimitRequest,
    Overview,
    RobotEntry,
    RunEnded,
    Word,
)
from workflows.placing import forgotten, limited, place, requested, returned, robot_changed, run_ended, tick
from workflows.poolsaved import PoolStart, restore, save
from workflows.pooltable import table

MOST_SENDING = 100
"""Runs that are spoken to at the same time; Temporal allows 2,000."""
_SOON = 0.05
"""Seconds: what is due at almost the same time is done at once."""
_IMPATIENCE = 2
"""So many times as long as it should be, history does not wait for what runs are being told: it is told again."""
_ATTEMPT = timedelta(minutes=2)


@workflow.defn(name=POOL)
class Pool:
    """Places sessions of one environment for as long as the installation lasts.

    Messages change the state at once. Between them, what can be granted is granted, once for all that have come
    together, and runs are told.
    """

    @workflow.init
    def __init__(self, start: PoolStart) -> None:
        self._start = start
        self._state = restore(start.pool)
        self._changed = True
        self._words: dict[str, deque[Word]] = {}
        """What is still to be told, by run."""
        self._sending: dict[str, asyncio.Task[None]] = {}
        """What is told right now: one thing after the other to each run, as words that cross would mislead."""
        self._alarm: float | None = None
        """When the next timer rings, in seconds since 1970 UTC."""
        self._audited = _now() if start.audited is None else start.audited

    @workflow.run
    async def run(self, start: PoolStart) -> None:
        """Place, and begin a new history now and then."""
        self._tell(start.words)
        audit = asyncio.create_task(self._audit())
        while not self._long():
            self._place()
            await workflow.wait_condition(lambda: self._changed or self._long())
        await workflow.wait_condition(self._can_hand_on)
        audit.cancel()
        workflow.continue_as_new(self._next())

    @workflow.signal(name=REQUEST_SIGNAL, description="A run wants a session, or a share of something.")
    def request(self, request: LeaseRequest) -> None:
        """A run wants a session, or a share of something."""
        self._state, words = requested(self._state, request, _now())
        self._tell(words)
        self._changed = True

    @workflow.signal(name=RETURNED_SIGNAL, description="A run wants something no more.")
    def returned(self, back: LeaseReturn) -> None:
        """A run wants something no more."""
        self._state = returned(self._state, back, _now())
        self._changed = True

    @workflow.signal(name=ENDED_SIGNAL, description="A run is over.")
    def ended(self, ended: RunEnded) -> None:
        """A run is over."""
        self._state = run_ended(self._state, ended)
        self._changed = True

    @workflow.signal(name=ROBOT_SIGNAL, description="A robot came, went or became another.")
    def robot(self, entry: RobotEntry) -> None:
        """A robot came, went or became another."""
        self._state, words = robot_changed(self._state, entry)
        self._tell(words)
        self._changed = True

    @workflow.update(name=LIMITS_UPDATE, description="Say how many shares there are of something.")
    def limits(self, request: LimitRequest) -> dict[str, int]:
        """Say how many shares there are of something; give all that was said so."""
        self._state = limited(self._state, request.name, request.shares)
        self._changed = True
        return dict(self._state.limits)

    @workflow.update(name=FORGET_UPDATE, description="Forget a robot that is gone for good.")
    def forget(self, request: ForgetRequest) -> None:
        """Forget a robot that is gone for good."""
        self._state = forgotten(self._state, request.robot)
        self._changed = True

    @forget.validator
    def check_forget(self, request: ForgetRequest) -> None:
        """Refuse a robot that nobody knows, or that is here."""
        entry = self._state.fleet.robots.get(request.robot)
        if entry is None:
            raise _refused(f"there is no robot {request.robot!r} in environment {self._state.environment!r}")
        if entry.presence == "here":
            raise _refused(f"robot {request.robot!r} is here: stop it first")

    @workflow.query(name=EXPLAIN_QUERY, description="Why a request waits.")
    def explain(self, request: str, now: float = 0.0) -> Explanation | None:
        """Why a request waits; nothing where it does not. Who asks tells the time: it stands still here meanwhile."""
        return explain(self._state, request, max(now, _now()))

    @workflow.query(name=OVERVIEW_QUERY, description="Robots, leases and requests.")
    def overview(self) -> Overview:
        """Robots, leases and requests."""
        return overview(self._state, _now())

    def _place(self) -> None:
        self._changed = False
        now = _now()
        placed = place(tick(self._state, now), now)
        self._state = placed.state
        self._tell(placed.grants)
        self._tell(placed.delays)
        if placed.due is not None:
            self._wake(placed.due)
        if placed.looked:
            workflow.set_current_details(table(self._state, now))

    def _wake(self, due: float) -> None:
        if self._alarm is None or due < self._alarm:
            self._alarm = due
            asyncio.create_task(self._ring(due))  # noqa: RUF006 - workflows keep their tasks

    async def _ring(self, due: float) -> None:
        await workflow.sleep(max(due - _now(), 0) + _SOON, summary="look again")
        self._alarm = None
        self._changed = True

    def _tell(self, words: Iterable[Word]) -> None:
        for word in words:
            self._words.setdefault(word.run, deque()).append(word)
        self._send()

    def _send(self) -> None:
        for run in self._words:
            if len(self._sending) >= MOST_SENDING:
                return
            if run not in self._sending:
                self._sending[run] = asyncio.create_task(self._speak(run))

    async def _speak(self, run: str) -> None:
        words = self._words[run]
        while words:
            try:
                await workflow.get_external_workflow_handle(run).signal(words[0].signal, words[0].said)
            except TemporalError:  # there is no such run any more
                words.clear()
                self._state = run_ended(self._state, RunEnded(run=run))
                self._changed = True
            else:
                words.popleft()
        del self._words[run], self._sending[run]
        self._send()

    async def _audit(self) -> None:
        """Look now and then whether the runs that hold something are still there."""
        while True:
            await workflow.wait_condition(lambda: bool(self._state.leases or self._state.waiting))
            rest = self._audited + self._start.pause.total_seconds() - _now()
            await workflow.sleep(max(rest, _SOON), summary="look whether runs have ended without a word")
            for each in await self._ended_runs():
                self._state = run_ended(self._state, each)
                self._changed = True
            self._audited = _now()

    async def _ended_runs(self) -> list[RunEnded]:
        requests = (
            *(lease.request for lease in self._state.leases.values()),
            *(waiting.request for waiting in self._state.all_waiting()),
        )
        runs = dict.fromkeys((request.run, request.first_run_id) for request in requests)
        ended: list[RunEnded] = await workflow.execute_activity(
            AUDIT_ACTIVITY,
            [RunEnded(run=run, first_run_id=first) for run, first in runs],
            result_type=list[RunEnded],
            start_to_close_timeout=_ATTEMPT,
            summary="look which runs have ended",
        )
        return ended

    def _long(self) -> bool:
        """Whether it is time to continue as new."""
        return workflow.info().get_current_history_length() > self._start.longest

    def _can_hand_on(self) -> bool:
        length = workflow.info().get_current_history_length()
        calm = not self._sending or length > self._start.longest * _IMPATIENCE
        return calm and workflow.all_handlers_finished()

    def _next(self) -> PoolStart:
        words = tuple(word for words in self._words.values() for word in words)
        return self._start.model_copy(update={"pool": save(self._state), "words": words, "audited": self._audited})


def _now() -> float:
    return workflow.now().timestamp()


def _refused(message: str) -> ApplicationError:
    return ApplicationError(
        message, type="PoolRefusedError", non_retryable=True, category=ApplicationErrorCategory.BENIGN
    )
