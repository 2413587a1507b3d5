"""What an error means to the person at the terminal."""

from __future__ import annotations

from temporalio.client import RPCError
from temporalio.exceptions import TemporalError
from temporalio.service import RPCStatusCode

from cli.failure import CommandError, ExitCode
from workers.filters import InvalidFilterError
from workers.records import NoSuchRunError
from workers.robots import NoSuchRobotError, RobotRefusedError
from workflows.errors import AetherError, InvalidInputError
from workflows.source import DocumentError

_UNREACHABLE = frozenset({RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED})
_DENIED = frozenset({RPCStatusCode.UNAUTHENTICATED, RPCStatusCode.PERMISSION_DENIED})
_START = "start a local one with `aether dev`, or name yours with --address or TEMPORAL_ADDRESS"
_USAGE: dict[type[AetherError], str] = {
    DocumentError: "document",
    InvalidInputError: "input",
    InvalidFilterError: "filter",
    NoSuchRunError: "not-found",
    NoSuchRobotError: "not-found",
    RobotRefusedError: "refused",
}


def explain(error: Exception) -> CommandError:
    """Say what went wrong, what to do, and with which exit code."""
    match error:
        case AetherError():
            return _own(error)
        case RPCError():
            return _rpc(error)
        case TemporalError() | ConnectionError():
            return CommandError("temporal", _line(error), hint=_START, exit_code=ExitCode.CONFIGURATION)
        case OSError(filename=str() as file):
            return CommandError("file", f"cannot use {file!r}: {error.strerror}")
        case OSError():
            return CommandError("system", _line(error), exit_code=ExitCode.CONFIGURATION)
        case _:
            return CommandError(
                "internal",
                f"{type(error).__name__}: {_line(error)}",
                hint="this should not happen; --debug shows where it did",
                exit_code=ExitCode.CONFIGURATION,
            )


def _own(error: AetherError) -> CommandError:
    match error:
        case DocumentError(problems=(_, _, *_) as problems):
            return CommandError(
                "document", f"{problems[0].file} cannot run: {len(problems)} problems", problems=problems
            )
        case InvalidInputError(details={"problems": [_, _, *_] as problems}):
            return CommandError("input", f"the run cannot start: {len(problems)} problems", problems=problems)
    for kind, code in _USAGE.items():
        if isinstance(error, kind):
            return CommandError(code, error.message)
    return CommandError("configuration", error.message, exit_code=ExitCode.CONFIGURATION)


def _rpc(error: RPCError) -> CommandError:
    message = _line(error)
    if error.status in _UNREACHABLE:
        return CommandError(
            "connection", f"Temporal does not answer: {message}", hint=_START, exit_code=ExitCode.CONFIGURATION
        )
    if error.status in _DENIED:
        return CommandError(
            "permission",
            f"Temporal refuses access: {message}",
            hint="check --api-key, the certificates and --namespace",
            exit_code=ExitCode.CONFIGURATION,
        )
    if error.status is RPCStatusCode.INVALID_ARGUMENT:
        return CommandError("argument", f"Temporal does not accept this: {message}")
    if error.status is RPCStatusCode.NOT_FOUND and "namespace" not in message.lower():
        return CommandError("not-found", message)
    return CommandError("temporal", f"Temporal: {message}", exit_code=ExitCode.CONFIGURATION)


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
