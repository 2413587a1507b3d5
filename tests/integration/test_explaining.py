"""Why runs wait, each reason as it comes about on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflowservice.v1 import PauseActivityRequest, PauseWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from cli.main import invoke
from tests.support.aether import Aether
from tests.support.builds import Broken
from tests.support.machine import SPECS, document_of, plan_of
from tests.support.pending import begun
from tests.support.runs import Runs, runs, until_cancelled, waiting
from workers.explaining import explain
from workers.reason import Reason
from workers.records import NoSuchRunError
from workers.server import ServerConfig
from workflows.answers import PAUSE_UPDATE, PersonRequest
from workflows.call import ErrorValue, StepCall
from workflows.compile import compile_plan
from workflows.document import Document
from workflows.plan import Plan
from workflows.run import Run
from workflows.start import RunInput, RunResult

Handle = WorkflowHandle[Any, Any]

WAIT = {"id": "rest", "wait": "1h"}
FAIL = {"id": "look", "do": "test.flaky", "retry": {"delays": ["1h"], "jitter": 0}}


async def fail(_params: dict[str, Any], _call: StepCall) -> Any:
    """Find nothing."""
    error = ErrorValue(type="ElementNotFoundError", kind="robot", message="nothing matches 'Amount'")
    raise ApplicationError(error.message, error.model_dump(mode="json"), type=error.type, non_retryable=True)


async def beat(_params: dict[str, Any], _call: StepCall) -> Any:
    """Do something for long, with signs of life."""
    await until_cancelled()


async def freeze(_params: dict[str, Any], _call: StepCall) -> Any:
    """Do something for long, without any."""
    await asyncio.Event().wait()


NODES = {"test.flaky": fail, "test.hang": beat, "test.lost": freeze}


@pytest.fixture(scope="module")
async def started(client: Client) -> AsyncIterator[Runs]:
    """An orchestrator and a robot."""
    async with runs(client, NODES) as ready:
        yield ready


async def start_on(client: Client, queue: str, plan: Plan) -> Handle:
    """Start a run that the orchestrators of another queue interpret, if there are any."""
    return await client.start_workflow(
        plan.name,
        RunInput(plan=plan, inputs={}, files={}),
        id=f"{plan.name}/{uuid4().hex[:8]}",
        task_queue=queue,
        result_type=RunResult,
    )


async def explained(client: Client, run: Handle, kind: str, *, seconds: float = 90) -> Reason:
    """Wait until there is a run that waits for such a reason, and give it."""
    async with asyncio.timeout(seconds):
        while True:
            reasons: Sequence[Reason] = ()
            with suppress(NoSuchRunError):  # its caller tells its name before it has begun
                reasons = (await explain(client, run.id)).reasons
            found = next((reason for reason in reasons if reason.kind == kind), None)
            if found is not None:
                return found
            await asyncio.sleep(0.1)


async def all_explained(client: Client, run: Handle, kinds: set[str]) -> Sequence[Reason]:
    """Wait until all that a run waits for is of these kinds, and give it: a server that is busy may tell less."""
    async with asyncio.timeout(90):
        while True:
            found = (await explain(client, run.id)).reasons
            if kinds == {reason.kind for reason in found}:
                return found
            await asyncio.sleep(0.1)


async def busy(run: Handle) -> int:
    """How many steps of a run robots do."""
    pending = (await run.describe()).raw_description.pending_activities
    return sum(each.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED for each in pending)


def near(moment: datetime | None, length: timedelta = timedelta()) -> bool:
    """Whether a moment is so far from now, give or take what a busy machine needs."""
    return moment is not None and abs(moment - datetime.now(UTC) - length) < timedelta(minutes=2)


async def test_a_timer_says_until_when(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([WAIT]))

    reason = await explained(client, run, "timer")
    await run.terminate()

    assert ("its time", "rest", "rest") == (reason.why, reason.step, reason.place)
    assert near(reason.due, timedelta(hours=1))
    assert near(reason.since)


async def test_a_retry_says_when_and_because_of_what(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([FAIL]))

    reason = await explained(client, run, "retry")
    await run.terminate()

    assert "attempt 2, after ElementNotFoundError: nothing matches 'Amount'" == reason.why
    assert near(reason.due, timedelta(hours=1))


async def test_an_approval_says_by_whom_until_when_and_how(started: Runs, client: Client) -> None:
    form = {"amount": {"type": "number"}}
    run = await started.start(
        plan_of([{"id": "ok", "approve": "Pay 12?", "by": ["ada", "bob"], "expires": "1h", "form": form}])
    )

    reason = await explained(client, run, "person")
    await run.terminate()

    assert "an answer by ada or bob: Pay 12?" == reason.why
    assert near(reason.due, timedelta(hours=1))
    assert f"aether approve {run.id} --step ok --field amount=…" == reason.remedies[0]


async def test_an_event_says_how_to_send_it(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([{"id": "paid", "receive": "payment", "key": "o-1"}]))

    reason = await explained(client, run, "event")
    await run.terminate()

    assert "the event 'payment' for 'o-1'" == reason.why
    assert (f"aether send {run.id} payment --key o-1",) == reason.remedies


async def test_a_called_run_says_what_it_waits_for_itself(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([{"id": "ask", "call": "rests"}], {"rests": document_of([WAIT], name="rests")}))
    child = (await waiting(run, "child")).child or ""
    await explained(client, client.get_workflow_handle(child), "timer")

    reason = await explained(client, run, "child")
    await run.terminate()
    await client.get_workflow_handle(child).terminate()

    assert (child, ["timer"], ["rest"]) == (
        reason.run, [each.kind for each in reason.because], [each.place for each in reason.because],
    )  # fmt: skip


async def test_a_parked_run_says_with_what_error_and_what_one_can_do(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([{**FAIL, "retry": {"delays": []}}], on_failure="park"))

    reason = await explained(client, run, "parked")
    await run.terminate()

    assert "a person, as it is parked: nothing matches 'Amount'" == reason.why
    assert near(reason.since)
    assert reason.error is not None
    assert "ElementNotFoundError" == reason.error.type
    assert f"aether fix {run.id} --step look --action retry|skip|set-output|goto|abort" == reason.remedies[0]


async def test_a_paused_run_says_by_whom_and_still_what_it_waits_for(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([WAIT]))
    await waiting(run, "timer")
    await run.execute_update(PAUSE_UPDATE, PersonRequest(by="ada", note="month-end"))

    reason = await explained(client, run, "paused")
    others = await all_explained(client, run, {"paused", "timer"})
    await run.terminate()

    assert "somebody who has it go on: it was paused by ada: month-end" == reason.why
    assert near(reason.since)
    assert (f"aether resume {run.id}",) == reason.remedies
    assert ["paused", "timer"] == [each.kind for each in others]


async def test_a_run_that_was_paused_with_temporal_s_own_tools_says_by_whom(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([WAIT]))
    await waiting(run, "timer")
    await client.workflow_service.pause_workflow_execution(
        PauseWorkflowExecutionRequest(
            namespace=client.namespace, workflow_id=run.id, identity="ops", reason="upgrade", request_id=str(uuid4())
        )
    )

    reason = await explained(client, run, "paused")
    await run.terminate()

    assert "somebody who has it go on: it was paused by ops with Temporal's own tools: upgrade" == reason.why
    assert near(reason.since)


async def test_a_step_under_way_says_on_which_robot(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([{"id": "all", "parallel": {
        "one": [{"id": "a", "do": "test.hang"}], "two": [{"id": "b", "do": "test.hang"}],
    }}]))  # fmt: skip
    async with asyncio.timeout(90):
        while await busy(run) < 2:  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0.05)

    found = await all_explained(client, run, {"step"})
    await run.terminate()

    assert {("all.one.a", "step"), ("all.two.b", "step")} == {(each.place, each.kind) for each in found}
    assert {client.identity} == {each.robot for each in found}
    assert all(f"test.hang, on robot {client.identity!r}, last heard of" in each.why for each in found)


async def test_a_silent_robot_is_said_to_be_silent_before_it_passes_for_lost(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([{"id": "a", "do": "test.lost"}]))

    reason = await explained(client, run, "silent")
    await run.terminate()

    assert f"test.lost on robot {client.identity!r}, which has been silent for" in reason.why
    assert near(reason.due)


async def test_a_step_that_an_operator_holds_back_says_so(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([{"id": "a", "do": "test.hang"}]))
    wish = PauseActivityRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=run.id),
        id=await begun(run, "test.hang"),
        identity="bob",
        reason="a look",
    )
    await client.workflow_service.pause_activity(wish)

    reason = await explained(client, run, "paused")
    await run.terminate()

    assert "test.hang, which was paused by bob (a look) with Temporal's own tools" == reason.why
    assert reason.remedies[0].startswith(f"temporal activity unpause -w {run.id} -a ")


async def test_a_step_that_no_robot_offers_says_what_is_missing(started: Runs, client: Client) -> None:
    far = SPECS["test.read"].model_copy(update={"type": "far.read", "capability": "far"})
    document = Document.model_validate(document_of([{"id": "a", "do": "far.read"}]))
    plan = compile_plan(document, {"far.read": far}).plan
    assert plan is not None
    run = await started.start(plan)

    reason = await explained(client, run, "queue")
    await run.terminate()

    assert "a robot that offers 'far', to do far.read: there is none" == reason.why
    assert "a" == reason.place


async def test_without_an_orchestrator_it_is_said_and_the_history_tells_the_rest(client: Client, queue: str) -> None:
    async with Worker(client, task_queue=queue, workflows=[Run]):
        run = await start_on(client, queue, plan_of([WAIT]))
        await waiting(run, "timer")

    told = await explain(client, run.id)
    await run.terminate()

    assert ["orchestrator", "timer"] == [reason.kind for reason in told.reasons]
    assert ("aether orchestrator start", "aether dev") == told.reasons[0].remedies
    assert told.aside is not None


async def test_a_run_that_no_orchestrator_has_ever_seen_says_so(client: Client, queue: str) -> None:
    run = await start_on(client, queue, plan_of([WAIT]))

    told = await explain(client, run.id)
    await run.terminate()

    assert ["an orchestrator: none is running"] == [reason.why for reason in told.reasons]
    assert near(told.reasons[0].since)


async def test_a_build_with_a_bug_is_named_plainly(client: Client, queue: str) -> None:
    async with Worker(client, task_queue=queue, workflows=[Broken], debug_mode=True):
        run = await start_on(client, queue, plan_of([WAIT]))
        reason = await explained(client, run, "defect")
        await run.terminate()

    assert "its task has failed" in reason.why
    assert 'no "plan"' in reason.why
    assert "aether history replay --open" in reason.remedies


async def test_a_run_that_has_ended_waits_for_nothing(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([{"assert": False, "message": "no"}]))
    with pytest.raises(Exception, match="failed"):
        await run.result()

    [reason] = (await explain(client, run.id)).reasons

    assert ("ended", "nothing: it has failed") == (reason.kind, reason.why)
    assert f"aether retry {run.id}" in reason.remedies


async def test_the_command_says_it_to_programs(
    started: Runs, server: ServerConfig, tmp_path: Path, payloads: Path
) -> None:
    aether = Aether(tmp_path, {"TEMPORAL_ADDRESS": server.address, "AETHER_PAYLOADS": str(payloads)})
    run = await started.start(plan_of([WAIT]))
    await waiting(run, "timer")

    done = await aether("explain", run.id, "-o", "json")
    await run.terminate()

    assert 0 == done.code, done.err
    assert [("timer", "rest", "its time")] == [(each["kind"], each["place"], each["why"]) for each in done.data]


def test_without_temporal_it_is_a_matter_of_connection(capsys: pytest.CaptureFixture[str]) -> None:
    assert 3 == invoke(["explain", "some/run", "--address", "127.0.0.1:1"])

    assert "cannot connect to Temporal at '127.0.0.1:1'" in capsys.readouterr().err
