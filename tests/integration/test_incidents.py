"""Many runs that wait for the same reason, fixed at once: a few first, and the others only when those have passed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from temporalio.client import Client, RPCError, WorkflowHandle
from temporalio.exceptions import ApplicationError

from tests.support.machine import plan_of
from tests.support.runs import Runs, runs
from workers.incidents import Incident, find_incidents
from workflows.answers import FixRequest
from workflows.call import ErrorValue, StepCall
from workflows.fixing import FixIncident
from workflows.ids import PLATFORM_QUEUE
from workflows.incidents import FixOrder, FixProgress, FixState, fix_id
from workflows.plan import Plan
from workflows.progress import PROGRESS_QUERY, RunProgress
from workflows.start import RunResult

Handle = WorkflowHandle[Any, RunResult]


@dataclass
class Office:
    """An installation with runs of one document, whose portal has renamed a field."""

    client: Client
    document: str
    works: Runs
    label: str = "Amount due"
    """What the portal calls its field now."""
    filled: Counter[str] = field(default_factory=Counter)
    """How often each run filled the form."""
    opened: Counter[str] = field(default_factory=Counter)

    async def open(self, _params: dict[str, Any], call: StepCall) -> Any:
        self.opened[call.run] += 1
        return {}

    async def fill(self, params: dict[str, Any], call: StepCall) -> Any:
        if params["field"] != self.label:
            message = f"no element matches {params['field']!r} after {len(self.filled)} tries"
            error = ErrorValue(type="ElementNotFoundError", kind="robot", message=message, step=call.step)
            raise ApplicationError(message, error.model_dump(mode="json"), type=error.type, non_retryable=True)
        self.filled[call.run] += 1
        return {}

    def plan(self, label: str = "Amount", *, first: str = "x") -> Plan:
        steps = [
            {"id": "open", "do": "test.write", "with": {"page": first}},
            {"id": "fill", "do": "test.read", "with": {"field": label}},
        ]
        return plan_of(steps, name=self.document, on_failure="park", defaults={"retry": {"delays": []}})

    async def park(self, count: int) -> list[Handle]:
        handles = await asyncio.gather(*(self.works.start(self.plan()) for _ in range(count)))
        await self.parked(count)
        return list(handles)

    async def parked(self, count: int) -> None:
        query = f"WorkflowType = '{self.document}' AND AetherStatus = 'Parked' AND ExecutionStatus = 'Running'"
        async with asyncio.timeout(90):
            while count != (await self.client.count_workflows(query)).count:  # noqa: ASYNC110 - only it can tell
                await asyncio.sleep(0.05)

    async def incidents(self) -> list[Incident]:
        return [each for each in await find_incidents(self.client) if each.cause.document == self.document]

    async def fix(
        self, plan: Plan | None = None, *, runs: Sequence[str] | None = None, longest: int = 4000, **order: Any
    ) -> FixProgress:
        (incident,) = await self.incidents()
        request = FixRequest(number=0, action="retry", by="ada", note="renamed", plan=plan, source="…")
        state = FixState(order=FixOrder(cause=incident.cause, request=request, **order), longest=longest)
        if runs is not None:
            state = state.model_copy(update={"runs": tuple(runs), "progress": FixProgress(phase="rest")})
        return await self.client.execute_workflow(
            FixIncident.run, state, id=fix_id(incident.id), task_queue=PLATFORM_QUEUE
        )


async def progress_of(run: Handle) -> RunProgress:
    progress: RunProgress = await run.query(PROGRESS_QUERY, result_type=RunProgress)
    return progress


@pytest.fixture
async def office(client: Client, queue: str) -> AsyncIterator[Office]:
    office = Office(client, f"invoices-{queue}", Runs(client))
    async with runs(client, {"test.write": office.open, "test.read": office.fill}) as works:
        office.works = works
        yield office
        async for each in client.list_workflows(f"WorkflowType = '{office.document}' AND ExecutionStatus = 'Running'"):
            with suppress(RPCError):  # Temporal's lists are late: it has ended
                await client.get_workflow_handle(each.id).terminate()


async def test_runs_that_wait_for_one_reason_are_one_incident(office: Office) -> None:
    first, *_ = await office.park(3)

    (incident,) = await office.incidents()

    assert ("fill", 3) == (incident.cause.step, len(incident.runs))
    assert incident.cause.error.startswith("ElementNotFoundError:")
    assert "no element matches 'Amount'" in incident.sample.message
    assert "fill" == incident.sample.place
    assert incident.first <= incident.last
    assert first.id in {run.run for run in incident.runs}


async def test_all_runs_go_on_with_the_corrected_document_and_repeat_nothing(office: Office) -> None:
    parked = await office.park(12)

    progress = await office.fix(office.plan("Amount due"))
    await asyncio.gather(*(run.result() for run in parked))

    assert ("done", 12, 12, 0, 0) == (
        progress.phase,
        progress.total,
        progress.fixed,
        progress.gone,
        progress.refused,
    )
    assert ["passed"] * 3 == [canary.verdict for canary in progress.canaries]
    assert {run.id: 1 for run in parked} == office.opened == office.filled
    await office.parked(0)  # visibility follows a moment later
    assert [] == await office.incidents()


async def test_a_canary_that_parks_again_stops_it(office: Office) -> None:
    parked = await office.park(6)

    progress = await office.fix(office.plan("Amount to pay"), canary=2)

    assert ("stopped", 2) == (progress.phase, progress.fixed)
    assert "parked again" in progress.reason
    touched = [run.id for run in parked if (await progress_of(run)).decisions]
    assert {canary.run for canary in progress.canaries} == set(touched)


async def test_after_a_fix_that_was_none_the_right_one_works(office: Office) -> None:
    parked = await office.park(4)

    await office.fix(office.plan("Amount to pay"), canary=1)
    await office.parked(4)
    progress = await office.fix(office.plan("Amount due"), canary=1)
    await asyncio.gather(*(run.result() for run in parked))

    assert ("done", 4) == (progress.phase, progress.fixed)


async def test_a_document_that_changes_what_was_done_is_refused_with_the_reason(office: Office) -> None:
    await office.park(4)

    progress = await office.fix(office.plan("Amount due", first="y"), canary=2)

    assert ("stopped", 0, 2) == (progress.phase, progress.fixed, progress.refused)
    assert "'open'" in progress.reason


async def test_runs_that_do_not_wait_any_more_are_left_alone(office: Office) -> None:
    parked = await office.park(3)
    await parked[0].terminate()

    progress = await office.fix(office.plan("Amount due"), runs=[*(run.id for run in parked), "invoices/nobody"])

    assert ("done", 2, 2) == (progress.phase, progress.fixed, progress.gone)


async def test_a_long_fix_goes_on_as_a_new_execution(office: Office) -> None:
    parked = await office.park(12)

    progress = await office.fix(office.plan("Amount due"), canary=1, window=2, longest=40)
    await asyncio.gather(*(run.result() for run in parked))

    assert ("done", 12) == (progress.phase, progress.fixed)
    assert {run.id: 1 for run in parked} == office.filled


async def test_every_branch_of_a_run_that_waits_for_it_is_fixed(office: Office) -> None:
    def plan(label: str) -> Plan:
        fill = {"id": "fill", "do": "test.read", "with": {"field": label}}
        steps = [{"id": "all", "for_each": [1, 2, 3], "parallel": 3, "do": [fill]}]
        return plan_of(steps, name=office.document, on_failure="park", defaults={"retry": {"delays": []}})

    run = await office.works.start(plan("Amount"))
    await office.parked(1)
    async with asyncio.timeout(90):
        while {"parked"} != {each.kind for each in (await progress_of(run)).waits}:  # noqa: ASYNC110 - only it can tell
            await asyncio.sleep(0.05)
    progress = await office.fix(plan("Amount due"))
    await run.result()

    assert ("done", 1, 1) == (progress.phase, progress.total, progress.fixed)
    assert 3 == office.filled[run.id] == len((await progress_of(run)).decisions)


async def test_it_is_on_record_who_did_it(office: Office) -> None:
    (run,) = await office.park(1)

    await office.fix(office.plan("Amount due"))
    await run.result()
    (decision,) = (await progress_of(run)).decisions

    assert ("ada", "retry") == (decision.by, decision.action)
    assert decision.note.startswith("renamed (incident fix ")
