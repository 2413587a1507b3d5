"""Runs that go on where others were, on a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError

from tests.support.aether import Aether
from tests.support.eventually import eventually
from tests.support.machine import plan_of
from tests.support.runs import Runs, runs
from workers.answers import find_waiting, fix_run
from workers.retrying import CannotRetryError, Document, Order, renew
from workers.server import ServerConfig
from workflows.answers import FixRequest
from workflows.call import ErrorValue, StepCall
from workflows.errors import PatchRefusedError
from workflows.start import RunResult

PAY = [
    {"id": "look", "do": "test.read"},
    {"id": "all", "for_each": [1, 2, 3], "as": "n", "do": [{"id": "pay", "do": "test.pay", "with": {"n": "${{ n }}"}}]},
    {"id": "done", "do": "test.write", "with": {"by": "${{ inputs.by }}"}},
]
OUTPUTS = {"all": "${{ all.results }}", "by": "${{ done.by }}"}
INPUTS = {"by": {"type": "string", "default": "ann"}}


@dataclass
class World:
    """A world in which some things do not work."""

    started: Runs
    broken: set[str] = field(default_factory=set)
    """Places that fail."""
    stuck: set[str] = field(default_factory=set)
    """Places that take for ever."""

    @property
    def calls(self) -> list[str]:
        """What robots were asked to do, in order."""
        return [call.place for call in self.started.calls]

    async def failed(self, plan: Any, place: str) -> WorkflowHandle[Any, RunResult]:
        """A run that fails at a place, where all is well afterwards."""
        self.broken = {place}
        run = await self.started.start(plan)
        with pytest.raises(WorkflowFailureError):
            await run.result()
        self.broken = set()
        return run


def pay(**fields: Any) -> Any:
    """A document that pays three times."""
    return plan_of(PAY, outputs=OUTPUTS, inputs=INPUTS, **fields)


@pytest.fixture
async def world(client: Client) -> AsyncIterator[World]:
    """An orchestrator and a robot."""
    world: World

    async def act(params: dict[str, Any], call: StepCall) -> Any:
        while call.place in world.stuck:
            activity.heartbeat()
            await activity.wait_for_cancelled()
        if call.place in world.broken:
            error = ErrorValue(type="RefusedError", kind="business", message="not payable", acted=False)
            raise ApplicationError(error.message, error.model_dump(mode="json"), type=error.type, non_retryable=True)
        return params

    async with runs(client, dict.fromkeys(("test.read", "test.write", "test.pay"), act)) as started:
        world = World(started)
        yield world


def order(run: WorkflowHandle[Any, Any], at: str = "failed", **more: Any) -> Order:
    """A wish as the command line makes it."""
    return Order(run=run.id, at=at, kind=more.pop("kind", "retry"), by="ann", **more)


async def result(client: Client, run: str) -> dict[str, Any]:
    """What a run comes to."""
    handle = client.get_workflow_handle(run, result_type=RunResult)
    outputs: dict[str, Any] = (await handle.result()).outputs
    return outputs


async def test_a_retry_does_nothing_again_that_was_done(client: Client, world: World) -> None:
    old = await world.failed(pay(), "all[1].pay")

    renewed = await renew(client, order(old))
    outputs = await result(client, renewed.run)

    assert {"all": [{"pay": {"n": n}} for n in (1, 2, 3)], "by": "ann"} == outputs
    assert ["look", "all[0].pay", "all[1].pay", "all[1].pay", "all[2].pay", "done"] == world.calls
    assert ("all[1].pay", 0, (), ()) == (renewed.place, renewed.revision, renewed.doubts, renewed.repeats)


async def test_keys_stay_the_same_in_a_retry_and_are_new_in_a_fork(client: Client, world: World) -> None:
    old = await world.failed(pay(), "all[1].pay")

    for kind in ("retry", "fork"):
        await result(client, (await renew(client, order(old, "all[1].pay", kind=kind))).run)

    first, second, third = (call.key for call in world.started.calls if call.place == "all[1].pay")
    assert first == second
    assert third != first


async def test_a_fork_has_other_inputs_and_says_what_it_does_again(client: Client, world: World) -> None:
    old = await world.started.start(pay())
    await old.result()

    forked = await renew(client, order(old, "all[2].pay", kind="fork", inputs={"by": "bob"}))

    assert "bob" == (await result(client, forked.run))["by"]
    assert ("all[2].pay",) == forked.repeats


async def test_a_retry_of_a_retry_goes_on_as_well(client: Client, world: World) -> None:
    old = await world.failed(pay(), "all[1].pay")
    world.broken = {"done"}
    second = await renew(client, order(old))
    with pytest.raises(WorkflowFailureError):
        await result(client, second.run)
    world.broken = set()

    third = await renew(client, Order(run=second.run, at="failed", kind="retry", by="ann"))

    assert "ann" == (await result(client, third.run))["by"]
    assert "done" == third.place
    assert ["done", "done"] == world.calls[-2:]


async def test_a_payment_that_was_cut_off_waits_for_a_person(client: Client, world: World) -> None:
    world.stuck = {"all[1].pay"}
    old = await world.started.start(pay())
    await eventually(lambda: "all[1].pay" in world.calls)
    await old.cancel()
    with pytest.raises(WorkflowFailureError):
        await old.result()
    world.stuck = set()

    renewed = await renew(client, order(old))
    found = await find_waiting(client, renewed.run, "parked", place=None)
    await fix_run(client, renewed.run, FixRequest(number=found.waiting.number or 0, action="retry", by="ann"))

    assert ("all[1].pay",) == renewed.doubts
    assert "ann" == (await result(client, renewed.run))["by"]
    assert 2 == world.calls.count("all[1].pay")


async def test_a_terminated_run_goes_on_where_it_was(client: Client, world: World) -> None:
    world.stuck = {"look"}
    old = await world.started.start(pay())
    await eventually(lambda: "look" in world.calls)
    await old.terminate()
    world.stuck = set()

    renewed = await renew(client, order(old))

    assert "ann" == (await result(client, renewed.run))["by"]


async def test_a_run_begins_again_from_its_start(client: Client, world: World) -> None:
    old = await world.failed(pay(), "done")

    renewed = await renew(client, order(old, "start"))
    await result(client, renewed.run)

    assert "look" == renewed.place
    assert ("all[0].pay", "all[1].pay", "all[2].pay") == renewed.repeats


async def test_a_retry_takes_a_corrected_document(client: Client, world: World) -> None:
    old = await world.failed(pay(), "all[1].pay")
    corrected = Document(plan_of([*PAY, {"id": "more", "do": "test.read"}], outputs=OUTPUTS, inputs=INPUTS), "new")
    other = Document(plan_of([{"id": "other", "do": "test.read"}, *PAY[1:]], outputs={}, inputs=INPUTS), "other")

    renewed = await renew(client, order(old, document=corrected))
    await result(client, renewed.run)
    with pytest.raises(PatchRefusedError, match="look"):
        await renew(client, order(old, document=other))

    assert "more" == world.calls[-1]


async def test_outputs_that_could_not_be_told_are_told_again(client: Client, world: World) -> None:
    wrong = plan_of([{"id": "look", "do": "test.read"}], outputs={"n": "${{ 1 // 0 }}"})
    right = plan_of([{"id": "look", "do": "test.read"}], outputs={"n": 1})
    old = await world.failed(wrong, "nowhere")

    renewed = await renew(client, order(old, document=Document(right, "right")))

    assert {"n": 1} == await result(client, renewed.run)
    assert ("outputs", ["look"]) == (renewed.place, world.calls)


async def test_what_cannot_go_on_is_refused(client: Client, world: World) -> None:
    done = await world.started.start(pay())
    await done.result()
    undo = [
        {"id": "a", "do": "test.read", "undo": [{"id": "back", "do": "test.write"}]},
        {"id": "b", "do": "test.read"},
    ]
    undone = await world.failed(plan_of(undo), "b")
    world.stuck = {"look"}
    under_way = await world.started.start(pay())
    await eventually(lambda: 2 == world.calls.count("look"))

    for run, at, words in (
        (done, "failed", "has completed, no step of it failed"),
        (done, "nothing", "has not done a step 'nothing'"),
        (undone, "failed", "has made undone what it did"),
        (under_way, "failed", "has not ended"),
    ):
        with pytest.raises(CannotRetryError, match=words):
            await renew(client, order(run, at))
    await under_way.terminate()


async def test_a_payment_in_another_branch_is_not_repeated_unasked(client: Client, world: World) -> None:
    branches = {"a": [{"id": "bad", "do": "test.read"}], "b": [{"wait": "500ms"}, {"id": "paid", "do": "test.pay"}]}
    old = await world.failed(plan_of([{"id": "both", "parallel": branches, "on_error": "wait"}]), "both.a.bad")

    with pytest.raises(CannotRetryError, match=r"both\.b\.paid in another branch"):
        await renew(client, order(old))

    asked = await renew(client, order(old, "bad"))
    await result(client, asked.run)
    assert ("both.b.paid",) == asked.repeats


async def test_from_the_command_line(
    client: Client, world: World, server: ServerConfig, payloads: Path, tmp_path: Path
) -> None:
    aether = Aether(tmp_path, {"TEMPORAL_ADDRESS": server.address, "AETHER_PAYLOADS": str(payloads)})
    old = await world.failed(pay(), "all[1].pay")

    retried = await aether("retry", old.id, "-o", "json")
    forked = await aether("fork", old.id, "--from", "look", "--input", "by=bob")
    refused = await aether("retry", old.id, "--from", "nothing")
    shown = await aether("show", retried.data["run"])

    await result(client, retried.data["run"])
    assert (0, 0, 3) == (retried.code, forked.code, refused.code), retried.err + forked.err
    assert (old.id, "all[1].pay", []) == tuple(retried.data[key] for key in ("origin", "from", "doubts"))
    assert "bob" == (await result(client, forked.out.strip()))["by"]
    assert "does again what had a lasting effect: all[0].pay" in forked.err
    assert "--timeline" in refused.err
    assert f"{old.id} at all[1].pay" in shown.out
