"""`aether demo --kill`: of two robots, the one at work is killed in the middle of a form; the other goes on with it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta

from rich.text import Text
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.client import Client

from cli.caller import Caller
from cli.demo import begin, entered, portal, show_invoices, throw_away
from cli.failure import ExitCode
from cli.output import Output
from cli.running import watch
from cli.views import record
from workers.children import running
from workers.client import connect
from workers.dev import ORCHESTRATOR, environment, stack
from workers.pollers import wait_for_poller
from workers.records import progress_of
from workers.server import load
from workers.settings import Settings
from workflows.ids import RobotId, RunId, robot_queue
from workflows.progress import RunProgress

ROBOTS = ("robot-1", "robot-2")
_FIELD = re.compile(r"enter_all\[(?P<form>\d+)\]\.(supplier|invoice_number|invoice_date|amount|currency|note)")
_FIRST_FORM = 5
"""From which form on the robot is killed, at the first of the fields at which the run is seen."""
_PAUSE = 0.05
_START = timedelta(seconds=75)
"""How long a robot may take to be there: two of them start on one machine."""


@dataclass(slots=True)
class Loss:
    """What became of the robot at work."""

    robot: str = ""
    form: int = 0
    """The number of the form it was in the middle of."""
    heir: str = ""
    """Who went on."""
    seconds: float = 0.0
    """How long nobody worked for the run."""


def run_killing_demo(caller: Caller, *, headed: bool) -> int:
    """Show it once."""
    with throw_away(caller, headed=headed) as settings:
        return asyncio.run(_show(settings, Output(caller)))


async def _show(settings: Settings, output: Output) -> int:
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))  # either way out ends what was started
    output.note(Text("starting a Temporal server, an orchestrator, two robots and a supplier portal…", style="dim"))
    config = load().on_free_ports()
    async with (
        portal(settings.state) as site,
        stack(settings, config=config, parts=(ORCHESTRATOR,), report=output.note) as up,
        _robots(up.settings) as pids,
    ):
        client, run = await begin(up, site, output)
        killing = asyncio.create_task(_kill_at_work(client, run, pids))
        watched = await watch(client, up.settings, run, output, interruption=asyncio.Event())
        killing.cancel()  # where the run has ended before
        await asyncio.wait({killing})
        loss = Loss() if killing.cancelled() else killing.result()
        records = await entered(up, watched.view)
        if output.text:
            show_invoices(output, watched.view, records)
            if loss.heir:
                output.show(_words(loss))
        else:
            output.write(record(watched.view, up.settings) | {"lost": asdict(loss)})
    return ExitCode.OK if watched.view.row.status == "completed" else ExitCode.RUN_FAILED


def _words(loss: Loss) -> Text:
    return Text.assemble(
        (loss.robot, "bold red"),
        f" was killed in the middle of form {loss.form}; ",
        (loss.heir, "bold green"),
        f" went on with the same run, in the same form, {loss.seconds:.1f} s later",
    )


@asynccontextmanager
async def _robots(settings: Settings) -> AsyncIterator[dict[str, int]]:
    """Two robots that nobody starts again; their process ids by name."""
    first, second = (_own(settings, name) for name in ROBOTS)
    async with _robot(first) as one, _robot(second) as two:
        yield {ROBOTS[0]: one, ROBOTS[1]: two}


@asynccontextmanager
async def _robot(settings: Settings) -> AsyncIterator[int]:
    name = RobotId(str(settings.robot.id))
    command = [sys.executable, "-P", "-m", "workers.robot"]
    log = settings.state / "logs" / f"{name}.log"
    async with running(command, log=log, environ=environment(settings.variables())) as process:
        client = await connect(settings)
        await wait_for_poller(client, robot_queue(name), TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY, patience=_START)
        yield process.pid


def _own(settings: Settings, name: str) -> Settings:
    return settings.model_copy(update={"robot": settings.robot.model_copy(update={"id": name})})


async def _kill_at_work(client: Client, run: RunId, pids: dict[str, int]) -> Loss:
    """Kill the robot that holds the run's page once it is in the middle of a form; see who goes on."""
    at_work = await _when(client, run, lambda progress: progress.robot in pids and _form(progress) >= _FIRST_FORM)
    loss, killed = Loss(robot=at_work.robot or "", form=_form(at_work)), time.monotonic()
    os.killpg(pids[loss.robot], signal.SIGKILL)
    heir = await _when(client, run, lambda progress: progress.robot in pids.keys() - {loss.robot})
    loss.heir, loss.seconds = heir.robot or "", time.monotonic() - killed
    return loss


async def _when(client: Client, run: RunId, holds: Callable[[RunProgress], bool]) -> RunProgress:
    handle = client.get_workflow_handle(run)
    while (progress := await progress_of(handle)) is None or not holds(progress):  # noqa: ASYNC110 - asked for
        await asyncio.sleep(_PAUSE)
    return progress


def _form(progress: RunProgress) -> int:
    """The number of the form in whose fields the run is; 0 where it is elsewhere."""
    field = _FIELD.fullmatch(progress.step or "")
    return int(field["form"]) + 1 if field else 0
