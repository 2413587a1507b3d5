"""Questions that people answer days later, or never, on a real server whose clock runs ahead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from tests.support.machine import plan_of
from tests.support.runs import Runs, runs, waiting
from workflows.answers import DECIDE_UPDATE, DecideRequest
from workflows.plan import Plan

DAYS = timedelta(days=3)


@pytest.fixture
async def started(client: Client) -> AsyncIterator[Runs]:
    """An orchestrator, and somebody who takes notices: time does not run ahead of what is under way."""
    async with runs(client, {}) as ready:
        yield ready


@pytest.fixture
def clock(client: Client) -> TimeSkipper:
    """Lets days pass for one run."""
    return TimeSkipper(client, config=TimeSkippingConfig(enabled=False))


def asking(expires: str) -> Plan:
    """A run that asks, and says what came of it."""
    ask = {"id": "ok", "approve": "Pay?", "form": {"limit": {"type": "integer"}}, "expires": expires}
    expired = [{"set": {"path": "expired"}}]
    return plan_of(
        [{"set": {"path": "answered"}}, {**ask, "on_expiry": expired}],
        outputs={"path": "${{ path }}", "yes": "${{ ok.approved }}", "form": "${{ ok.form }}", "at": "${{ ok.at }}"},
    )


def yes(number: int | None) -> DecideRequest:
    return DecideRequest(number=number or 0, approved=True, by="ada", form={"limit": 3})


async def test_an_answer_after_three_days_is_taken_once(started: Runs, clock: TimeSkipper) -> None:
    run = await started.start(asking("5d"))
    asked = await waiting(run, "person")
    began = (await run.describe()).start_time

    await clock.fast_forward(run, DAYS)
    first = await run.execute_update(DECIDE_UPDATE, yes(asked.number))
    outputs: dict[str, Any] = (await run.result()).outputs
    with pytest.raises(Exception, match="already completed"):
        await run.execute_update(DECIDE_UPDATE, yes(asked.number))

    assert first is None
    assert ("answered", True, {"limit": 3}) == (outputs["path"], outputs["yes"], outputs["form"])
    assert datetime.fromisoformat(outputs["at"]) - began >= DAYS - timedelta(minutes=1)


async def test_a_question_nobody_answers_expires_and_takes_its_own_way(started: Runs, clock: TimeSkipper) -> None:
    run = await started.start(asking("3d"))
    await waiting(run, "person")

    await clock.fast_forward(run, DAYS + timedelta(hours=1))
    outputs: dict[str, Any] = (await run.result()).outputs

    assert ("expired", False, {}) == (outputs["path"], outputs["yes"], outputs["form"])


async def test_a_second_answer_is_refused_while_the_run_goes_on(started: Runs) -> None:
    plan = plan_of([{"id": "ok", "approve": "Pay?"}, {"wait": "1h"}])
    run = await started.start(plan)
    asked = await waiting(run, "person")
    request = DecideRequest(number=asked.number or 0, approved=True, by="ada")
    await run.execute_update(DECIDE_UPDATE, request)

    with pytest.raises(WorkflowUpdateFailedError) as second:
        await run.execute_update(DECIDE_UPDATE, request)
    await run.terminate()

    assert "this question is not open any more" in str(second.value.cause)
