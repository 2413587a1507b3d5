"""Where a secret may be seen: by the server it is sent to and by the page it is typed into, nowhere else."""

from __future__ import annotations

import asyncio
import base64
import os
import sys
from asyncio.subprocess import STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from temporalio.api.enums.v1 import TaskQueueType

from tests.support.installation import Installation, installation
from tests.support.server import temporal_server
from tests.support.web import Received, Web, respond, web
from workers.pollers import wait_for_poller
from workers.settings import RobotSettings
from workflows.ids import RobotId, robot_queue

SECRET = "Tr0ub4dor & 3/ünsöld"
MARK = "a plain text that may be seen"
"""Proof that the search finds what is there."""

DOCUMENT = """
aether: 1
name: leaks
steps:
  - id: echo
    do: http.request
    with:
      method: POST
      url: "SITE/echo"
      auth: {username: ann, password: "${{ secret('password') }}"}
      json: {token: "${{ secret('password') }}", note: "MARK"}
  - try:
      - do: http.request
        with:
          url: "SITE/refuse"
          params: {token: "${{ secret('password') }}"}
    catch:
      - on: any
        as: problem
        do:
          - set: {told: "${{ problem }}"}
  - do: browser.open
    with: {url: "SITE/login"}
  - do: browser.fill
    with: {target: "#password", value: "${{ secret('password') }}"}
  - id: typed
    do: browser.read
    with: {target: "#password"}
  - id: shown
    do: browser.read
    with: {target: "#shown"}
  - try:
      - do: browser.click
        timeout: 2s
        retry: {delays: []}
        with: {target: {text: "nobody wrote this"}}
    catch:
      - on: any
        as: missing
        do:
          - set: {also: "${{ missing }}"}
  - do: browser.screenshot
outputs:
  echo: "${{ echo }}"
  typed: "${{ typed }}"
  shown: "${{ shown }}"
  told: "${{ told }}"
  also: "${{ also }}"
"""
PAGE = b"""<!doctype html><title>Log in</title>
<input id=password oninput="shown.textContent = 'You typed ' + this.value"><p id=shown></p>"""


async def echo(request: Received, writer: asyncio.StreamWriter) -> None:
    await respond(writer, 200, b"%s %s" % (repr(request.headers).encode(), request.body))


async def refuse(request: Received, writer: asyncio.StreamWriter) -> None:
    await respond(writer, 403, request.path.encode())


@asynccontextmanager
async def robot(place: Installation, log: Path) -> AsyncIterator[None]:
    """A robot that logs all it can."""
    settings = place.settings.model_copy(update={"robot": RobotSettings(id="leaky", grace="1s")})
    with await asyncio.to_thread(log.open, "wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "workers.robot",
            env=os.environ | settings.environment() | {"AETHER_LOG_LEVEL": "debug"},
            stdout=output,
            stderr=STDOUT,
        )
        try:
            queue = robot_queue(RobotId("leaky"))
            await wait_for_poller(place.client, queue, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
            yield
        finally:
            process.terminate()
            await process.wait()


@asynccontextmanager
async def site() -> AsyncIterator[Web]:
    async with web() as served:
        served.behave("/echo", echo)
        served.behave("/refuse", refuse)
        served.answer("/login", 200, PAGE, Content_Type="text/html")
        yield served


def spellings(secret: str) -> set[bytes]:
    plain = secret.encode()
    encoded = {base64.b64encode(b"\0" * shift + plain)[4:-4] for shift in range(3)}
    return {plain, quote(secret).encode(), secret.encode("unicode-escape"), *encoded}


def files_with(directory: Path, text: bytes) -> list[str]:
    found = (path for path in directory.rglob("*") if path.is_file() and text in path.read_bytes())
    return sorted(path.relative_to(directory).as_posix() for path in found)


async def test_a_secret_is_nowhere_but_where_it_was_sent(tmp_path: Path) -> None:
    async with (
        temporal_server(tmp_path, database=tmp_path / "temporal.db") as server,
        installation(server, tmp_path / "state") as place,
        site() as served,
    ):
        await place.set_secret("password", SECRET)
        text = DOCUMENT.replace("SITE", served.url("").rstrip("/")).replace("MARK", MARK)
        async with robot(place, tmp_path / "robot.log"):
            run = await place.start(text)
            result = await run.result()
            history = (await run.fetch_history()).to_json()
        (tmp_path / "history.json").write_text(history)
        (tmp_path / "outputs.json").write_text(result.model_dump_json())

    asked, refused = (received for received in served.received if received.path != "/login")
    assert SECRET in asked.body.decode()
    assert quote(SECRET, safe="") in refused.path.replace("+", "%20")
    assert {} == {text: where for text in spellings(SECRET) if (where := files_with(tmp_path, text))}
    assert "temporal.db" in files_with(tmp_path, MARK.encode())
    assert "***" in str(result.outputs["typed"])
    assert "You typed ***" in str(result.outputs["shown"])
    assert "step.finished" in (tmp_path / "robot.log").read_text()
