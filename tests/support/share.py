"""What is in folders that robots share."""

from __future__ import annotations

from pathlib import Path


def names(folder: Path) -> list[str]:
    """The files of a folder and of those in it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def contents(folder: Path) -> dict[str, bytes]:
    """What each of them holds."""
    return {name: (folder / name).read_bytes() for name in names(folder)}
