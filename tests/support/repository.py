"""The repository as files: what the architecture tests look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("workflows", "activities", "workers", "cli")

_TEXT = {".cfg", ".css", ".html", ".js", ".json", ".lock", ".md", ".py", ".sql", ".toml", ".txt", ".yaml", ".yml"}


def files(*folders: str, suffix: str = "") -> Iterator[Path]:
    """The files below folders of the repository (all of it, if none is named), in a stable order.

    What tools leave behind (`.venv`, caches) is not part of the repository; `.ci` is.
    """
    for top in folders or (path.name for path in sorted(ROOT.iterdir()) if _ours(path)):
        place = ROOT / top
        found = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
        yield from (path for path in found if path.name.endswith(suffix) and "__pycache__" not in path.parts)


def texts() -> Iterator[Path]:
    """The files a person reads and writes."""
    return (path for path in files() if path.suffix in _TEXT or path.name in {"Makefile", "run", "Dockerfile"})


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """The Python files below folders, parsed."""
    return ((path, ast.parse(path.read_text(encoding="utf-8"))) for path in files(*folders, suffix=".py"))


def name(path: Path) -> str:
    """A path as the repository's people write it."""
    return path.relative_to(ROOT).as_posix()


def _ours(path: Path) -> bool:
    return path.name == ".ci" or not (path.name.startswith(".") or path.name.endswith(".egg-info"))
