"""What a run says to what people want of it, and to how the runs that it has called end."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from temporalio.exceptions import ApplicationError, CancelledError, ChildWorkflowError, TerminatedError

from tests.support.machine import World, plan_of, raised
from workflows.answers import FixRequest, PersonRequest
from workflows.errands import CALL_CANCELLED, child_ended, child_error
from workflows.errors import AnswerRefusedError
from workflows.events import NodeCalledOff
from workflows.protocol import Finish
from workflows.requests import check_pause, check_resume, fixed
from workflows.run import Run
from workflows.situation import situation_of

PLAN = plan_of([{"id": "a", "do": "test.read", "retry": {"delays": []}}], on_failure="park")


def parked() -> World:
    world = World(PLAN, lambda _call: raised())
    world.run()
    return world


def test_an_answer_made_for_another_version_of_the_document_is_refused() -> None:
    world = parked()
    (waiting,) = situation_of(world.plan, world.state)
    request = FixRequest(number=waiting.number or 0, action="retry", by="ada", plan=PLAN, revision=3)

    with pytest.raises(AnswerRefusedError, match="it is at version 0, and this answer was made for version 3"):
        fixed(world.plan, world.state, request)


def test_what_is_paused_is_not_paused_again() -> None:
    state = parked().state

    check_pause(state)
    check_resume(replace(state, paused=True))
    with pytest.raises(AnswerRefusedError, match="paused already"):
        check_pause(replace(state, paused=True))
    with pytest.raises(AnswerRefusedError, match="is being cancelled"):
        check_pause(replace(state, cancel="asked"))
    with pytest.raises(AnswerRefusedError, match="is not paused"):
        check_resume(state)


def test_a_run_that_has_not_begun_tells_nothing() -> None:
    run = Run(())

    assert run.progress() is None
    assert "the run has not begun yet; ask again" == run.would_fix(FixRequest(number=1, action="retry", by="ada"))


def _failed(cause: BaseException) -> ChildWorkflowError:
    error = ChildWorkflowError(
        "failed", namespace="default", workflow_id="child", run_id="1", workflow_type="sub", initiated_event_id=1,
        started_event_id=2, retry_state=None,
    )  # fmt: skip
    error.__cause__ = cause
    return error


def test_errors_of_called_runs_keep_their_type() -> None:
    refused = child_error(_failed(ApplicationError("no", type="TooDearError")))
    ended = child_error(_failed(TerminatedError("by hand")))

    assert ("TooDearError", "no") == (refused.type, refused.message)
    assert CALL_CANCELLED == child_error(_failed(CancelledError("stopped")))
    assert ("CallFailedError", None) == (ended.type, ended.acted)


async def test_a_call_that_was_called_off_before_it_began_ends_so() -> None:
    work: asyncio.Task[None] = asyncio.create_task(asyncio.sleep(0))
    work.cancel()
    await asyncio.wait([work])

    assert NodeCalledOff(7) == child_ended(7, work)


def test_what_comes_before_the_first_moment_is_taken_up_and_what_comes_after_the_last_is_refused() -> None:
    run = Run(())

    run.check_pause(PersonRequest(by="ada"))
    run._finish = Finish("completed")  # noqa: SLF001 - only a server could end it otherwise
    with pytest.raises(ApplicationError, match="the run is not at work any more"):
        run.check_pause(PersonRequest(by="ada"))
