"""What this machine lacks for desktops of its own, and how to get it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from activities.drivers.packages import Check, PackageSource, package_source, run_all

EXTRA = "run `pip install 'aether-rpa[desktop]'`"
"""How to have what drives desktops."""
_MODULES = {"linux": ("dbus_fast", "PIL"), "win32": ("uiautomation", "PIL")}
_PROGRAMS = ("Xvfb", "dbus-daemon", "openbox")
_ACCESSIBILITY = "dbus-1/services/org.a11y.Bus.service"
_SHARED = "/usr/local/share:/usr/share"


@dataclass(frozen=True, slots=True)
class MissingDesktop:
    """Why this machine has no desktop for robots, and what to do."""

    reason: str
    remedy: str


def missing_desktop(source: PackageSource | None = None) -> MissingDesktop | None:
    """Look for what desktops need; None if all is there."""
    modules = _MODULES.get(sys.platform)
    if modules is None:
        return MissingDesktop("desktops are driven on Linux and Windows only", "use a robot on one of these")
    if any(find_spec(module) is None for module in modules):
        return MissingDesktop("the extra 'desktop' is not installed", EXTRA)
    if sys.platform == "win32":
        from activities.drivers.desktop.windows import win32  # noqa: PLC0415 - of another system

        reason, _, remedy = (win32.unusable() or "").partition(": ")
        return MissingDesktop(reason, remedy) if reason else None
    missing = _missing_programs()
    if missing:
        source = source or package_source()
        remedy = f"run `aether doctor --install`, or {source.desktop_instruction()}"
        return MissingDesktop(f"this machine has no {', no '.join(missing)}", remedy)
    return None


async def install_desktop(
    report: Callable[[str], None] = lambda _: None, *, source: PackageSource | None = None
) -> MissingDesktop | None:
    """Get the programs that desktops need, where this process may; what is there already is left as it is."""
    if source is None:
        source = await asyncio.to_thread(package_source)
    missing = await asyncio.to_thread(missing_desktop, source)
    if missing is None or missing.remedy == EXTRA or sys.platform != "linux":
        return missing
    if not source.allowed or not source.desktop:
        return MissingDesktop(f"{missing.reason}; {source.refusal}", source.desktop_instruction())
    commands = source.commands(source.desktop)
    report(f"installing by {source.name}: {' '.join(commands[-1])}")
    refusal = await run_all(commands, in_vain="it ended well, but something is missing still")
    missing = await asyncio.to_thread(missing_desktop, source)
    return None if missing is None else MissingDesktop(f"{missing.reason} ({refusal})", source.desktop_instruction())


def check_desktop() -> Check:
    """Report on what desktops need."""
    missing = missing_desktop()
    if missing is not None:
        return Check("desktop", ok=False, found=missing.reason, remedy=missing.remedy)
    parts = "UI Automation" if sys.platform == "win32" else f"{', '.join(_PROGRAMS)} and AT-SPI"
    return Check("desktop", ok=True, found=parts)


def _missing_programs() -> list[str]:
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    shared = os.environ.get("XDG_DATA_DIRS") or _SHARED
    accessible = any(Path(each, _ACCESSIBILITY).is_file() for each in shared.split(":"))
    return missing if accessible else [*missing, "AT-SPI"]
