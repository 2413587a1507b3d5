"""Errors as the person at the terminal meets them."""

from __future__ import annotations

import pytest
from temporalio.client import RPCError
from temporalio.service import RPCStatusCode

from cli.explain import explain
from cli.failure import ExitCode
from workers.filters import InvalidFilterError
from workers.records import NoSuchRunError
from workflows.defect import Defect
from workflows.errors import ConfigurationError, InvalidInputError
from workflows.source import DocumentError, Problem


def rpc(status: RPCStatusCode, message: str) -> RPCError:
    return RPCError(message, status, b"")


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (DocumentError([Problem("a.yaml", Defect.EMPTY, "wrong")]), "document", ExitCode.USAGE),
        (InvalidInputError("wrong"), "input", ExitCode.USAGE),
        (InvalidFilterError("wrong"), "filter", ExitCode.USAGE),
        (NoSuchRunError("none"), "not-found", ExitCode.USAGE),
        (ConfigurationError("wrong"), "configuration", ExitCode.CONFIGURATION),
        (rpc(RPCStatusCode.UNAVAILABLE, "gone"), "connection", ExitCode.CONFIGURATION),
        (rpc(RPCStatusCode.PERMISSION_DENIED, "no"), "permission", ExitCode.CONFIGURATION),
        (rpc(RPCStatusCode.INVALID_ARGUMENT, "bad query"), "argument", ExitCode.USAGE),
        (rpc(RPCStatusCode.NOT_FOUND, "workflow not found"), "not-found", ExitCode.USAGE),
        (rpc(RPCStatusCode.NOT_FOUND, "Namespace x is not found"), "temporal", ExitCode.CONFIGURATION),
        (FileNotFoundError(2, "No such file or directory", "a.txt"), "file", ExitCode.USAGE),
        (OSError("no more"), "system", ExitCode.CONFIGURATION),
        (KeyError("bug"), "internal", ExitCode.CONFIGURATION),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_every_error_has_a_code_and_an_exit_code(error: Exception, code: str, exit_code: ExitCode) -> None:
    explained = explain(error)

    assert (code, exit_code) == (explained.code, explained.exit_code)
    assert "\n" not in explained.message


def test_several_problems_are_kept_apart() -> None:
    problems = [
        Problem("a.yaml", Defect.EMPTY, "wrong", line=1, column=2),
        Problem("a.yaml", Defect.EMPTY, "worse", line=3, column=4),
    ]

    explained = explain(DocumentError(problems))

    assert "a.yaml cannot run: 2 problems" == explained.message
    assert ["a.yaml:1:2: wrong", "a.yaml:3:4: worse"] == [str(problem) for problem in explained.problems]
