"""What tests of desktops need of the machine.

`make test` has it installed where it may. Where that cannot be, such tests are left out, and say what to run.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys

import pytest

from activities.drivers.packages import PackageSource, package_source, run_all

GTK = "/usr/lib/python3/dist-packages/gi/__init__.py"
"""What lets the system's own Python have windows."""
APPLICATIONS = {
    GTK: ("python3-gi", "gir1.2-gtk-3.0"),
    "gnome-calculator": ("gnome-calculator",),
    "mousepad": ("mousepad",),
    "soffice": ("libreoffice-calc", "libreoffice-gtk3"),
    "speedcrunch": ("speedcrunch",),
    "zenity": ("zenity",),
}
"""The programs that tests drive, and the packages that bring them: GTK 4 and 3, Qt, and one with its own toolkit."""
_STATION = {"Xvfb": ("xvfb",), "dbus-daemon": ("dbus", "at-spi2-core"), "openbox": ("openbox",)}
_COMMAND = "apt-get install --yes --no-install-recommends"


def needs(*programs: str) -> pytest.MarkDecorator:
    """Mark tests that need a desktop, and maybe programs on it: `pytestmark = needs("mousepad")`.

    Where `make test` could have installed everything, as root with apt-get, nothing is left out.
    """
    missing = _packages(*_STATION, *programs)
    installable = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None
    skipped = sys.platform != "linux" or (bool(missing) and not installable)
    remedy = f"`sudo {_COMMAND} {' '.join(missing)}`" if sys.platform == "linux" else "Linux"
    return pytest.mark.skipif(skipped, reason=f"tests of desktops need {remedy}")


def _packages(*programs: str) -> list[str]:
    """What brings those of some programs that this machine lacks."""
    known = {**_STATION, **APPLICATIONS}
    return [package for program in programs if not _is_there(program) for package in known[program]]


def _is_there(program: str) -> bool:
    return shutil.which(program) is not None or (program.startswith("/") and os.path.exists(program))  # noqa: PTH110


def install(source: PackageSource) -> str:
    """Have all of it, where this process may; what is to be said of the outcome."""
    missing = _packages(*_STATION, *APPLICATIONS)
    if not missing:
        return ""
    if source.name != "apt-get" or not source.allowed:
        return f"tests of desktops are left out; to have them done: sudo {_COMMAND} {' '.join(missing)}"
    refusal = asyncio.run(run_all(source.commands(tuple(missing)), in_vain=""))
    return f"the programs that tests of desktops need could not be installed: {refusal}" if refusal else ""


if __name__ == "__main__":
    said = install(package_source())
    sys.stdout.write(f"{said}\n" if said else "")
