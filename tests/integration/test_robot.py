"""A robot as a real process, with a real browser."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.worker import Worker

from tests.support.eventually import eventually
from tests.support.journey import Journey, Luggage
from tests.support.pending import begun
from tests.support.robot import robot_settings, serving, start_robot
from tests.support.visit import Visit
from workers.server import ServerConfig
from workers.settings import Settings

PAGE = "data:text/html,<title>Hello</title>"
GRACE = timedelta(minutes=2)
"""What a robot that has nothing to wait for does not wait for."""
SOON = 60
"""Seconds: half of that."""


@pytest.fixture
def settings(server: ServerConfig, tmp_path: Path, payloads: Path) -> Settings:
    return robot_settings(server, tmp_path, payloads)


def with_grace(settings: Settings, grace: timedelta) -> Settings:
    return settings.model_copy(update={"robot": settings.robot.model_copy(update={"grace": grace})})


@asynccontextmanager
async def robot(settings: Settings) -> AsyncIterator[Process]:
    """A robot that is still starting; what it has said is shown when a test fails."""
    process = await start_robot(settings, output=PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        output, _ = await process.communicate()
        sys.stdout.write(output.decode())


async def visit(robots_client: Client, settings: Settings, queue: str) -> WorkflowHandle[Visit, Any]:
    return await robots_client.start_workflow(
        Visit.run, args=[settings.robot_id(), "browser.open", {"url": PAGE}], id=queue, task_queue=queue
    )


async def seen(run: WorkflowHandle[Visit, Any]) -> Any:
    while not (output := await run.query(Visit.seen)):  # noqa: ASYNC110 - only the server can tell
        await asyncio.sleep(0.05)
    return output


async def said(process: Process, event: str) -> None:
    assert process.stdout
    async for line in process.stdout:
        if event in line.decode():
            return


def lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def browsers_of(process: Process) -> Callable[[], list[psutil.Process]]:
    children = psutil.Process(process.pid).children(recursive=True)
    return lambda: [child for child in children if lives(child)]


async def test_a_run_gets_a_session_of_a_robot_with_its_tag(
    robots_client: Client, settings: Settings, queue: str
) -> None:
    async with Worker(robots_client, task_queue=queue, workflows=[Visit]), robot(settings) as process:
        run = await visit(robots_client, settings, queue)
        output = await seen(run)
        held = browsers_of(process)()
        await run.signal(Visit.leave)
        await run.result()
        process.terminate()
        code = await process.wait()

    assert "Hello" == output["output"]["title"]
    assert held
    assert 0 == code


async def test_a_run_waits_for_a_session_while_all_of_a_robot_are_taken(
    robots_client: Client, settings: Settings, queue: str
) -> None:
    one = settings.model_copy(update={"robot": settings.robot.model_copy(update={"max_sessions": 1})})
    async with Worker(robots_client, task_queue=queue, workflows=[Visit]), robot(one):
        first = await visit(robots_client, one, queue)
        await seen(first)
        second = await robots_client.start_workflow(
            Visit.run, args=[one.robot_id(), "browser.open", {"url": PAGE}], id=f"{queue}-2", task_queue=queue
        )
        await begun(second, "aether.session")
        before = await second.query(Visit.seen)

        await first.signal(Visit.leave)

        after = await seen(second)
        await second.signal(Visit.leave)
        await second.result()
    assert before is None
    assert "Hello" == after["output"]["title"]


async def test_an_idle_robot_stops_at_once(robots_client: Client, settings: Settings) -> None:
    patient = with_grace(settings, GRACE)
    async with robot(patient) as process:
        await serving(robots_client, patient)

        process.terminate()

        async with asyncio.timeout(SOON):
            assert 0 == await process.wait()


async def test_a_robot_that_stops_hands_its_session_back_within_its_grace(
    robots_client: Client, settings: Settings, queue: str
) -> None:
    async with Worker(robots_client, task_queue=queue, workflows=[Visit]), robot(settings) as process:
        run = await visit(robots_client, settings, queue)
        await seen(run)
        browsers = browsers_of(process)

        process.terminate()

        async with asyncio.timeout(SOON):
            assert 0 == await process.wait()
        await eventually(lambda: not browsers())
        await run.result()


async def test_a_run_with_a_session_may_finish_within_the_grace_of_its_robot(
    robots_client: Client, settings: Settings, queue: str
) -> None:
    patient = with_grace(settings, GRACE)
    async with Worker(robots_client, task_queue=queue, workflows=[Visit]), robot(patient) as process:
        run = await visit(robots_client, settings, queue)
        await seen(run)

        process.terminate()
        await run.signal(Visit.leave)

        async with asyncio.timeout(SOON):
            assert 0 == await process.wait()


async def test_a_run_that_has_continued_as_new_may_finish_within_the_grace_of_its_robot(
    robots_client: Client, settings: Settings, queue: str
) -> None:
    patient = with_grace(settings, GRACE)
    async with Worker(robots_client, task_queue=queue, workflows=[Journey]), robot(patient) as process:
        luggage = Luggage(robot=settings.robot_id())
        run = await robots_client.start_workflow(Journey.run, luggage, id=queue, task_queue=queue)
        first = await run.execute_update(Journey.opened)
        await run.signal(Journey.move, True)  # noqa: FBT003 - a signal's arguments come by position
        while first == await run.execute_update(Journey.opened):  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0.05)

        process.terminate()
        await said(process, "robot.stopping")
        opened = await run.execute_update(Journey.step, args=["browser.open", {"url": PAGE}])
        await run.signal(Journey.leave)

        async with asyncio.timeout(SOON):
            assert 0 == await process.wait()
    assert "Hello" == opened["title"]


async def test_a_second_signal_ends_a_robot_at_once_and_its_browser_with_it(
    robots_client: Client, settings: Settings, queue: str
) -> None:
    patient = with_grace(settings, GRACE)
    async with Worker(robots_client, task_queue=queue, workflows=[Visit]), robot(patient) as process:
        run = await visit(robots_client, patient, queue)
        await seen(run)
        browsers = browsers_of(process)

        process.send_signal(signal.SIGINT)
        await said(process, "robot.stopping")
        process.send_signal(signal.SIGINT)

        async with asyncio.timeout(SOON):
            assert 130 == await process.wait()
        await eventually(lambda: not browsers())
        await run.terminate()


async def test_a_killed_robot_that_nobody_succeeds_leaves_no_browser(
    robots_client: Client, settings: Settings, queue: str
) -> None:
    own = settings.robot.model_copy(update={"browser_linger": timedelta(seconds=1)})
    brief = settings.model_copy(update={"robot": own})
    async with Worker(robots_client, task_queue=queue, workflows=[Visit]), robot(brief) as process:
        run = await visit(robots_client, settings, queue)
        await seen(run)
        browsers = browsers_of(process)

        process.kill()

        await eventually(lambda: not browsers())
        await run.terminate()


async def test_a_run_that_ends_without_a_word_gives_its_session_back(
    robots_client: Client, settings: Settings, queue: str
) -> None:
    async with Worker(robots_client, task_queue=queue, workflows=[Visit]), robot(settings) as process:
        run = await visit(robots_client, settings, queue)
        await seen(run)
        before = len(browsers_of(process)())

        await run.terminate()

        await eventually(lambda: len(browsers_of(process)()) < before)


async def test_a_robot_says_what_is_wrong_with_its_settings(settings: Settings) -> None:
    wrong = settings.robot.model_copy(update={"browser": Path("/nowhere/chrome")})

    process = await start_robot(settings.model_copy(update={"robot": wrong}), output=PIPE)
    output, _ = await process.communicate()

    assert 3 == process.returncode
    assert "'robot.browser'" in output.decode()
    assert "Traceback" not in output.decode()


async def test_a_step_of_a_node_the_robot_does_not_have_is_refused(
    robots_client: Client, settings: Settings, queue: str
) -> None:
    async with Worker(robots_client, task_queue=queue, workflows=[Visit]), robot(settings):
        args = [settings.robot_id(), "browser.dance", {}]
        run = await robots_client.start_workflow(Visit.run, args=args, id=queue, task_queue=queue)
        with pytest.raises(WorkflowFailureError) as caught:
            await run.result()

    assert "browser.dance" in str(caught.value.cause.__cause__)
