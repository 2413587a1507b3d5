"""What tests of desktops need of the machine: they are left out where it cannot be had, and say how to have it."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

_STATION = {"Xvfb": "xvfb", "dbus-daemon": "dbus", "openbox": "openbox"}
_COMMAND = "apt-get install --no-install-recommends"


def needs(*programs: str) -> pytest.MarkDecorator:
    """Mark tests that need a desktop, and maybe programs on it: `pytestmark = needs("mousepad")`.

    As root on Linux nothing is left out: there is nothing then that `make test` could not have installed.
    """
    packages = {**_STATION, **{program: _PACKAGES.get(program, program) for program in programs}}
    missing = [package for program, package in packages.items() if shutil.which(program) is None]
    if sys.platform == "linux" and os.geteuid() == 0:
        missing = []
    reason = f"needs Linux and `sudo {_COMMAND} {' '.join(missing or packages.values())}`"
    return pytest.mark.skipif(bool(missing) or sys.platform != "linux", reason=reason)


_PACKAGES = {"soffice": "libreoffice-calc libreoffice-gtk3"}
"""Where a program is not called like its package."""
