"""What went wrong with a command, as the person at the terminal sees it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit code means."""

    OK = 0
    RUN_FAILED = 1
    USAGE = 2
    CONFIGURATION = 3
    STILL_RUNNING = 4
    PARKED = 5
    INTERRUPTED = 130


class CommandError(Exception):
    """A command cannot do what it was asked for."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str | None = None,
        problems: Sequence[object] = (),
        exit_code: ExitCode = ExitCode.USAGE,
    ) -> None:
        super().__init__(message)
        self.code = code
        """A stable word for programs, e.g. `not-found`."""
        self.message = message
        self.hint = hint
        """What to do about it."""
        self.problems = tuple(problems)
        """What is wrong, one by one, where it is more than one thing; shown instead of the message."""
        self.exit_code = exit_code
