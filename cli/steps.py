"""A run's progress as people see it: a tree of steps with times and bars."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from workflows.progress import RunProgress, StepProgress, StepStatus

MARKS: dict[StepStatus, str] = {
    "pending": "·",
    "running": "▸",
    "waiting": "◷",
    "parked": "‖",
    "skipped": "↷",
    "done": "✓",
    "failed": "✗",
    "caught": "!",
    "cancelled": "-",
}
STYLES: dict[StepStatus, str] = {
    "pending": "dim",
    "running": "cyan",
    "waiting": "yellow",
    "parked": "magenta",
    "skipped": "dim",
    "done": "green",
    "failed": "red",
    "caught": "yellow",
    "cancelled": "dim",
}
RUN_STYLES = {
    "running": "cyan",
    "waiting": "yellow",
    "paused": "yellow",
    "parked": "magenta",
    "completed": "green",
    "failed": "red",
    "cancelled": "dim",
    "terminated": "red",
    "timed-out": "red",
}

OPEN = frozenset({"running", "waiting", "paused", "parked"})
"""The statuses of runs that have not ended."""

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_FRAMES_PER_SECOND = 10
_LONGEST_SUBJECT = 48
_BAR = 24
_TENTHS = 9.95
_MINUTE = 60
_HOUR = 3600


def wish(words: str) -> str:
    """What is waited for, without the words that say that it is."""
    return words.removeprefix("waits for ")


def tree(progress: RunProgress, *, now: float | None = None, height: int | None = None, live: bool = True) -> Group:
    """Show all steps; of a document taller than the screen the part where the run is."""
    moment = time.time() if now is None else now
    steps, above, below = _window(as_told(progress.steps), height)
    grid = Table.grid(padding=(0, 2))
    for _ in range(3):
        grid.add_column(no_wrap=True, overflow="ellipsis")
    grid.add_column(no_wrap=True, justify="right")
    for step in steps:
        grid.add_row(_name(step, moment if live else None), *_work(step), _time(step, moment))
    parts: list[RenderableType] = []
    if above:
        parts.append(Text(f"… {above} more above", style="dim"))
    parts.append(grid)
    if below:
        parts.append(Text(f"… {below} more below", style="dim"))
    if progress.reason and progress.status in OPEN:
        parts.append(Padding(Text(f"waits: {wish(progress.reason)}", style="yellow"), (1, 0, 0, 0)))
    return Group(*parts)


def duration(seconds: float) -> str:
    """Write a length of time in at most two units."""
    if seconds < _TENTHS:
        return f"{seconds:.1f}s"
    seconds = round(seconds)
    if seconds < _MINUTE:
        return f"{seconds}s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m{seconds % _MINUTE:02}s"
    return f"{seconds // _HOUR}h{seconds % _HOUR // _MINUTE:02}m"


def elapsed(step: StepProgress, now: float) -> float:
    """How long a step took so far, over all its starts."""
    under_way = step.status in {"running", "waiting"} and step.started is not None
    return step.seconds + (max(0.0, now - (step.started or now)) if under_way else 0.0)


def _window(steps: tuple[StepProgress, ...], height: int | None) -> tuple[Sequence[StepProgress], int, int]:
    if height is None or len(steps) <= height:
        return steps, 0, 0
    room = max(3, height - 2)
    current = max((step.number for step in steps if step.status != "pending"), default=0)
    active = [place for place, step in enumerate(steps) if step.status in {"running", "waiting", "parked"}]
    middle = active[-1] if active else min(current, len(steps) - 1)
    start = max(0, min(middle - room // 2, len(steps) - room))
    return steps[start : start + room], start, len(steps) - start - room


def _name(step: StepProgress, moment: float | None) -> Text:
    mark, style = MARKS[step.status], STYLES[step.status]
    if moment is not None and step.status == "running":
        mark = _FRAMES[int(moment * _FRAMES_PER_SECOND) % len(_FRAMES)]
    name_style = {"running": "bold", "pending": "dim", "cancelled": "dim"}.get(step.status, "")
    return Text.assemble("  " * step.depth, (mark, style), " ", (step.id, name_style))


def as_told(steps: Sequence[StepProgress]) -> tuple[StepProgress, ...]:
    """Steps with each error told once: where it came from, and not again for every step around it."""
    told: list[StepProgress] = []
    inside: dict[int, StepProgress] = {}
    for step in reversed(steps):
        source = _source(step, inside)
        told.append(step if source is None else step.model_copy(update={"error": None, "status": source.status}))
        inside = {depth: each for depth, each in inside.items() if depth < step.depth}
        if step.error is not None:
            inside[step.depth] = source or step
    return tuple(reversed(told))


def _source(step: StepProgress, inside: Mapping[int, StepProgress]) -> StepProgress | None:
    """The step inside from which a failed step's error came."""
    if step.error is None or step.status != "failed":
        return None
    within = (each for depth, each in inside.items() if depth > step.depth)
    return next((each for each in within if each.error and each.error.message == step.error.message), None)


def _work(step: StepProgress) -> tuple[RenderableType, RenderableType]:
    kind = Text(step.kind, style="dim")
    if step.error is not None and step.status in {"failed", "caught", "parked"}:
        return kind, Text(_short(step.error.message), style=STYLES[step.status])
    if step.total and step.status != "pending":
        done = step.rounds or 0
        bar = ProgressBar(total=step.total, completed=done, width=_BAR, style="dim", complete_style="cyan")
        row = Table.grid(padding=(0, 1))
        row.add_row(bar, Text(f"{done}/{step.total}"))
        return kind, row
    if step.rounds is not None and step.status != "pending":
        return kind, Text(f"{step.rounds} rounds", style="dim")
    subject = _short(step.subject or "")
    attempt = f"  attempt {step.attempt}" if step.attempt > 1 and step.status == "running" else ""
    return kind, Text.assemble(subject, (attempt, "yellow"))


def _time(step: StepProgress, now: float) -> Text:
    if step.status == "pending" or (not step.starts and step.started is None):
        return Text("")
    times = f"{step.starts}x  " if step.starts > 1 else ""
    return Text(times + duration(elapsed(step, now)), style="dim")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SUBJECT else line[: _LONGEST_SUBJECT - 1] + "…"
