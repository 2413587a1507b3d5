"""Runs are looked at while nobody answers for them, and builds are tried on runs that are under way."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from tests.replay.features import NODES
from tests.support.aether import Aether
from tests.support.eventually import eventually
from tests.support.machine import plan_of
from tests.support.runs import runs
from workers.server import ServerConfig

STEPS = [{"id": "look", "do": "test.read", "with": {"n": 1}}, {"id": "stay", "do": "test.hang"}, {"do": "test.read"}]


@pytest.fixture
def aether(tmp_path: Path, server: ServerConfig, payloads: Path) -> Aether:
    """The command line in an empty directory."""
    return Aether(tmp_path, {"TEMPORAL_ADDRESS": server.address, "AETHER_PAYLOADS": str(payloads)})


@pytest.fixture
async def left(client: Client) -> WorkflowHandle[Any, Any]:
    """A run in the middle of its second step, and every worker is gone."""
    async with runs(client, NODES) as started:
        run = await started.start(plan_of(STEPS))
        await eventually(lambda: "stay" in [call.step for call in started.calls])
    return run


async def test_a_run_is_shown_with_every_worker_down(aether: Aether, left: WorkflowHandle[Any, Any]) -> None:
    text = await aether("show", left.id)
    data = await aether("show", left.id, "-o", "json")
    await left.terminate()

    assert (0, 0) == (text.code, data.code), text.err + data.err
    assert "✓ look" in text.out
    assert "this is what the run's history tells" in text.err
    assert ["look", "stay"] == [step["id"] for step in data.data["steps"] if step["started"]]
    assert ("done", 33) == (data.data["steps"][0]["status"], data.data["percent"])


async def test_a_run_that_ended_is_shown_with_every_worker_down(aether: Aether, left: WorkflowHandle[Any, Any]) -> None:
    await left.terminate()

    shown = await aether("show", left.id)

    assert 0 == shown.code, shown.err
    assert "✓ look" in shown.out
    assert "- stay" in shown.out


async def test_a_step_is_shown_as_it_was(aether: Aether, left: WorkflowHandle[Any, Any]) -> None:
    text = await aether("show", left.id, "--at", "look")
    data = await aether("show", left.id, "--at", "stay", "-o", "json")
    unknown = await aether("show", left.id, "--at", "lok")
    await left.terminate()

    assert (0, 0, 2) == (text.code, data.code, unknown.code), text.err + data.err
    assert "✓ look  test.read" in text.out
    assert ("stay", "running", {"look": {"n": 1}}) == tuple(data.data[key] for key in ("place", "status", "scope"))
    assert 1 == data.data["attempts"][0]["number"]
    assert "did you mean 'look'?" in unknown.err


async def test_all_that_a_run_did_is_listed(aether: Aether, left: WorkflowHandle[Any, Any]) -> None:
    text = await aether("show", left.id, "--timeline")
    data = await aether("show", left.id, "--timeline", "-o", "json")
    await left.terminate()

    assert "▸ stay" in text.out
    assert [("look", "done"), ("stay", "running")] == [(each["place"], each["status"]) for each in data.data]
    assert data.data[0]["seconds"] >= 0


async def test_a_build_is_tried_on_all_runs_under_way(
    aether: Aether, client: Client, left: WorkflowHandle[Any, Any]
) -> None:
    async with asyncio.timeout(90):
        while not (await client.count_workflows(f"WorkflowId = '{left.id}'")).count:  # noqa: ASYNC110 - lists are late
            await asyncio.sleep(0.05)

    done = await aether("history", "replay", "--open", "-o", "json")
    await left.terminate()

    assert 0 == done.code, done.out
    assert [] == done.data["broken"]
    assert 1 <= done.data["replayed"]


async def test_a_build_is_tried_on_saved_histories_without_a_server(
    aether: Aether, left: WorkflowHandle[Any, Any]
) -> None:
    await aether("history", "save", left.id, "--to", "good.json")
    await left.terminate()
    saved = (aether.directory / "good.json").read_text(encoding="utf-8")
    aether.write("bad.json", saved.replace("test.hang", "test.rest"))
    alone = Aether(aether.directory, {"TEMPORAL_ADDRESS": "127.0.0.1:1"})

    good = await alone("history", "replay", "good.json")
    both = await alone("history", "replay", "good.json", "bad.json", "-o", "json")
    text = await alone("history", "replay", "bad.json")

    assert (0, 1, 1) == (good.code, both.code, text.code), good.err
    assert 2 == both.data["replayed"]
    assert [left.id] == [each["run"] for each in both.data["broken"]]
    assert "Activity type of scheduled event 'test.rest' does not match" in text.out
    assert "1, of which 1 would break" in text.err


@pytest.mark.parametrize("arguments", [(), ("--open", "file.json"), ("absent.json",)])
async def test_what_is_to_be_replayed_must_be_said(aether: Aether, arguments: tuple[str, ...]) -> None:
    done = await aether("history", "replay", *arguments)

    assert done.code in {2, 3}
    assert "error:" in done.err
