"""What is done to runs whose histories are kept."""

from __future__ import annotations

import asyncio
from typing import Any

from temporalio.client import WorkflowHandle

from tests.support.machine import plan_of
from tests.support.runs import progress, waiting
from workflows.answers import (
    DECIDE_UPDATE,
    EVENT_SIGNAL,
    FIX_UPDATE,
    PAUSE_UPDATE,
    RESUME_UPDATE,
    DecideRequest,
    EventMessage,
    FixRequest,
    PersonRequest,
)
from workflows.fleet import RETURNED_TO_SIGNAL, Placement, RobotReturned
from workflows.start import RunResult

Handle = WorkflowHandle[Any, RunResult]


async def leave_alone(_run: Handle) -> None:
    """Let the run come to its own end."""


async def cancel_at_work(run: Handle) -> None:
    """Cancel the run in the middle of a step."""
    await _at_work(run, "test.hang")
    await run.cancel()


async def cancel_the_call(run: Handle) -> None:
    """Cancel the run while it waits for another."""
    await waiting(run, "child")
    await run.cancel()


async def approve(run: Handle) -> None:
    """Say yes."""
    asked = await waiting(run, "person")
    request = DecideRequest(number=asked.number or 0, approved=True, by="ada", form={"limit": 3})
    await run.execute_update(DECIDE_UPDATE, request)


async def send_events(run: Handle) -> None:
    """Send events early, twice, and with another key."""
    await waiting(run, "event")
    for key in ("A-1", "A-2", "A-2"):
        await run.signal(EVENT_SIGNAL, EventMessage(event="paid", key=key, data=key, id=key))
    await run.signal(EVENT_SIGNAL, EventMessage(event="go", data="now"))


async def fix_twice(run: Handle) -> None:
    """Have the parked step tried again, then mend it with a corrected document."""
    await _fix(run, "retry")
    async with asyncio.timeout(30):
        while not (await progress(run)).decisions or not (await progress(run)).waits:  # noqa: ASYNC110 - asked for
            await asyncio.sleep(0.05)
    mended: list[Any] = [{"id": "a", "do": "test.read"}, {"id": "b", "do": "page.read", "with": {"n": 5}}]
    await _fix(run, "retry", plan=plan_of(mended, on_failure="park", outputs={"n": "${{ b.n }}"}))


async def abort(run: Handle) -> None:
    """Give a parked run up, when it has given its session back."""
    while (await waiting(run, "parked")).due is not None:  # noqa: ASYNC110 - asked for
        await asyncio.sleep(0.05)
    await _fix(run, "abort")


async def replace_the_process(run: Handle) -> None:
    """Tell the run, while it waits, that its robot has a new process: with its page, and later without."""
    page = f"{run.first_execution_run_id}/1"
    for kept in (Placement(id=page, robot=None, lease=1_000),), ():
        await waiting(run, "event")
        robot = (await progress(run)).robot or ""
        gone = () if kept else (page,)
        await run.signal(RETURNED_TO_SIGNAL, RobotReturned(robot=robot, kept=kept, gone=gone))
        await run.signal(EVENT_SIGNAL, EventMessage(event="go", data=None, id=f"{len(kept)}"))


async def replace_the_process_at_work(run: Handle) -> None:
    """Tell the run, in the middle of a step, that its robot has a new process which has its page still."""
    await _at_work(run, "page.open")
    page = Placement(id=f"{run.first_execution_run_id}/1", robot=None, lease=1_000)
    robot = (await progress(run)).robot or ""
    await run.signal(RETURNED_TO_SIGNAL, RobotReturned(robot=robot, kept=(page,)))


async def give_up_waiting(run: Handle) -> None:
    """Have the run go on when its pool has said that there is no robot for it."""
    while not (await waiting(run, "robot")).unroutable:  # noqa: ASYNC110 - asked for
        await asyncio.sleep(0.05)
    await run.signal(EVENT_SIGNAL, EventMessage(event="go", data=None))


async def pause_and_resume(run: Handle) -> None:
    """Stop the run between two steps, and let it go on."""
    await waiting(run, "timer")
    await run.execute_update(PAUSE_UPDATE, PersonRequest(by="ada"))
    await asyncio.sleep(0.4)
    await run.execute_update(RESUME_UPDATE, PersonRequest(by="ada"))


async def answer_all(run: Handle) -> None:
    """Answer everything, when the run has continued as new and its call has ended."""
    while (await run.describe()).run_id == run.first_execution_run_id:  # noqa: ASYNC110 - asked for
        await asyncio.sleep(0.05)
    await _fix(run, "set-output", output={"n": 1})
    asked = await waiting(run, "person")
    await run.execute_update(DECIDE_UPDATE, DecideRequest(number=asked.number or 0, approved=False, by="ada"))


async def _at_work(run: Handle, node: str) -> None:
    while not any(part.kind == node and part.status == "running" for part in (await progress(run)).steps):  # noqa: ASYNC110 - asked for
        await asyncio.sleep(0.05)


async def _fix(run: Handle, action: Any, **facts: Any) -> None:
    parked = await waiting(run, "parked")
    await run.execute_update(FIX_UPDATE, FixRequest(number=parked.number or 0, action=action, by="ada", **facts))
