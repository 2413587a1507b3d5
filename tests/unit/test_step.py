from __future__ import annotations

import asyncio
import dataclasses
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.step import step_activity
from tests.support.bell import (
    Behaviour,
    Bell,
    Ring,
    Rung,
    bell_node,
    failing,
    ring_forever,
    ring_once,
    steps_with,
)
from tests.support.eventually import eventually
from tests.support.steps import Steps, failure_of
from workflows.call import SecretRef, SecretSlot
from workflows.errors import BusinessError, InvalidParamsError, RobotError
from workflows.spec import Effect


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def steps(tmp_path: Path, bell: Bell) -> Steps:
    return steps_with(bell, tmp_path)


def with_secret(*parts: str | SecretRef) -> dict[str, Any]:
    return {"slots": [SecretSlot(path=("tone",), parts=parts)]}


async def test_the_output_is_the_nodes_result(steps: Steps, bell: Bell) -> None:
    assert {"heard": "dong"} == await steps.do(bell_node(ring_once), {"tone": "dong"})
    assert ["dong"] == bell.rings


async def test_wrong_parameters_are_named_all_at_once_and_nothing_is_done(steps: Steps, bell: Bell) -> None:
    error = await failure_of(steps.do(bell_node(ring_once), {"tone": 3, "tims": 2}))

    assert ("InvalidParamsError", "configuration", "it", False) == (error.type, error.kind, error.step, error.acted)
    assert (
        "bell.ring cannot take these parameters: field 'tims': 'tims' is not a parameter of this node "
        "(did you mean 'times'?); field 'tone': expected text, not 3"
    ) == error.message
    assert [] == bell.rings


def test_parameters_that_are_no_mapping_are_refused() -> None:
    with pytest.raises(InvalidParamsError, match="bell"):
        bell_node(ring_once).read_params("loud")


async def test_a_secret_reaches_the_node_and_nobody_else(steps: Steps, bell: Bell) -> None:
    with capture_logs() as lines:
        output = await steps.do(bell_node(ring_once), {"tone": None}, **with_secret("<", SecretRef(secret="tone"), ">"))

    assert ["<s3cret bim-bam>"] == bell.rings
    assert {"heard": "<***>"} == output
    assert "bim-bam" not in str(lines)


async def test_no_error_tells_a_secret(steps: Steps) -> None:
    class LeakError(RobotError):
        """Tells too much."""

    async def leak(_bell: Bell, params: Ring) -> Rung:
        raise LeakError(f"cannot ring {params.tone!r}", tone=params.tone) from ValueError(params.tone)

    ring = bell_node(leak)
    with capture_logs() as lines, pytest.raises(ApplicationError) as caught:
        await steps.environment.run(
            step_activity(ring, steps._providers[1], steps.workbench),  # noqa: SLF001 - the raw failure is the point
            {"tone": None},
            steps.call(ring, {}, secrets=with_secret(SecretRef(secret="tone"))["slots"]),
        )

    assert "cannot ring '***'" == caught.value.message
    assert {"tone": "***"} == caught.value.details[0]["details"]
    assert "bim-bam" not in str(lines)
    assert caught.value.__cause__ is None, "Temporal sends and logs causes"
    assert caught.value.__suppress_context__


async def test_a_bug_is_logged_with_its_place_and_without_secrets(steps: Steps) -> None:
    async def stumble(_bell: Bell, params: Ring) -> Rung:
        raise KeyError(params.tone)

    with capture_logs() as lines:
        error = await failure_of(steps.do(bell_node(stumble), {"tone": None}, **with_secret(SecretRef(secret="tone"))))

    assert ("NodeFailedError", "robot", None) == (error.type, error.kind, error.acted)
    assert "bell.ring failed: KeyError: '***'" == error.message
    [broken] = [line for line in lines if line["event"] == "step.broken"]
    assert "in stumble" in broken["traceback"]
    assert "bim-bam" not in str(lines)


async def test_an_unknown_secret_is_a_configuration_error_and_nothing_is_done(steps: Steps, bell: Bell) -> None:
    error = await failure_of(
        steps.do(bell_node(ring_once), {"tone": None}, **with_secret(SecretRef(secret="nobody-set-it")))
    )

    assert ("UnknownSecretError", "configuration", False) == (error.type, error.kind, error.acted)
    assert [] == bell.rings


@dataclasses.dataclass(frozen=True)
class Raised:
    """What a node raises and what a run sees of it."""

    id: str
    error: Exception
    type: str
    kind: str
    acted: bool | None


@pytest.mark.parametrize(
    "case",
    [
        Raised("domain", RobotError("stuck"), "RobotError", "robot", acted=False),
        Raised("domain-acted", RobotError("stuck", acted=True), "RobotError", "robot", acted=True),
        Raised("business", BusinessError("too loud"), "BusinessError", "business", acted=False),
        Raised("disk", OSError(28, "No space left on device"), "MachineError", "robot", acted=None),
        Raised("memory", MemoryError(), "MachineError", "robot", acted=None),
        Raised("timeout", TimeoutError(), "NodeFailedError", "robot", acted=None),
        Raised("group", ExceptionGroup("tasks", [RobotError("stuck")]), "RobotError", "robot", acted=False),
        Raised("bug", ZeroDivisionError("1/0"), "NodeFailedError", "robot", acted=None),
    ],
    ids=lambda case: case.id,
)
async def test_whatever_a_node_raises_its_run_learns_who_must_act(steps: Steps, case: Raised) -> None:
    error = await failure_of(steps.do(bell_node(failing(case.error))))

    assert (case.type, case.kind, case.acted) == (error.type, error.kind, error.acted)


async def test_a_bug_in_a_node_that_only_reads_has_done_nothing(steps: Steps) -> None:
    error = await failure_of(steps.do(bell_node(failing(KeyError("x")), Effect.READ)))

    assert error.acted is False


async def test_what_fails_before_the_node_is_called_has_done_nothing(steps: Steps, bell: Bell) -> None:
    bell.broken = ZeroDivisionError()

    error = await failure_of(steps.do(bell_node(ring_once)))

    assert error.acted is False


async def test_business_errors_do_not_alarm_anybody(steps: Steps) -> None:
    ring = bell_node(failing(BusinessError("too loud")))

    with pytest.raises(ApplicationError) as caught:
        await steps.environment.run(
            step_activity(ring, steps._providers[1], steps.workbench),  # noqa: SLF001 - the raw failure is the point
            {},
            steps.call(ring, {}),
        )

    assert ApplicationErrorCategory.BENIGN == caught.value.category
    assert caught.value.non_retryable


async def test_a_step_over_its_timeout_is_stopped_and_nobody_knows_what_it_did(steps: Steps, bell: Bell) -> None:
    error = await failure_of(steps.do(bell_node(ring_forever), timeout=0.2))

    assert ("StepTimeoutError", None) == (error.type, error.acted)
    assert "step 'it' (bell.ring) took longer than its timeout of 200ms" == error.message
    assert 0 == bell.lent, "its session was given back"


async def test_a_step_that_only_reads_has_done_nothing_when_it_times_out(steps: Steps) -> None:
    error = await failure_of(steps.do(bell_node(ring_forever, Effect.READ), timeout=0.1))

    assert error.acted is False


async def test_the_second_attempt_of_an_effect_is_refused_before_it_acts(steps: Steps, bell: Bell) -> None:
    steps.environment.info = dataclasses.replace(steps.environment.info, attempt=2)

    error = await failure_of(steps.do(bell_node(ring_once)))

    assert ("OutcomeUnknownError", "unknown-outcome", None) == (error.type, error.kind, error.acted)
    assert [] == bell.rings


async def test_a_step_that_may_be_repeated_is_done_at_any_attempt(steps: Steps, bell: Bell) -> None:
    steps.environment.info = dataclasses.replace(steps.environment.info, attempt=2)

    await steps.do(bell_node(ring_once), effect=Effect.IDEMPOTENT)

    assert ["ding"] == bell.rings


async def test_the_server_hears_of_a_step_all_the_while(tmp_path: Path, bell: Bell) -> None:
    steps = steps_with(bell, tmp_path, heartbeat=timedelta(milliseconds=10))
    beats: list[object] = []
    steps.environment.on_heartbeat = lambda *details: beats.append(details)

    await failure_of(steps.do(bell_node(ring_forever), timeout=0.3))

    assert len(beats) >= 3
    assert {()} == set(beats), "heartbeats say nothing that could be secret"


async def test_heartbeats_keep_up_with_an_impatient_server(steps: Steps) -> None:
    beats: list[object] = []
    steps.environment.on_heartbeat = lambda *details: beats.append(details)
    steps.environment.info = dataclasses.replace(steps.environment.info, heartbeat_timeout=timedelta(milliseconds=60))

    await failure_of(steps.do(bell_node(ring_forever), timeout=0.2))

    assert beats


async def test_a_step_ends_when_the_server_cannot_be_told_of_it(tmp_path: Path, bell: Bell) -> None:
    steps = steps_with(bell, tmp_path, heartbeat=timedelta(milliseconds=10))

    def refuse(*_: object) -> None:
        msg = "no heartbeat possible"
        raise RuntimeError(msg)

    steps.environment.on_heartbeat = refuse

    error = await failure_of(steps.do(bell_node(ring_forever)))

    assert "no heartbeat possible" in error.message
    assert 0 == bell.lent


async def cancelled(steps: Steps, bell: Bell, behaviour: Behaviour) -> float:
    """Cancel a step in its middle; how many seconds it took to stop."""
    doing = asyncio.ensure_future(steps.do(bell_node(behaviour)))
    await eventually(lambda: bool(bell.rings))
    started = time.monotonic()
    steps.environment.cancel()
    with pytest.raises(asyncio.CancelledError):
        await doing
    return time.monotonic() - started


async def test_a_cancelled_step_gives_its_session_back_and_says_who_cancelled(steps: Steps, bell: Bell) -> None:
    with capture_logs() as lines:
        seconds = await cancelled(steps, bell, ring_forever)

    assert seconds < 1
    assert 0 == bell.lent
    [line] = [line for line in lines if line["event"] == "step.finished"]
    assert ("cancelled", "cancel_requested") == (line["outcome"], line["reason"])


async def test_a_node_that_does_not_listen_is_left_behind_within_two_seconds(tmp_path: Path, bell: Bell) -> None:
    steps = steps_with(bell, tmp_path, grace=timedelta(milliseconds=100))
    release = asyncio.Event()

    async def ring_deafly(bell: Bell, params: Ring) -> Rung:
        bell.rings.append(params.tone)
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        return Rung(heard=None)

    with capture_logs() as lines:
        seconds = await cancelled(steps, bell, ring_deafly)

    assert seconds < 2
    assert "step.abandoned" in [line["event"] for line in lines]
    release.set()
    await eventually(lambda: bell.lent == 0)


async def test_a_node_that_cancels_itself_has_failed(steps: Steps) -> None:
    async def give_up(_bell: Bell, _params: Ring) -> Rung:
        raise asyncio.CancelledError

    error = await failure_of(steps.do(bell_node(give_up)))

    assert ("NodeFailedError", None) == (error.type, error.acted)


async def test_blocking_work_in_a_thread_does_not_hold_a_cancelled_step(steps: Steps, bell: Bell) -> None:
    release = threading.Event()

    async def ring_in_thread(bell: Bell, params: Ring) -> Rung:
        bell.rings.append(params.tone)
        await asyncio.to_thread(release.wait)
        return Rung(heard=None)

    seconds = await cancelled(steps, bell, ring_in_thread)
    release.set()

    assert seconds < 2


async def test_an_output_too_large_for_a_run_is_refused_with_what_to_do(tmp_path: Path, bell: Bell) -> None:
    steps = steps_with(bell, tmp_path, result_limit=1000)

    error = await failure_of(steps.do(bell_node(ring_once), {"tone": "ö" * 600}))

    assert ("ResultTooLargeError", True) == (error.type, error.acted)
    assert "have the step write a file" in error.message


async def test_each_step_leaves_one_line_in_the_log(steps: Steps) -> None:
    with capture_logs() as lines:
        await steps.do(bell_node(ring_once))
        await failure_of(steps.do(bell_node(failing(RobotError("stuck")))))

    assert ["done", "failed"] == [line["outcome"] for line in lines]
    assert {"step.finished"} == {line["event"] for line in lines}
    assert "RobotError" == lines[1]["error"]
