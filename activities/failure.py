"""Errors of a step on their way to its run: sorted by who must act, free of secrets."""

from __future__ import annotations

from errno import errorcode

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.secrets import Mask
from workflows.call import ErrorValue
from workflows.errors import AetherError, ErrorKind, MachineError, NodeFailedError

_LONGEST_MESSAGE = 4000


def explain(error: Exception, node: str, *, acted: bool | None) -> AetherError:
    """Give the domain error for whatever a node raised; `acted` says what is known of errors that do not tell."""
    match error:
        case AetherError():
            return error
        case ExceptionGroup(exceptions=[Exception() as only]):
            return explain(only, node, acted=acted)
        case TimeoutError() | ConnectionError():
            return NodeFailedError(f"{node} failed: {_told(error)}", acted=acted)
        case OSError(strerror=str(reason), filename=filename):
            place = f": {str(filename)!r}" if filename else ""
            code = errorcode.get(error.errno or 0)
            return MachineError(
                f"{node} failed on this robot's machine: {reason.lower()}{place}", acted=acted, errno=code
            )
        case MemoryError():
            return MachineError(
                f"{node} failed on this robot's machine: not enough memory", acted=acted, errno="ENOMEM"
            )
        case _:
            return NodeFailedError(f"{node} failed: {_told(error)}", acted=acted)


def error_value(error: AetherError, step: str | None, mask: Mask) -> ErrorValue:
    """Write an error as runs keep it."""
    return ErrorValue(
        type=type(error).__name__,
        kind=error.kind.value,
        message=_shortened(mask.scrub(error.message)),
        step=step,
        details=mask.scrub(error.details) or None,
        acted=error.acted,
    )


def application_error(value: ErrorValue) -> ApplicationError:
    """Give the one failure Temporal is told; it never retries, the run decides."""
    benign = value.kind == ErrorKind.BUSINESS.value
    return ApplicationError(
        value.message,
        value.model_dump(mode="json"),
        type=value.type,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN if benign else ApplicationErrorCategory.UNSPECIFIED,
    )


def _told(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _shortened(message: str) -> str:
    return message if len(message) <= _LONGEST_MESSAGE else f"{message[: _LONGEST_MESSAGE - 1]}…"
