"""`aether robot start` and `aether orchestrator start`: one process that serves until Ctrl-C."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cli.caller import Caller
from cli.connecting import settings_of
from workers import orchestrator, robot
from workers.observability import configure, use_process_runtime
from workers.process import Serve, run
from workers.settings import Settings


def run_robot(caller: Caller, flags: Mapping[str, object], *, config: Path | None) -> int:
    """Do the steps of runs."""
    return _serve(robot.serve, settings_of(caller, flags, config=config))


def run_orchestrator(caller: Caller, *, config: Path | None) -> int:
    """Interpret runs."""
    return _serve(orchestrator.serve, settings_of(caller, config=config))


def _serve(serve: Serve, settings: Settings) -> int:
    configure(settings.log)
    use_process_runtime()
    return run(serve, settings)
