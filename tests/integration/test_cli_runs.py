"""Starting, following and ending runs from the command line, against a real server."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer, Worker

from tests.support.aether import Aether, finish, line_with
from tests.support.terminal import terminal
from workers.plugin import AetherPlugin
from workers.runs import start_run
from workers.server import ServerConfig, find_executable, prepare
from workflows.compile import compile_plan
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.parse import parse
from workflows.run import Run

KEYS = ["run", "document", "status", "step", "outputs", "error", "link", "inputs", "files"]

GREET = """
aether: 1
name: NAME
inputs:
  who: {type: string, default: world}
  times: {type: integer, default: 1, minimum: 1}
steps:
  - id: greet
    for_each: ${{ range(inputs.times) }}
    do:
      - id: say
        set: {text: "${{ 'hello ' + inputs.who }}"}
outputs:
  text: ${{ text }}
"""
REFUSE = """
aether: 1
name: NAME
on_failure: fail
steps:
  - id: look
    throw: {type: TooExpensive, message: "the price is 12"}
"""
SLOW = """
aether: 1
name: NAME
steps:
  - id: rest
    try:
      - wait: 10m
    finally:
      - set: {tidy: true}
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
        {
            "TEMPORAL_ADDRESS": server.address,
            "AETHER_WEB_UI": server.web_ui,
            "AETHER_PAYLOADS": str(payloads),
        },
    )


def document(aether: Aether, text: str) -> tuple[Path, str]:
    """A document under a name nobody else uses."""
    name = f"doc-{uuid4().hex[:8]}"
    return aether.write(f"{name}.yaml", text.replace("NAME", name)), name


async def test_a_run_is_followed_and_its_outputs_are_printed(aether: Aether) -> None:
    file, name = document(aether, GREET)

    done = await aether("run", file, "--input", "who=Ada")

    assert 0 == done.code, done.err
    assert "hello Ada" in done.out
    assert f"/workflows/{name}%2F" in done.err
    assert "✓ greet for_each 1/1" in done.err


async def test_a_run_as_data(aether: Aether, server: ServerConfig) -> None:
    file, name = document(aether, GREET)

    done = await aether("run", file, "-i", "who=Ada", "-i", "times=3", "-o", "json")

    assert 0 == done.code, done.err
    assert KEYS == list(done.data)
    assert (name, "completed", {"text": "hello Ada"}, None) == tuple(
        done.data[key] for key in ("document", "status", "outputs", "error")
    )
    assert {"who": "Ada", "times": 3} == done.data["inputs"]
    assert done.data["run"].startswith(f"{name}/")
    assert done.data["link"].startswith(f"{server.web_ui}/namespaces/default/workflows/{name}%2F")


async def test_a_failed_run_says_why_and_where(aether: Aether) -> None:
    file, _ = document(aether, REFUSE)

    text = await aether("run", file)
    data = await aether("run", file, "-o", "json")

    assert (1, 1) == (text.code, data.code)
    assert "the price is 12" in text.err
    assert "look" == data.data["step"]
    assert ("failed", "TooExpensive", "business", "the price is 12", "look") == (
        data.data["status"],
        *(data.data["error"][key] for key in ("type", "kind", "message", "step")),
    )


async def test_a_run_that_takes_longer_than_one_wants_to_wait_goes_on(aether: Aether) -> None:
    file, _ = document(aether, SLOW)

    done = await aether("run", file, "--timeout", "500ms", "-o", "json")

    assert 4 == done.code
    assert "running" == done.data["status"] or "waiting" == done.data["status"]
    assert 0 == (await aether("terminate", done.data["run"])).code


async def test_a_long_wait_says_what_for(aether: Aether) -> None:
    file, _ = document(aether, SLOW)

    process = await aether.start("run", file, "--key", "a")
    assert process.stderr is not None
    await line_with(process.stderr, "waits: until 20")
    process.send_signal(signal.SIGINT)
    await finish(process)
    shown = await aether("show", f"{file.stem}/a")

    assert "waits: until 20" in shown.out
    assert 0 == (await aether("terminate", f"{file.stem}/a")).code


async def test_problems_of_the_document_are_a_usage_error_and_nothing_starts(aether: Aether) -> None:
    file, name = document(aether, GREET.replace("inputs.who", "inputs.whom").replace("${{ text }}", "${{ txt }}"))

    done = await aether("run", file, "-o", "json")

    assert 2 == done.code
    error = done.data["error"]
    assert "document" == error["code"]
    assert 2 == len(error["problems"])
    assert f"{file.name}:" in error["problems"][0]
    assert [] == (await aether("list", "--workflow", name, "-o", "json")).data


async def test_wrong_inputs_are_all_named_at_once(aether: Aether) -> None:
    file, _ = document(aether, GREET)

    done = await aether("run", file, "-i", "whom=x", "-i", "times=0")

    assert 2 == done.code
    assert "did you mean 'who'" in done.err
    assert "input 'times'" in done.err


async def test_inputs_come_from_a_file_or_standard_input(aether: Aether) -> None:
    file, _ = document(aether, GREET)
    inputs = aether.write("inputs.json", '{"who": "Grace"}')

    from_file = await aether("run", file, "--inputs", inputs, "-o", "json")
    from_stdin = await aether("run", file, "--inputs", "-", "-o", "json", stdin='{"who": "Alan"}')

    assert "hello Grace" == from_file.data["outputs"]["text"]
    assert "hello Alan" == from_stdin.data["outputs"]["text"]


async def test_the_same_key_gives_the_same_run(aether: Aether) -> None:
    file, name = document(aether, GREET)

    first = await aether("run", file, "--key", "2027-01", "-o", "json")
    again = await aether("run", file, "--key", "2027-01", "-o", "json")
    other = await aether("run", file, "--key", "2027-01", "--input", "who=Ada")

    assert f"{name}/2027-01" == first.data["run"]
    assert first.data == again.data
    assert 0 == other.code
    assert "hello world" in other.out
    assert "other inputs" in other.err


async def test_started_runs_are_listed_shown_and_cancelled(aether: Aether) -> None:
    file, name = document(aether, SLOW)
    run = (await aether("start", file, "--key", "a")).out.strip()

    shown = await aether("show", run)
    cancelled = await aether("cancel", run, "-o", "json")
    ended = await aether("run", file, "--key", "a", "-o", "json")
    listed = ("list", "--workflow", name, "--status", "cancelled", "--since", "1h", "-o", "jsonl")
    async with asyncio.timeout(90):
        while run not in (await aether(*listed)).out:
            pass  # Temporal's lists are late

    assert f"{name}/a" == run
    assert "rest" in shown.out
    assert 0 == cancelled.code
    assert (1, "cancelled") == (ended.code, ended.data["status"])


async def test_a_terminated_run_says_so(aether: Aether) -> None:
    file, _ = document(aether, SLOW)
    run = (await aether("start", file)).out.strip()

    done = await aether("terminate", run, "--reason", "enough")
    again = await aether("terminate", run)
    shown = await aether("show", run, "-o", "json")

    assert 0 == done.code
    assert 2 == again.code
    assert "already ended" in again.err
    assert "terminated" == shown.data["status"]
    assert "enough" in shown.data["error"]["message"]


async def test_an_unknown_run_is_a_usage_error(aether: Aether) -> None:
    done = await aether("show", "nobody/knows", "-o", "json")

    assert 2 == done.code
    assert "not-found" == done.data["error"]["code"]


async def test_ctrl_c_leaves_the_run_alone_where_nobody_can_be_asked(aether: Aether) -> None:
    file, _ = document(aether, SLOW)
    process = await aether.start("run", file, "--key", "a")
    assert process.stderr is not None
    await line_with(process.stderr, "started")

    process.send_signal(signal.SIGINT)
    done = await finish(process)
    shown = await aether("show", f"{file.stem}/a", "-o", "json")

    assert 130 == done.code
    assert "the run goes on" in done.err
    assert shown.data["status"] in {"running", "waiting"}
    await aether("terminate", f"{file.stem}/a")


async def test_a_terminal_shows_a_tree_and_the_run_can_be_cancelled_from_there(aether: Aether) -> None:
    file, _ = document(aether, SLOW)

    async with terminal(aether, "run", file, "--key", "a") as shown:
        await shown.shows("rest")
        shown.process.send_signal(signal.SIGINT)
        await shown.shows("following?")
        shown.type("c\n")
        code = await shown.ended()

    assert 1 == code
    assert "cancelled" in shown.said
    assert "cancelled" == (await aether("show", f"{file.stem}/a", "-o", "json")).data["status"]


async def test_a_second_ctrl_c_leaves_the_run_alone_at_once(aether: Aether) -> None:
    file, _ = document(aether, SLOW)

    async with terminal(aether, "run", file, "--key", "a") as shown:
        await shown.shows("rest")
        shown.process.send_signal(signal.SIGINT)
        await shown.shows("following?")
        shown.process.send_signal(signal.SIGINT)
        code = await shown.ended()

    assert 130 == code
    assert "the run goes on" in shown.said
    assert 0 == (await aether("terminate", f"{file.stem}/a")).code


async def test_fifty_starts_with_one_key_at_one_moment_are_one_run(client: Client) -> None:
    name = f"doc-{uuid4().hex[:8]}"
    parsed = parse(GREET.replace("NAME", name), file="greet.yaml")
    plan = compile_plan(parsed.document, {}, source=parsed.source).plan
    assert plan is not None

    started = await asyncio.gather(
        *(start_run(client, plan, inputs={}, files={}, source=GREET, key="once") for _ in range(50))
    )

    assert {f"{name}/once"} == {each.run for each in started}
    assert 1 == len({(await each.handle.describe()).run_id for each in started})
    assert 1 == sum(not each.attached for each in started)
    assert all(each.same for each in started)


async def test_the_temporal_cli_hands_its_sub_command_over(aether: Aether, server: ServerConfig) -> None:
    """`temporal aether …` finds the program `temporal-aether` and puts its own options first."""
    program = aether.directory / "temporal-aether"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(aether.command())} "$@"\n')
    program.chmod(0o755)
    path = os.pathsep.join([str(aether.directory), os.environ["PATH"]])

    process = await asyncio.create_subprocess_exec(
        find_executable(),
        *("aether", "list", "--limit", "1", "-o", "json", "--address", server.address),
        env=aether.environment() | {"PATH": path},
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    done = await finish(process)

    assert 0 == done.code, done.err
    assert isinstance(done.data, list)


async def test_a_run_nobody_serves_says_who_is_missing(aether: Aether, server: ServerConfig) -> None:
    await prepare(server.with_namespace("deserted"))
    file, _ = document(aether, GREET)

    process = await aether.start("run", file, "--namespace", "deserted")
    assert process.stderr is not None
    said = await line_with(process.stderr, "waiting")
    process.send_signal(signal.SIGINT)
    await finish(process)
    run = (await aether("list", "--namespace", "deserted", "--limit", "1", "-o", "json")).data[0]["run"]
    shown = await aether("show", run, "--namespace", "deserted")

    assert "an orchestrator: none is running" in said
    assert 0 == shown.code
    assert "an orchestrator: none is running" in shown.out


async def test_a_saved_history_can_be_replayed(aether: Aether, payloads: Path) -> None:
    file, _ = document(aether, GREET)
    run = (await aether("run", file, "-o", "json")).data["run"]

    saved = await aether("history", "save", run, "--to", "history.json")

    assert 0 == saved.code, saved.err
    history = WorkflowHistory.from_json(run, (aether.directory / "history.json").read_text())
    await Replayer(workflows=[Run], plugins=[AetherPlugin(payloads=payloads)]).replay_workflow(history)


@pytest.mark.timeout(400)
async def test_fifty_commands_end_without_a_crash(aether: Aether) -> None:
    """The interpreter's own way out crashes now and then once Temporal's client has been used."""
    turns = asyncio.Semaphore(3)

    async def listed() -> int:
        async with turns:
            return (await aether("list", "--limit", "1")).code

    assert {0} == set(await asyncio.gather(*(listed() for _ in range(50))))
