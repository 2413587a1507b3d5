"""What tests of desktops need of the machine.

`make test` has it installed where it may. Where that cannot be, such tests are left out, and say what to run.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys

import pytest

from activities.drivers.desktops import install_desktop, missing_desktop
from activities.drivers.packages import PackageSource, package_source, run_all

GTK = "/usr/lib/python3/dist-packages/gi/__init__.py"
"""What lets the system's own Python have windows."""
APPLICATIONS = {
    GTK: ("python3-gi", "gir1.2-gtk-3.0"),
    "gnome-calculator": ("gnome-calculator",),
    "mousepad": ("mousepad",),
    "localc": ("libreoffice-calc", "libreoffice-gtk3"),
    "lowriter": ("libreoffice-writer",),
    "speedcrunch": ("speedcrunch",),
    "zenity": ("zenity",),
}
"""The programs that tests drive, and the packages that bring them: GTK 4 and 3, Qt, and one with its own toolkit."""
_COMMAND = "apt-get install --yes --no-install-recommends"


def needs(*programs: str) -> pytest.MarkDecorator:
    """Mark tests that need a desktop, and maybe programs on it: `pytestmark = needs("mousepad")`.

    Where `make test` could have installed everything, as root with apt-get, nothing is left out.
    """
    installable = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None
    station, packages = missing_desktop(), _packages(*programs)
    remedies = [station.remedy] if station is not None else []
    remedies += [f"run `sudo {_COMMAND} {' '.join(packages)}`"] if packages else []
    skipped = sys.platform != "linux" or (bool(remedies) and not installable)
    return pytest.mark.skipif(skipped, reason=f"needs a desktop on Linux: {'; '.join(remedies)}")


def _packages(*programs: str) -> list[str]:
    """What brings those of some programs that this machine lacks."""
    return [package for program in programs if not _is_there(program) for package in APPLICATIONS[program]]


def _is_there(program: str) -> bool:
    return shutil.which(program) is not None or (program.startswith("/") and os.path.exists(program))  # noqa: PTH110


async def install(source: PackageSource) -> list[str]:
    """Have all of it, where this process may; what is to be said of the outcome."""
    missing = await install_desktop(source=source)
    said = [f"{missing.reason}: {missing.remedy}"] if missing is not None else []
    packages = tuple(_packages(*APPLICATIONS))
    if not packages:
        return said
    if source.name != "apt-get" or not source.allowed:
        return [*said, f"to have programs to try on desktops: sudo {_COMMAND} {' '.join(packages)}"]
    refusal = await run_all(source.commands(packages), in_vain="")
    return [*said, f"programs to try on desktops could not be installed: {refusal}"] if refusal else said


if __name__ == "__main__":
    for line in asyncio.run(install(package_source())):
        sys.stdout.write(f"{line}\n")
