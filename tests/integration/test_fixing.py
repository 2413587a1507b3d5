"""What the fix of an incident makes of what its runs say; they are played by functions here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from tests.support.eventually import eventually
from workflows.answers import FixRequest
from workflows.fixing import FixIncident
from workflows.incidents import (
    FIX_RUN_ACTIVITY,
    LIST_ACTIVITY,
    WATCH_RUN_ACTIVITY,
    Cause,
    Fixed,
    FixOrder,
    FixProgress,
    FixState,
    Judgement,
    Verdict,
)

CAUSE = Cause(document="invoices", step="fill", error="ElementNotFoundError:3fa2b1c9")


@dataclass
class Cast:
    """Runs that answer as told."""

    client: Client
    queue: str
    runs: list[str]
    refusing: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    hanging: set[str] = field(default_factory=set)
    fixed: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def on_stage(self) -> AsyncIterator[None]:
        @activity.defn(name=LIST_ACTIVITY)
        async def list_parked(_cause: Cause) -> list[str]:
            return self.runs

        @activity.defn(name=FIX_RUN_ACTIVITY)
        async def fix_run(run: str) -> Fixed:
            if run in self.silent:
                raise ApplicationError("nobody interprets it", non_retryable=True)
            if run in self.refusing:
                return Fixed(outcome="refused", reason="step 'open' differs")
            self.fixed.append(run)
            return Fixed(outcome="fixed")

        @activity.defn(name=WATCH_RUN_ACTIVITY)
        async def watch_run(run: str) -> Judgement:
            while run in self.hanging:
                activity.heartbeat()
                await asyncio.sleep(0.05)
            return Judgement(verdict=self.verdicts.get(run, "passed"))

        activities: list[Callable[..., Any]] = [list_parked, fix_run, watch_run]
        async with Worker(self.client, task_queue=self.queue, workflows=[FixIncident], activities=activities):
            yield

    async def start(self, *, canary: int) -> WorkflowHandle[FixIncident, FixProgress]:
        order = FixOrder(cause=CAUSE, request=FixRequest(number=0, action="retry", by="ada"), canary=canary)
        return await self.client.start_workflow(
            FixIncident.run, FixState(order=order), id=f"{self.queue}/fix", task_queue=self.queue
        )

    async def play(self, *, canary: int = 2) -> FixProgress:
        async with self.on_stage():
            return await (await self.start(canary=canary)).result()


@pytest.fixture
def cast(client: Client, queue: str) -> Cast:
    return Cast(client, queue, [f"r{number}" for number in range(6)])


@pytest.mark.parametrize(
    ("verdict", "words"), [("parked", "parked again"), ("ended", "without passing"), ("late", "not get past")]
)
async def test_a_canary_that_is_not_past_the_step_stops_it_and_says_why(
    cast: Cast, verdict: Verdict, words: str
) -> None:
    cast.verdicts["r1"] = verdict

    progress = await cast.play()

    assert "stopped" == progress.phase
    assert "'r1'" in progress.reason
    assert words in progress.reason
    assert ["r0", "r1"] == cast.fixed


async def test_it_stops_at_once_and_waits_for_no_other_canary(cast: Cast) -> None:
    cast.verdicts["r1"] = "parked"
    cast.hanging.add("r0")

    progress = await cast.play()

    assert "stopped" == progress.phase
    assert {("r0", None), ("r1", "parked")} == {(canary.run, canary.verdict) for canary in progress.canaries}


async def test_nothing_else_is_fixed_while_the_canaries_are_watched(cast: Cast) -> None:
    cast.hanging.update(["r0", "r1"])

    async with cast.on_stage():
        fix = await cast.start(canary=2)
        await eventually(lambda: len(cast.fixed) == 2)
        meanwhile = await fix.query(FixIncident.progress)
        cast.hanging.clear()
        progress = await fix.result()

    assert ("canary", 6, 2) == (meanwhile.phase, meanwhile.total, meanwhile.fixed)
    assert ("done", 6) == (progress.phase, progress.fixed)


async def test_a_run_that_cannot_be_a_canary_is_replaced_by_the_next(cast: Cast) -> None:
    cast.refusing.add("r0")

    progress = await cast.play()

    assert ("done", 5, 1) == (progress.phase, progress.fixed, progress.refused)
    assert {"r1", "r2"} == {canary.run for canary in progress.canaries}


async def test_when_no_canary_takes_it_no_other_run_is_asked(cast: Cast) -> None:
    cast.refusing.update(cast.runs)

    progress = await cast.play()

    assert ("stopped", 2) == (progress.phase, progress.refused)
    assert "'r0' cannot be fixed like this: step 'open' differs" == progress.reason


async def test_a_run_that_does_not_answer_holds_no_other_back(cast: Cast) -> None:
    cast.silent.add("r4")

    progress = await cast.play()

    assert ("done", 5, 1) == (progress.phase, progress.fixed, progress.refused)
    assert "it does not answer" in progress.refusals[0].reason


async def test_without_canaries_all_are_fixed_at_once(cast: Cast) -> None:
    cast.verdicts["r0"] = "parked"

    progress = await cast.play(canary=0)

    assert ("done", 6, ()) == (progress.phase, progress.fixed, progress.canaries)


async def test_where_no_run_is_parked_there_is_nothing_to_do(cast: Cast) -> None:
    cast.runs.clear()

    assert FixProgress(phase="done") == await cast.play()
