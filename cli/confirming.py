"""Asking before something is changed that others rely on."""

from __future__ import annotations

import sys

from cli.failure import CommandError, ExitCode
from cli.output import Output


def confirm(output: Output, what: str, *, yes: bool) -> None:
    """Go on if the person said so, on the command line or when asked.

    Raises:
        CommandError: they did not.
    """
    if yes:
        output.note(what)
        return
    if not sys.stdin.isatty():
        raise CommandError("confirm", f"{what}: say that you mean it", hint="add -y")
    output.note(f"{what}. Go on? [y/N] ")
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise CommandError("confirm", "nothing was changed", exit_code=ExitCode.INTERRUPTED)
