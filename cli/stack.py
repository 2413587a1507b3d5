"""`aether dev`: processes that stay up until Ctrl-C."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rich.padding import Padding
from rich.text import Text

from cli.caller import Caller
from cli.connecting import settings_of
from cli.output import Output, facts
from workers.dev import Stack, run


def run_dev(caller: Caller, *, headed: bool, state: Path | None) -> int:
    """Keep a server, an orchestrator and a robot up."""
    settings = settings_of(caller, {"robot.headed": headed or None, "state": state})
    output = Output(caller)
    output.note(Text("starting…", style="dim"))
    asyncio.run(run(settings, report=output.note, ready=lambda stack: _tell(output, stack)))
    return 0


def _tell(output: Output, stack: Stack) -> None:
    settings = stack.settings
    if not output.text:
        output.write(
            {
                "address": settings.temporal.address,
                "namespace": settings.temporal.namespace,
                "web_ui": settings.web_ui,
                "robot": settings.robot_id(),
                "state": str(settings.state),
            }
        )
        output.results.file.flush()
        return
    output.note(Text("ready", style="bold green"))
    pairs = {
        "Temporal": Text(settings.temporal.address),
        "Web UI": Text(settings.web_ui or ""),
        "robot": Text(settings.robot_id()),
        "state": Text(f"{settings.state}, logs in {settings.state / 'logs'}"),
    }
    output.note(Padding(facts(pairs), (1, 2), expand=False))
    output.note("`aether run FILE` starts a run, in another terminal; Ctrl-C stops everything")
