"""The workflow `incident-fix/<incident>`: it fixes a few runs of an incident, watches them, and then fixes the rest."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from workflows.incidents import (
    FIX_INCIDENT,
    FIX_PROGRESS_QUERY,
    FIX_RUN_ACTIVITY,
    LIST_ACTIVITY,
    WATCH_RUN_ACTIVITY,
    Fixed,
    FixProgress,
    FixState,
    Judgement,
    Verdict,
)

_ATTEMPT = timedelta(seconds=30)
_PATIENCE = timedelta(minutes=5)
"""How long a run may not answer before the others come first."""
_HEARTBEAT = timedelta(seconds=15)
_RETRIES = RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=15))

_WHY: dict[Verdict, str] = {
    "parked": "it parked again at the step",
    "ended": "it ended without passing the step",
    "late": "it did not get past the step in time",
}


@workflow.defn(name=FIX_INCIDENT)
class FixIncident:
    """Fixes all runs of an incident."""

    @workflow.init
    def __init__(self, state: FixState) -> None:
        self._order = state.order
        self._progress = state.progress
        self._runs = deque(state.runs)
        self._longest = state.longest

    @workflow.run
    async def run(self, state: FixState) -> FixProgress:
        """Fix a few, watch them, fix the rest."""
        if state.progress.phase == "looking":
            await self._look()
            await self._try_canaries()
        if self._progress.phase != "stopped":
            await self._fix_rest()
        return self._progress

    @workflow.query(name=FIX_PROGRESS_QUERY, description="How far the fix is.")
    def progress(self) -> FixProgress:
        """How far the fix is."""
        return self._progress

    async def _look(self) -> None:
        found = await workflow.execute_activity(
            LIST_ACTIVITY,
            self._order.cause,
            result_type=list[str],
            start_to_close_timeout=_PATIENCE,
            summary="find the parked runs",
        )
        self._runs.extend(found)
        self._progress = self._progress.model_copy(update={"phase": "canary", "total": len(found)})

    async def _try_canaries(self) -> None:
        wanted = min(self._order.canary, len(self._runs))
        while self._runs and len(self._progress.canaries) < wanted and self._progress.refused < wanted:
            run = self._runs.popleft()
            if await self._fix(run):
                self._progress = self._progress.judging(run, None)
        if self._progress.refused and not self._progress.canaries:
            first = self._progress.refusals[0]
            self._progress = self._progress.at("stopped", f"{first.run!r} cannot be fixed like this: {first.reason}")
            return
        await self._watch_canaries()

    async def _watch_canaries(self) -> None:
        watching = [asyncio.create_task(self._watch(canary.run)) for canary in self._progress.canaries]
        while watching and self._progress.phase != "stopped":
            _, watching = await workflow.wait(watching, return_when=asyncio.FIRST_COMPLETED)
        for watched in watching:
            watched.cancel()

    async def _watch(self, run: str) -> None:
        verdict = await self._verdict(run)
        self._progress = self._progress.judging(run, verdict)
        if verdict != "passed":
            self._progress = self._progress.at("stopped", f"{run!r} shows that this is no remedy: {_WHY[verdict]}")

    async def _verdict(self, run: str) -> Verdict:
        judgement: Judgement = await workflow.execute_activity(
            WATCH_RUN_ACTIVITY,
            run,
            result_type=Judgement,
            start_to_close_timeout=self._order.patience + _ATTEMPT,
            heartbeat_timeout=_HEARTBEAT,
            retry_policy=_RETRIES,
            summary=f"watch {run}",
        )
        return judgement.verdict

    async def _fix_rest(self) -> None:
        self._progress = self._progress.at("rest")
        await asyncio.gather(*(self._work() for _ in range(self._order.window)))
        if self._runs:
            workflow.continue_as_new(self._state())
        self._progress = self._progress.at("done")

    async def _work(self) -> None:
        while self._runs and workflow.info().get_current_history_length() < self._longest:
            await self._fix(self._runs.popleft())

    async def _fix(self, run: str) -> bool:
        """Fix a run; whether it took the fix."""
        fixed = await _fixed(run)
        self._progress = self._progress.counting(run, fixed)
        return fixed.outcome == "fixed"

    def _state(self) -> FixState:
        return FixState(order=self._order, progress=self._progress, runs=tuple(self._runs), longest=self._longest)


async def _fixed(run: str) -> Fixed:
    try:
        fixed: Fixed = await workflow.execute_activity(
            FIX_RUN_ACTIVITY,
            run,
            result_type=Fixed,
            start_to_close_timeout=_ATTEMPT,
            schedule_to_close_timeout=_PATIENCE,
            retry_policy=_RETRIES,
            summary=f"fix {run}",
        )
    except ActivityError as error:
        return Fixed(outcome="refused", reason=f"it does not answer: {error.cause}")
    return fixed
