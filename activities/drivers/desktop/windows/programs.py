"""Which program a name means on Windows."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

_PRIVATE = ("AETHER_", "TEMPORAL_")
"""What names of variables begin with that are the robot's own: some hold keys."""
_PATHS = r"Software\Microsoft\Windows\CurrentVersion\App Paths"


def found(program: str) -> str | None:
    """Where a program is: a path, a name on the PATH, or one that Windows was told when it was installed."""
    if path := shutil.which(program):
        return path
    return _registered(program if Path(program).suffix else f"{program}.exe")


def surroundings(own: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """The environment a program gets."""
    kept = {name: value for name, value in own.items() if not name.upper().startswith(_PRIVATE)}
    return kept | dict(added)


def _registered(program: str) -> str | None:
    if sys.platform != "win32":
        return None
    import winreg  # noqa: PLC0415 - exists on Windows only

    for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
        try:
            path = winreg.QueryValue(root, rf"{_PATHS}\{program}")
        except OSError:
            continue
        if path:
            return path.strip('"')
    return None
