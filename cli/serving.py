"""`aether robot start` and `aether orchestrator start`: one process that serves until Ctrl-C."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cli.caller import Caller
from cli.connecting import settings_of
from workers import orchestrator, robot
from workers.observability import configure, use_process_runtime
from workers.process import Serve, run
from workers.settings import Settings


def run_robot(caller: Caller, *, id_: str | None, tags: Sequence[str], headed: bool, config: Path | None) -> int:
    """Do the steps of runs."""
    flags = {"robot.id": id_, "robot.tags": tuple(tags) or None, "robot.headed": headed or None}
    return _serve(robot.serve, settings_of(caller, flags, config=config))


def run_orchestrator(caller: Caller, *, config: Path | None) -> int:
    """Interpret runs."""
    return _serve(orchestrator.serve, settings_of(caller, config=config))


def _serve(serve: Serve, settings: Settings) -> int:
    configure(settings.log)
    use_process_runtime()
    return run(serve, settings)
