"""`aether doctor`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from cli.caller import Caller
from cli.connecting import settings_of
from cli.failure import ExitCode
from cli.output import Output
from workers.checkup import Check
from workers.doctor import examine, install


def examine_installation(caller: Caller) -> int:
    """Report what could stop a run."""
    return _report(Output(caller), asyncio.run(examine(settings_of(caller))))


def install_missing(caller: Caller) -> int:
    """Get what this machine lacks for a robot."""
    output = Output(caller)
    return _report(output, asyncio.run(install(settings_of(caller), output.note)))


def _report(output: Output, checks: Sequence[Check]) -> int:
    sound = all(check.ok or not check.stops_runs for check in checks)
    if not output.text:
        output.write({"ok": sound, "checks": [asdict(check) for check in checks]})
        return ExitCode.OK if sound else ExitCode.CONFIGURATION
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for check in checks:
        mark, style = ("✓", "green") if check.ok else ("✗", "red") if check.stops_runs else ("!", "yellow")
        remedy = (f"\n→ {check.remedy}", style) if check.remedy else ""
        grid.add_row(Text(mark, style=style), Text(f"{check.name} "), Text.assemble(check.detail, remedy))
    output.show(grid)
    if len(checks) > 1:
        output.note(_summary(checks, sound=sound))
    return ExitCode.OK if sound else ExitCode.CONFIGURATION


def _summary(checks: Sequence[Check], *, sound: bool) -> Text:
    if not sound:
        stopping = sum(not check.ok and check.stops_runs for check in checks)
        return Text(f"\n{stopping} of these would stop a run", style="red")
    if all(check.ok for check in checks):
        return Text("\nnothing would stop a run", style="green")
    return Text("\nnothing would stop a run, but some things could be better", style="yellow")
