"""A run as programs and people get it from a command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import JsonValue
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from cli.output import facts, table
from cli.steps import MARKS, RUN_STYLES, duration
from workers.records import RunRow, RunView
from workers.settings import Settings
from workflows.call import ErrorValue, Files
from workflows.progress import RunProgress

_LONGEST_VALUE = 2000
_UNITS = ("B", "kB", "MB", "GB", "TB")


def record(view: RunView, settings: Settings) -> dict[str, JsonValue]:
    """A run as JSON."""
    error = view.error.model_dump(mode="json") if view.error else None
    return {
        "run": view.row.run,
        "document": view.row.document,
        "status": view.row.status,
        "step": view.row.step or (view.error.step if view.error else None),
        "outputs": dict(view.outputs) if view.outputs is not None else None,
        "error": error,
        "link": settings.run_link(view.row.run, view.row.execution),
        "inputs": dict(view.inputs),
        "files": [{"path": path, "size": entry.size, "digest": entry.digest} for path, entry in view.files.items()],
    }


def progress_record(progress: RunProgress | None) -> dict[str, JsonValue]:
    """How far a run has come, as JSON: its steps with their times."""
    if progress is None:
        return {"percent": None, "reason": None, "robot": None, "steps": None}
    shown = {"percent", "reason", "robot", "steps", "waits", "decisions", "revision"}
    return progress.model_dump(mode="json", include=shown)


def row_record(row: RunRow, settings: Settings) -> dict[str, JsonValue]:
    """One line of a list as JSON."""
    return {
        "run": row.run,
        "document": row.document,
        "status": row.status,
        "step": row.step,
        "key": row.key,
        "started": row.started.isoformat(),
        "ended": row.ended.isoformat() if row.ended else None,
        "link": settings.run_link(row.run, row.execution),
    }


def status_text(status: str) -> Text:
    """A status in its colour."""
    return Text(status, style=RUN_STYLES.get(status, ""))


def error_text(error: ErrorValue) -> Text:
    """An error in two lines: what, and where and by whom."""
    place = f" at step {error.step!r}" if error.step else ""
    return Text.assemble((error.message, "red"), (f"\n{error.type}{place}, {WHO[error.kind]}", "dim"))


WHO = {
    "business": "a business error: the case needs a decision",
    "configuration": "a configuration error: the document or the set-up needs mending",
    "robot": "a robot error: the world got in the way",
    "unknown-outcome": "the outcome is unknown: look before you repeat it",
    "cancelled": "stopped on request",
}
"""Who must act, in words."""


def outputs_view(outputs: Mapping[str, JsonValue]) -> RenderableType:
    """Outputs, one per line; very long ones only to a point."""
    return facts({name: Text(_shortened(plain(value))) for name, value in outputs.items()})


def files_view(files: Files) -> RenderableType:
    """Files with their sizes."""
    return table(("FILE", "SIZE"), [(Text(path), Text(size(entry.size))) for path, entry in files.items()], right=(1,))


def section(title: str, content: RenderableType) -> Group:
    """A part of a page."""
    return Group(Text(), Text(title, style="bold"), Padding(content, (0, 0, 0, 2), expand=False))


def plain(value: JsonValue) -> str:
    """A value as people read it: text as it is, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST_VALUE:
        return text
    return f"{text[:_LONGEST_VALUE]}… ({len(text):,} characters; `-o json` gives all)"


def size(count: int) -> str:
    """Bytes in a unit that suits them."""
    power = min((max(count, 1).bit_length() - 1) // 10, len(_UNITS) - 1)
    return f"{count / 1024**power:.1f} {_UNITS[power]}" if power else f"{count} B"


def ago(moment: datetime, *, now: datetime | None = None) -> str:
    """How long ago something was."""
    return duration(max(0.0, ((now or datetime.now(UTC)) - moment).total_seconds())) + " ago"


def took(row: RunRow, *, now: datetime | None = None) -> str:
    """How long a run took, or takes so far."""
    return duration(((row.ended or now or datetime.now(UTC)) - row.started).total_seconds())


def headline(row: RunRow) -> Text:
    """A run in one line."""
    mark = {"completed": MARKS["done"], "failed": MARKS["failed"], "terminated": MARKS["failed"]}.get(row.status, "▸")
    style = RUN_STYLES.get(row.status, "")
    return Text.assemble((mark, style), " ", (row.run, "bold"), "  ", (row.status, style), ("  " + took(row), "dim"))
