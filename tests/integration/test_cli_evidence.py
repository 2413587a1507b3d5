"""What steps that fail leave behind, from a whole robot to the files somebody looks at."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from tests.support.aether import Aether
from tests.support.eventually import eventually
from tests.support.pages import Site, running_site
from tests.support.robot import own_tag, robot_settings, working_robot
from workers.server import ServerConfig
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.run import Run

DOCUMENT = """
aether: 1
name: pays
needs: [browser, TAG]
on_failure: fail
video: true
defaults: {retry: {delays: [10ms]}}
steps:
  - {id: open, do: browser.open, with: {url: "URL"}}
  - id: all
    for_each: [1, 2]
    do:
      - {id: look, do: browser.expect, with: {title: Orders}}
      - {id: pay, do: browser.click, with: {target: {role: button, name: Pay}}, timeout: 1s}
"""


@dataclass(frozen=True)
class Failed:
    """A run whose step has failed, and the command line that looks at it."""

    aether: Aether
    run: str
    error: dict[str, Any]

    async def show(self, *options: str | Path) -> Any:
        done = await self.aether("show", self.run, *options, "-o", "json")
        assert 0 == done.code, done.err
        return done.data

    def path(self, name: str) -> Path:
        return self.aether.directory / name


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        running.page("/", "<h1>Nothing to pay</h1><script>console.warn('no orders')</script>", title="Orders")
        yield running


@pytest.fixture(scope="module")
async def failed(
    robots_client: Client, server: ServerConfig, payloads: Path, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Failed]:
    directory = tmp_path_factory.mktemp("evidence")
    tag = own_tag()
    settings = robot_settings(server, directory / ".aether", payloads, tag=tag)
    aether = Aether(directory, settings.variables())
    document = aether.write("pays.yaml", DOCUMENT.replace("TAG", tag).replace("URL", site.url()))
    async with (
        Worker(robots_client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]),
        working_robot(robots_client, settings),
    ):
        done = await aether("run", document, "-o", "json")
        yield Failed(aether, done.data["run"], done.data["error"])


async def test_a_failed_run_refers_to_what_its_step_left_behind(failed: Failed) -> None:
    text = await failed.aether("show", failed.run)

    assert "ElementNotFoundError" == failed.error["type"]
    assert {"console", "screenshot", "source", "trace"} == failed.error["evidence"].keys()
    assert f"aether show {failed.run} --trace pay" in text.out


async def test_its_evidence_is_written_as_files_that_people_can_open(failed: Failed) -> None:
    shown = await failed.show("--evidence", "out")

    written = {piece["kind"]: (piece["place"], piece["attempt"], piece["path"]) for piece in shown["evidence"]}
    assert ("all[0].pay", 2, str(Path("out", "screenshot.png"))) == written["screenshot"]
    assert failed.path("out/screenshot.png").read_bytes().startswith(b"\x89PNG")
    assert "Nothing to pay" in failed.path("out/source.html").read_text("utf-8")
    assert failed.path("out/video-1.avi").read_bytes().startswith(b"RIFF")
    console = json.loads(failed.path("out/console.json").read_text("utf-8"))
    assert ["no orders"] == [message["text"] for message in console["console"]]


async def test_its_trace_is_written_with_the_command_that_opens_it(failed: Failed) -> None:
    done = await failed.aether("show", failed.run, "--trace", "pay")

    path = failed.path("all[0].pay-trace.zip")
    assert f"{path.name}\n" == done.out
    assert f"-m playwright show-trace '{path.name}'" in done.err
    with await asyncio.to_thread(zipfile.ZipFile, path) as trace:
        assert b'"title":"all[0].pay"' in trace.read("trace.trace")


async def test_a_parked_run_shows_its_evidence_too(failed: Failed) -> None:
    text = failed.path("pays.yaml").read_text("utf-8").replace("on_failure: fail\n", "").replace("[10ms]", "[]")
    document = failed.aether.write("parks.yaml", text)

    parked = await failed.aether("run", document, "-o", "json")
    shown = await Failed(failed.aether, parked.data["run"], parked.data["error"]).show("--evidence", "parked")

    told = await failed.aether("show", parked.data["run"])
    assert ("parked", 5) == (parked.data["status"], parked.code)
    assert "--trace 'all[0].pay'" in told.out
    assert {"all[0].pay"} == {piece["place"] for piece in shown["evidence"] if piece["kind"] != "video"}
    assert "Nothing to pay" in failed.path("parked/source.html").read_text("utf-8")
    await failed.aether("terminate", parked.data["run"])


async def test_a_step_without_a_trace_is_told_from_one_that_is_not_there(failed: Failed) -> None:
    without = await failed.aether("show", failed.run, "--trace", "open")
    nowhere = await failed.aether("show", failed.run, "--trace", "opne")

    assert 2 == without.code == nowhere.code
    assert "step 'open' of run" in without.err
    assert "has left no trace" in without.err
    assert "has tried no step 'opne'" in nowhere.err


async def test_what_is_kept_cannot_be_read_without_the_key(failed: Failed) -> None:
    kept = [path for path in failed.path(".aether/artifacts/evidence").rglob("*") if path.is_file()]

    assert len(kept) >= 9, "four pieces of each attempt, and a film"
    plain = (b"\x89PNG", b"PK\x03", b'{"', b"<!d", b"<ht", b"RIFF")
    assert not [path for path in kept if path.read_bytes().startswith(plain)]


async def test_nothing_of_it_is_left_where_it_was_recorded(failed: Failed) -> None:
    scratch = failed.path(".aether/scratch")

    await eventually(lambda: not [path for path in scratch.rglob("*") if path.is_file()])
