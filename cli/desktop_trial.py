"""`aether desktop check`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

from rich.text import Text

from activities.drivers.desktop.trial import Trial, Verdict
from activities.drivers.desktops import missing_desktop
from activities.private import passing_directory
from cli.caller import Caller
from cli.connecting import settings_of
from cli.failure import CommandError, ExitCode
from cli.output import Output
from workers.desktops import find_stations
from workers.settings import Settings
from workflows.errors import SessionUnavailableError

_EDITORS = {"win32": "notepad", "linux": "mousepad"}


def check_desktop(caller: Caller, *, program: str | None) -> int:
    """Try all that steps do on desktops with a program of this machine."""
    output = Output(caller)
    missing = missing_desktop()
    if missing is not None:
        raise CommandError("no-desktop", missing.reason, hint=missing.remedy, exit_code=ExitCode.CONFIGURATION)
    try:
        verdicts = asyncio.run(_tried(output, settings_of(caller), program or _EDITORS[sys.platform]))
    except SessionUnavailableError as error:
        raise CommandError("no-desktop", error.message, exit_code=ExitCode.CONFIGURATION) from error
    sound = all(verdict.ok for verdict in verdicts)
    if not output.text:
        output.write({"ok": sound, "verbs": [asdict(verdict) for verdict in verdicts]})
    failed = sum(not verdict.ok for verdict in verdicts)
    words = f"{failed} of {len(verdicts)} failed" if failed else f"all {len(verdicts)} work"
    output.note(Text(f"\n{words}", style="red" if failed else "green"))
    return ExitCode.OK if sound else ExitCode.CONFIGURATION


async def _tried(output: Output, settings: Settings, program: str) -> list[Verdict]:
    verdicts = []
    async with passing_directory() as directory, _trial(settings, directory) as trial:
        async for verdict in trial.run(program):
            verdicts.append(verdict)
            if output.text:
                output.show(_line(verdict))
    return verdicts


@asynccontextmanager
async def _trial(settings: Settings, directory: Path) -> AsyncIterator[Trial]:
    """A desktop that no robot knows of."""
    stations = find_stations(settings.model_copy(update={"state": directory}))
    if stations is None:
        raise SessionUnavailableError("this machine has no desktop for robots; see `aether doctor`")
    station = await stations.open("check", run="", lease=0)
    try:
        line = await stations.connect(station)
        try:
            yield Trial(line.toolkit, station)
        finally:
            await line.hang_up()
    finally:
        await station.close()


def _line(verdict: Verdict) -> Text:
    mark, style = ("✓", "green") if verdict.ok else ("✗", "red")
    return Text.assemble(
        (mark, style), f" {verdict.verb:<10} {verdict.seconds:6.2f} s  ", (verdict.found, "" if verdict.ok else style)
    )
