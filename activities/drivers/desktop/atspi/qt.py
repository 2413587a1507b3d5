"""Programs made with Qt 5, which now and then miss the accessibility bus when they start, and never try again."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

_LIBRARY = "libQt5Gui"


def any_with_qt(pids: Collection[int]) -> bool:
    """Whether one of some processes is made with Qt 5."""
    return any(_has_qt(pid) for pid in pids)


def _has_qt(pid: int) -> bool:
    with suppress(OSError):
        return _LIBRARY in Path(f"/proc/{pid}/maps").read_text()
    return False
