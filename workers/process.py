"""The edge of a long-lived process: settings in, exit code out, no traceback for what a person can mend."""

from __future__ import annotations

import asyncio
import os
import sys
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable
from enum import IntEnum
from pathlib import Path
from typing import NoReturn

import structlog

from workers.layers import read_settings
from workers.observability import configure, use_process_runtime
from workers.settings import Settings
from workflows.errors import AetherError, ConfigurationError

log = structlog.get_logger()


class ExitCode(IntEnum):
    """How a process ended."""

    OK = 0
    FAILED = 1
    CONFIGURATION = 3


Serve = Callable[[Settings], Awaitable[ExitCode]]


def main(serve: Serve) -> NoReturn:
    """Run one process with the settings of its environment, and of the file named after `--config`."""
    line = ArgumentParser(description="One of Aether's processes.", allow_abbrev=False)
    line.add_argument("--config", type=Path, metavar="FILE", help="settings from this file, over those of aether.toml")
    config: Path | None = line.parse_args().config
    try:
        settings = read_settings(config=config)
    except ConfigurationError as error:
        sys.stderr.write(f"error: {error}\n")
        leave(ExitCode.CONFIGURATION)
    configure(settings.log)
    use_process_runtime()
    leave(run(serve, settings))


def run(serve: Serve, settings: Settings) -> ExitCode:
    """Serve to the end and say how it went."""
    try:
        return asyncio.run(_served(serve, settings))
    except ConfigurationError as error:
        log.error("process.misconfigured", error=error.message)  # noqa: TRY400 - a person mends this
        return ExitCode.CONFIGURATION
    except AetherError as error:
        log.error("process.failed", error=error.message)  # noqa: TRY400 - said clearly
        return ExitCode.FAILED
    except Exception:
        log.exception("process.crashed")
        return ExitCode.FAILED


def leave(code: int) -> NoReturn:
    """End the process now: on the interpreter's own way out, threads of Temporal's client crash it at times."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


async def _served(serve: Serve, settings: Settings) -> ExitCode:
    return await serve(settings)
