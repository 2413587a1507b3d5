"""What the end of an activity means to a run."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio import exceptions
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, RetryState, TimeoutType

from workflows.call import ErrorValue
from workflows.effects import Raised, Vanished
from workflows.failure import Stopped, ending_of


def ended(cause: BaseException | None) -> ActivityError:
    """An activity's failure, as a workflow sees it."""
    error = ActivityError(
        "Activity task failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="robot",
        activity_type="test.read",
        activity_id="1",
        retry_state=RetryState.MAXIMUM_ATTEMPTS_REACHED,
    )
    error.__cause__ = cause
    return error


def timed_out(kind: TimeoutType) -> ActivityError:
    return ended(exceptions.TimeoutError("timed out", type=kind, last_heartbeat_details=[]))


def test_a_robot_that_fell_silent_has_vanished_with_the_attempt() -> None:
    ending = ending_of(timed_out(TimeoutType.HEARTBEAT))

    assert isinstance(ending, Vanished)
    assert (True, True, "RobotLostError") == (ending.taken, ending.robot_lost, ending.error.type)


def test_a_step_over_its_time_has_not_cost_the_robot() -> None:
    ending = ending_of(timed_out(TimeoutType.START_TO_CLOSE))

    assert isinstance(ending, Vanished)
    assert (True, False, "StepTimeoutError") == (ending.taken, ending.robot_lost, ending.error.type)


def test_a_step_no_robot_took_has_done_nothing() -> None:
    ending = ending_of(timed_out(TimeoutType.SCHEDULE_TO_START))

    assert isinstance(ending, Vanished)
    assert (False, True) == (ending.taken, ending.robot_lost)


def test_a_robot_stopped_in_the_middle_has_vanished() -> None:
    assert isinstance(ending_of(ended(ApplicationError("stopped", type="WorkerShutdown"))), Vanished)


def test_an_error_is_what_the_robot_said_it_was() -> None:
    said = ErrorValue(type="PageError", kind="robot", message="no answer", acted=False)

    ending = ending_of(ended(ApplicationError(said.message, said.model_dump(mode="json"), type=said.type)))

    assert Raised(said) == ending


@pytest.mark.parametrize("details", [(), ({"odd": 1},)])
def test_an_error_nobody_described_may_have_done_anything(details: tuple[Any, ...]) -> None:
    ending = ending_of(ended(ApplicationError("odd", *details, type="OddError")))

    assert isinstance(ending, Raised)
    assert ("OddError", "robot", None) == (ending.error.type, ending.error.kind, ending.error.acted)


def test_a_node_type_the_robot_lacks_is_a_matter_of_set_up() -> None:
    ending = ending_of(ended(ApplicationError("Activity function not registered", type="NotFoundError")))

    assert isinstance(ending, Raised)
    assert ("NodeNotInstalledError", "configuration") == (ending.error.type, ending.error.kind)


def test_what_was_called_off_has_stopped() -> None:
    assert Stopped() == ending_of(ended(CancelledError("cancelled")))


def test_a_failure_of_an_unknown_kind_may_have_done_anything() -> None:
    ending = ending_of(ended(None))

    assert isinstance(ending, Raised)
    assert ("NodeFailedError", None) == (ending.error.type, ending.error.acted)
