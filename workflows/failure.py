"""What the end of an activity means to a run, and how a run tells Temporal of failures of its own."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    ApplicationErrorCategory,
    CancelledError,
    TimeoutError,  # noqa: A004 - Temporal's own
    TimeoutType,
)

from workflows.call import ErrorValue
from workflows.effects import Raised, Vanished
from workflows.errors import AetherError
from workflows.flow import error_value

MESSAGE_LENGTH = 10_000
"""Characters of a failure's message; all of it is in the details, which may lie outside of history."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The activity ended because the run called it off."""


def ending_of(error: ActivityError) -> Raised | Vanished | Stopped:
    """Tell from an activity's failure what became of the attempt."""
    cause = error.cause
    match cause:
        case TimeoutError():
            return _timed_out(cause.type)
        case ApplicationError(type="WorkerShutdown"):
            return Vanished(_lost("its robot was stopped in the middle of it"))
        case ApplicationError(type="NotFoundError"):
            message = "the robot that took the step does not have its node type; install it there, or stop that robot"
            return Raised(ErrorValue(type="NodeNotInstalledError", kind="configuration", message=message))
        case ApplicationError():
            return Raised(reported(cause))
        case CancelledError():
            return Stopped()
        case _:
            return Raised(ErrorValue(type="NodeFailedError", kind="robot", message=str(cause or error), acted=None))


def _timed_out(kind: TimeoutType | None) -> Vanished:
    match kind:
        case TimeoutType.SCHEDULE_TO_START:
            return Vanished(_lost("the robot that holds the session did not take it"), taken=False)
        case TimeoutType.START_TO_CLOSE:
            error = ErrorValue(
                type="StepTimeoutError", kind="robot", message="it did not end within its timeout", acted=None
            )
            return Vanished(error, robot_lost=False)
        case _:
            return Vanished(_lost("its robot fell silent in the middle of it"))


def _lost(message: str) -> ErrorValue:
    return ErrorValue(type="RobotLostError", kind="robot", message=message, acted=None)


def reported(failure: ApplicationError) -> ErrorValue:
    """The error as the robot described it."""
    try:
        return ErrorValue.model_validate(failure.details[0] if failure.details else None)
    except ValidationError:
        name = failure.type or "NodeFailedError"
        return ErrorValue(type=name, kind="robot", message=failure.message, acted=None)


def refusal(error: AetherError) -> ApplicationError:
    """The failure of an Update that asks for what cannot be done."""
    value = error_value(error, None)
    return ApplicationError(
        value.message,
        value.model_dump(mode="json"),
        type=value.type,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )


def run_failure(error: ErrorValue) -> ApplicationError:
    """The failure of a run."""
    benign = error.kind == "business"
    place = f"step {error.step!r}: " if error.step else ""
    return ApplicationError(
        f"{place}{error.message}"[:MESSAGE_LENGTH],
        error.model_dump(mode="json"),
        type=error.type,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN if benign else ApplicationErrorCategory.UNSPECIFIED,
    )
