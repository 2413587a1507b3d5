"""Runs that wait for people, events and other runs, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from tests.support.machine import plan_of
from tests.support.runs import Runs, failure, progress, runs, waiting
from workflows.answers import (
    DECIDE_UPDATE,
    EVENT_SIGNAL,
    FIX_UPDATE,
    DecideRequest,
    EventMessage,
    FixAnswer,
    FixRequest,
    PersonRequest,
)
from workflows.call import ErrorValue, StepCall
from workflows.plan import Plan

ME = PersonRequest(by="ada")


async def echo(params: dict[str, Any], _call: StepCall) -> Any:
    """Give back what is given, unless it is broken."""
    if params.get("broken"):
        error = ErrorValue(type="ElementNotFoundError", kind="robot", message=f"nothing matches {params['broken']!r}")
        raise ApplicationError(error.message, error.model_dump(mode="json"), type=error.type, non_retryable=True)
    return params


NODES = {"test.read": echo, "page.read": echo}


@pytest.fixture(scope="module")
async def started(client: Client) -> AsyncIterator[Runs]:
    """An orchestrator and a robot."""
    async with runs(client, NODES) as ready:
        yield ready


def steps(broken: str | None = None) -> list[dict[str, Any]]:
    """Three steps, of which the second may be broken."""
    return [
        {"id": "a", "do": "test.read", "with": {"n": 1}},
        {"id": "b", "do": "test.read", "with": {"n": "${{ a.n + 1 }}", "broken": broken}, "retry": {"delays": []}},
        {"id": "c", "do": "test.read", "with": {"n": "${{ b.n + 1 }}"}},
    ]


def parking(given: list[dict[str, Any]], **fields: Any) -> Plan:
    """A plan whose runs park."""
    return plan_of(given, on_failure="park", outputs={"n": "${{ c.n }}"}, **fields)


async def fix(run: WorkflowHandle[Any, Any], request: FixRequest) -> FixAnswer:
    """Answer a parked step."""
    answer: FixAnswer = await run.execute_update(FIX_UPDATE, request, result_type=FixAnswer)
    return answer


async def updates_in(run: WorkflowHandle[Any, Any]) -> int:
    """How many Updates the history of a run tells of."""
    history = await run.fetch_history()
    return sum(event.HasField("workflow_execution_update_accepted_event_attributes") for event in history.events)


async def test_a_parked_run_goes_on_in_the_same_execution_with_a_corrected_document(started: Runs) -> None:
    run = await started.start(parking(steps("Amount")))
    parked = await waiting(run, "parked")

    answer = await fix(
        run, FixRequest(number=parked.number or 0, action="retry", by="ada", plan=parking(steps()), note="renamed")
    )
    result = await run.result()

    assert ({"n": 3}, 1) == (result.outputs, answer.revision)
    assert ["a", "b", "b", "c"] == [call.place for call in started.calls if call.run == run.id]
    told = await progress(run)
    assert ("completed", [("b", "retry", "ada", "renamed")]) == (
        told.status,
        [(each.place, each.action, each.by, each.note) for each in told.decisions],
    )


async def test_a_refused_answer_leaves_no_trace_in_history(started: Runs) -> None:
    run = await started.start(parking(steps("Amount")))
    parked = await waiting(run, "parked")
    changed = steps()
    changed[0]["with"] = {"n": 7}

    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await fix(run, FixRequest(number=parked.number or 0, action="retry", by="ada", plan=parking(changed)))

    assert "step 'a' has run, but in the new document its 'with.n' was 1 and is 7" in str(refused.value.cause)
    assert 0 == await updates_in(run)
    await run.cancel()


async def test_a_parked_run_can_be_found_by_its_error(started: Runs, client: Client) -> None:
    run = await started.start(parking(steps("Amount 12")))
    parked = await waiting(run, "parked")
    query = (
        f"AetherStatus = 'Parked' AND AetherStep = 'b' AND AetherError = '{parked.cause}' AND WorkflowId = '{run.id}'"
    )

    async with asyncio.timeout(90):
        while [found async for found in client.list_workflows(query)] == []:  # noqa: ASYNC110 - visibility lags
            await asyncio.sleep(0.1)

    await fix(run, FixRequest(number=parked.number or 0, action="abort", by="ada"))
    assert "ElementNotFoundError" == (await failure(run)).type


async def test_a_run_that_parked_and_then_succeeded_is_shown_as_any_other(started: Runs, client: Client) -> None:
    run = await started.start(parking(steps("Amount")))
    parked = await waiting(run, "parked")
    await fix(run, FixRequest(number=parked.number or 0, action="retry", by="ada", plan=parking(steps())))
    await run.result()

    attributes = (await client.get_workflow_handle(run.id).describe()).typed_search_attributes

    assert {"AetherStatus": "Completed"} == {
        pair.key.name: pair.value
        for pair in attributes
        if pair.key.name in {"AetherStatus", "AetherStep", "AetherError"}
    }


async def test_a_person_approves_once_and_not_who_started_the_run(started: Runs) -> None:
    plan = plan_of(
        [{"id": "ok", "approve": "Pay ${{ 12 }} EUR?", "form": {"limit": {"type": "integer"}}, "by": ["ada", "bob"]}],
        outputs={"limit": "${{ ok.form.limit }}", "by": "${{ ok.by }}", "yes": "${{ ok.approved }}"},
    )
    run = await started.start(plan)
    asked = await waiting(run, "person")

    with pytest.raises(WorkflowUpdateFailedError) as stranger:
        await run.execute_update(DECIDE_UPDATE, _yes(asked.number, "eve", limit=3))
    with pytest.raises(WorkflowUpdateFailedError) as wrong:
        await run.execute_update(DECIDE_UPDATE, _yes(asked.number, "ada", limit="much"))
    await run.execute_update(DECIDE_UPDATE, _yes(asked.number, "ada", limit=3))
    outputs = (await run.result()).outputs

    assert "'eve' may not answer this; it is for ada, bob" in str(stranger.value.cause)
    assert "the form does not fit: input 'limit': expected a whole number, not 'much'" in str(wrong.value.cause)
    assert "Pay 12 EUR?" == asked.question
    assert {"limit": 3, "by": "ada", "yes": True} == outputs


def _yes(number: int | None, by: str, **form: Any) -> DecideRequest:
    return DecideRequest(number=number or 0, approved=True, by=by, form=form)


async def test_an_event_is_received_by_name_and_key_also_when_it_came_early(started: Runs) -> None:
    plan = plan_of(
        [
            {"id": "first", "receive": "go"},
            {"id": "paid", "receive": "paid", "key": "${{ 'A-' + '2' }}", "expires": "1m"},
        ],
        outputs={"amount": "${{ paid.data.amount }}", "first": "${{ first.data }}"},
    )
    run = await started.start(plan)
    await waiting(run, "event")

    for key, amount in (("A-1", 1), ("A-2", 2)):
        await run.signal(EVENT_SIGNAL, EventMessage(event="paid", key=key, data={"amount": amount}, id=key))
    await run.signal(EVENT_SIGNAL, EventMessage(event="go", data="now"))

    assert {"amount": 2, "first": "now"} == (await run.result()).outputs


async def test_a_called_run_gives_its_outputs_and_its_errors_keep_their_type(started: Runs) -> None:
    child = plan_of([{"id": "c", "do": "test.read", "with": {"n": 4}}], outputs={"n": "${{ c.n }}"})
    bad = plan_of([{"throw": {"type": "TooDearError", "message": "no"}}])
    plan = _calling([child, bad])

    outputs = (await (await started.start(plan)).result()).outputs

    assert {"n": 4, "why": "TooDearError"} == outputs


def _calling(children: list[Plan]) -> Plan:
    """A plan that calls two others; the error of the second is caught."""
    draft = plan_of(
        [
            {"id": "good", "do": "test.read"},
            {
                "try": [{"id": "bad", "do": "test.read"}],
                "catch": [{"on": "TooDearError", "do": [{"set": {"why": "${{ error.type }}"}}]}],
            },
        ],
        outputs={"n": "${{ good.n }}", "why": "${{ why }}"},
    ).model_dump(mode="json")
    for index, (block, position) in enumerate(((0, 0), (1, 0))):
        step = draft["blocks"][block][position]
        draft["blocks"][block][position] = {
            "kind": "child", "number": step["number"], "id": step["id"], "named": True, "child": index, "given": {},
            "detach": False,
        }  # fmt: skip
    draft["children"] = [child.model_dump(mode="json") for child in children]
    return Plan.model_validate(draft)
