"""Answering runs from the command line, against a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from tests.support.aether import Aether
from workers.server import ServerConfig
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.run import Run

OPEN = {"running", "parked"}
PARKS = """
aether: 1
name: NAME
inputs:
  times: {type: integer, default: 0}
steps:
  - id: first
    set: {n: 1}
  - id: share
    set: {part: "${{ 12 / inputs.times }}"}
outputs:
  part: ${{ part }}
"""
ASKS = """
aether: 1
name: NAME
steps:
  - id: ok
    approve: Pay?
    form:
      limit: {type: integer}
outputs:
  limit: ${{ ok.form.limit }}
"""


@pytest.fixture(scope="module", autouse=True)
async def orchestrator(client: Client) -> AsyncIterator[None]:
    """Somebody who interprets runs."""
    async with Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]):
        yield


@pytest.fixture
def aether(tmp_path: Path, server: ServerConfig, payloads: Path) -> Aether:
    """The command line in an empty directory."""
    return Aether(
        tmp_path,
        {"TEMPORAL_ADDRESS": server.address, "AETHER_WEB_UI": server.web_ui, "AETHER_PAYLOADS": str(payloads)},
    )


def document(aether: Aether, text: str) -> Path:
    """A document under a name nobody else uses."""
    name = f"doc-{uuid4().hex[:8]}"
    return aether.write(f"{name}.yaml", text.replace("NAME", name))


async def ended(aether: Aether, run: str) -> Any:
    """Wait until a run has ended, and give what is shown of it then."""
    async with asyncio.timeout(90):
        while (shown := (await aether("show", run, "-o", "json")).data)["status"] in OPEN:  # noqa: ASYNC110 - asked for
            await asyncio.sleep(0.1)
    return shown


async def test_a_run_that_parks_says_what_can_be_answered_and_goes_on_with_another_input(aether: Aether) -> None:
    parked = await aether("run", document(aether, PARKS), "-o", "json")
    run = parked.data["run"]

    shown = await aether("show", run)
    fixed = await aether("fix", run, "--input", "times=4", "--note", "was left out")
    done = await ended(aether, run)
    shown_done = await aether("show", run)

    assert (5, "parked", "share") == (parked.code, parked.data["status"], parked.data["step"])
    assert f"aether fix {run} --step share --action retry|skip|set-output|goto|abort" in shown.out
    assert "division by zero" in shown.out
    assert (0, f"{run} goes on at 'share' (retry)\n") == (fixed.code, fixed.err)
    assert {"part": 3} == done["outputs"]
    assert "had share retry (ExpressionError): was left out" in shown_done.out


async def test_a_fix_can_be_tried_without_doing_it(aether: Aether) -> None:
    file = document(aether, PARKS)
    run = (await aether("run", file, "-o", "json")).data["run"]
    changed = aether.write("changed.yaml", file.read_text().replace("n: 1", "n: 2"))
    mended = aether.write("mended.yaml", file.read_text().replace("inputs.times", "3"))

    refused = await aether("fix", run, "--document", changed, "--check")
    accepted = await aether("fix", run, "--document", mended, "--check")
    fixed = await aether("fix", run, "--document", mended)

    assert 1 == refused.code
    assert "step 'first' has run, but in the new document its 'values.n' was 1 and is 2" in refused.err
    assert (0, f"{run} would accept this at 'share'\n") == (accepted.code, accepted.err)
    assert 0 == fixed.code
    assert {"part": 4} == (await ended(aether, run))["outputs"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--action", "goto"], "--goto STEP and --action goto belong together"),
        (["--action", "set-output"], "needs --output"),
        (["--output", '{"n": 3}'], "--output is for --action set-output"),
        (["--step", "nowhere"], "is not parked at 'nowhere'"),
        (["--action", "goto", "--goto", "nowhere"], "'nowhere' is no earlier step at this place"),
    ],
)
async def test_what_cannot_be_done_is_said_and_changes_nothing(
    aether: Aether, arguments: list[str], words: str
) -> None:
    run = (await aether("run", document(aether, PARKS), "-o", "json")).data["run"]

    refused = await aether("fix", run, *arguments)

    assert 0 != refused.code
    assert words in refused.err
    assert "parked" == (await aether("show", run, "-o", "json")).data["status"]


async def test_a_run_is_approved_by_somebody_else_than_its_starter(aether: Aether) -> None:
    run = (await aether("start", document(aether, ASKS), "-o", "json")).data["run"]

    own = await aether("approve", run, "--field", "limit=3")
    other = await aether("approve", run, "--field", "limit=3", "--by", "ada")
    again = await aether("approve", run, "--field", "limit=3", "--by", "bob")

    assert 0 != own.code
    assert "has started the run and cannot approve it" in own.err
    assert 0 == other.code
    assert {"limit": 3} == (await ended(aether, run))["outputs"]
    assert "asks nobody" in again.err


async def test_a_run_stops_before_a_step_and_goes_on(aether: Aether) -> None:
    stopped = await aether("run", document(aether, PARKS), "-i", "times=2", "--break", "share", "-o", "json")
    run = stopped.data["run"]

    unknown = await aether("run", document(aether, PARKS), "--break", "chare")
    fixed = await aether("fix", run)

    assert (5, "share") == (stopped.code, stopped.data["step"])
    assert "--break: there is no step 'chare'; did you mean 'share'?" in unknown.err
    assert 0 == fixed.code
    assert {"part": 6} == (await ended(aether, run))["outputs"]


async def test_a_run_is_paused_and_resumed(aether: Aether) -> None:
    file = document(aether, "aether: 1\nname: NAME\nsteps:\n  - wait: 1h\n  - set: {n: 1}\noutputs: {n: '${{ n }}'}\n")
    run = (await aether("start", file, "-o", "json")).data["run"]

    paused = await aether("pause", run)
    again = await aether("pause", run)
    resumed = await aether("resume", run)
    await aether("cancel", run)

    assert (0, 0) == (paused.code, resumed.code)
    assert "the run is paused already" in again.err
