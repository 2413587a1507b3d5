"""What is done about a desktop that nobody looks after any more."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from activities.drivers.desktop.station.memo import Memo
from activities.drivers.desktop.station.process import began, end_all, living_in

_DISPLAYS = Path("/tmp")  # noqa: S108 - where X has its sockets, on all systems


def clear(directory: Path, memo: Path, *, find: Callable[[Path], set[int]] = living_in) -> None:
    """End all processes of a desktop and remove its files; nothing of it is left, and nobody finds it again."""
    known = Memo.read(memo)
    end_all(lambda: find(directory))
    if known is not None and known.directory == str(directory):
        _clear_display(known.display.removeprefix(":"))
        memo.unlink(missing_ok=True)
    shutil.rmtree(directory, ignore_errors=True)


def _clear_display(number: str) -> None:
    """Remove what a display that was killed has left where all displays are, unless another one has its number."""
    lock = _DISPLAYS / f".X{number}-lock"
    try:
        owner = int(lock.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return
    if began(owner) is None:
        (_DISPLAYS / ".X11-unix" / f"X{number}").unlink(missing_ok=True)
        lock.unlink(missing_ok=True)
