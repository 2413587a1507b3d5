"""`aether desktop inspect`."""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from activities.drivers.desktop.inspect import Inspected, inspect
from activities.drivers.desktop.own import desktop_of, own_desktop
from activities.drivers.desktop.suggest import Described
from activities.sessions.control import written
from cli.caller import Caller
from cli.failure import CommandError, ExitCode
from cli.output import Output, table
from workflows.printing import print_value
from workflows.regex.syntax import PatternError, read

_SHAKY = 50
"""The stability up to which a target is shown in red."""
_HOLDING = {"Custom", "Group", "Pane", "ScrollBar", "Separator", "Thumb"}
"""What is of no use to people unless it has a name."""
_ITEMS = {"DataItem", "ListItem", "TreeItem"}
_WHOLE = 60
"""Levels."""
_MOST_ALIKE = 12
"""Items of one list, or cells of one table, that show what the others are like."""


def inspect_desktop(caller: Caller, *, app: str | None, title: str | None, launch: str | None, everything: bool) -> int:
    """Show what programs tell of their controls, and what documents can call them."""
    narrowed = app is not None or title is not None or launch is not None
    _refuse_wrong(title, launch)
    found = asyncio.run(_inspected(app, title, launch, _WHOLE if narrowed else 0))
    output = Output(caller)
    if not found:
        raise CommandError("not-found", _nothing(app, title), hint=_hint())
    if not output.text:
        output.write_all(map(_record, found))
        return ExitCode.OK
    if narrowed:
        for program in found:
            output.show(_table(program, everything=everything))
    else:
        output.show(_windows(found))
        output.note("`--app NAME` or `--title REGEX` shows what is in the windows of a program")
    return ExitCode.OK


def _refuse_wrong(title: str | None, launch: str | None) -> None:
    if launch is not None and sys.platform == "win32":
        raise CommandError("usage", "desktops of their own are for Linux; start the program, and inspect it by --app")
    if launch is not None and not shlex.split(launch):
        raise CommandError("usage", "expected a program after --launch, e.g. --launch gnome-calculator")
    try:
        read(title or "")
    except PatternError as error:
        raise CommandError("usage", f"{title!r} cannot be read as a regular expression: {error}") from None


async def _inspected(app: str | None, title: str | None, launch: str | None, depth: int) -> list[Inspected]:
    async with own_desktop() if launch is None else desktop_of(shlex.split(launch)) as toolkit:
        return await inspect(toolkit, app=app, title=title, depth=depth)


def _nothing(app: str | None, title: str | None) -> str:
    if app is None and title is None:
        return "no program on this desktop tells of its windows"
    named = f" whose process is called {app!r}" if app is not None else ""
    titled = f" with a window whose title matches {title!r}" if title is not None else ""
    return f"there is no program{named}{titled}"


def _hint() -> str:
    if sys.platform == "win32":
        return "`aether desktop inspect` lists the windows there are"
    return (
        "`aether desktop inspect` lists the windows there are; programs tell of them if accessibility is on "
        "(GNOME: `gsettings set org.gnome.desktop.interface toolkit-accessibility true`) when they are started"
    )


def _record(found: Inspected) -> dict[str, object]:
    return {
        "program": found.program,
        "pid": found.pid,
        "controls": [_control(described) for described in found.controls],
    }


def _control(described: Described) -> dict[str, object]:
    facts = described.branch.facts
    return {
        "depth": described.branch.depth,
        "control_type": facts.control_type,
        "name": facts.name,
        "automation_id": facts.automation_id,
        "class_name": facts.class_name,
        "enabled": facts.enabled,
        "checked": facts.checked,
        "selected": facts.selected,
        "expanded": facts.expanded,
        "targets": [
            {"target": written(each.target), "stability": each.stability, "reason": each.reason}
            for each in described.targets
        ],
    }


def _windows(found: Sequence[Inspected]) -> RenderableType:
    headers = ("PROGRAM", "PROCESS", "WINDOW", "TARGET")
    return table(
        headers,
        [
            (Text(each.program), Text(str(each.pid)), Text(described.branch.facts.name, "bold"), _target(described))
            for each in found
            for described in each.controls
        ],
        right=(1,),
    )


def _table(found: Inspected, *, everything: bool) -> RenderableType:
    headers = (f"{found.program or 'PROCESS'} ({found.pid})", "TARGET", "STABILITY", "WHY")
    rows = [_cells(level, each) for level, each in _few(_shown(found.controls, everything=everything), everything)]
    return table(headers, rows, right=(2,))


def _few(shown: Iterable[tuple[int, Described]], everything: bool) -> Iterator[tuple[int, Described | None]]:  # noqa: FBT001
    """The same, with nothing in the place of the many items and cells that are like those before them."""
    alike: Counter[tuple[int, str]] = Counter()
    for level, described in shown:
        kind = described.branch.facts.control_type
        for key in [key for key in alike if key[0] > level or (key[0] == level and key[1] != kind)]:
            del alike[key]
        alike[level, kind] += kind in _ITEMS
        if everything or alike[level, kind] <= _MOST_ALIKE:
            yield level, described
        elif alike[level, kind] == _MOST_ALIKE + 1:
            yield level, None


def _shown(controls: Sequence[Described], *, everything: bool) -> Iterator[tuple[int, Described]]:
    """What is of use to people, each with its level among the others that are shown."""
    around: list[tuple[int, str]] = []
    for described in controls:
        facts, depth = described.branch.facts, described.branch.depth
        while around and around[-1][0] >= depth:
            around.pop()
        label = facts.control_type in {"Text", "Image"} and any(name == facts.name for _, name in around)
        if everything or not ((facts.control_type in _HOLDING and not facts.name) or label):
            yield len(around), described
            around.append((depth, facts.name))


def _cells(level: int, described: Described | None) -> tuple[RenderableType, ...]:
    if described is None:
        return Text("  " * level + "… and more like these (--all)", style="dim"), Text(""), Text(""), Text("")
    facts = described.branch.facts
    control = Text("  " * level).append(facts.control_type).append(f" {facts.name!r}" if facts.name else "", "bold")
    if not facts.enabled:
        control.append(" disabled", "dim")
    if not described.targets:
        return control, Text(""), Text(""), Text("is but the label of what it is in", style="dim")
    best = described.targets[0]
    return (
        control,
        _target(described),
        Text(str(best.stability), style="red" if best.stability <= _SHAKY else ""),
        Text(best.reason, style="dim"),
    )


def _target(described: Described) -> Text:
    return Text(print_value(written(described.targets[0].target)))
