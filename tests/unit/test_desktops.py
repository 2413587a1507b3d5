from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from activities.drivers.desktops import check_desktop, install_desktop, missing_desktop
from activities.drivers.packages import PackageSource

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="on Windows the desktop is its user's")

PROGRAMS = ("Xvfb", "dbus-daemon", "openbox")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing is installed, as far as one can see."""
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    monkeypatch.setenv("XDG_DATA_DIRS", os.fspath(tmp_path))
    return tmp_path


def installer(machine: Path, *, works: bool = True) -> PackageSource:
    """A package manager that has what desktops need, or has not."""
    service = machine / "dbus-1/services"
    makes = [f": > {machine}/{name}; chmod +x {machine}/{name}" for name in PROGRAMS]
    makes += [f"/bin/mkdir -p {service}", f": > {service}/org.a11y.Bus.service"]
    script = machine / "brewery"
    said = "; ".join(f"/bin/sh -c '{make}'".replace("chmod", "/bin/chmod") for make in makes)
    script.write_text(f"#!/bin/sh\n{said if works else 'echo E: no such package; exit 1'}\n")
    script.chmod(0o755)
    return PackageSource("brewery", install=(str(script), "install"), desktop=("xvfb", "openbox"), needs_root=False)


def test_what_is_missing_is_named_with_the_command_that_brings_it(machine: Path) -> None:
    missing = missing_desktop(installer(machine))

    assert missing is not None
    assert "this machine has no Xvfb, no dbus-daemon, no openbox, no AT-SPI" == missing.reason
    assert f"run `aether doctor --install`, or run `{machine}/brewery install xvfb openbox`" == missing.remedy
    assert not check_desktop().ok


async def test_what_is_missing_is_installed(machine: Path) -> None:
    told: list[str] = []

    missing = await install_desktop(told.append, source=installer(machine))

    assert missing is None
    assert (await asyncio.to_thread(check_desktop)).ok
    assert [f"installing by brewery: {machine}/brewery install xvfb openbox"] == told


async def test_an_installation_that_fails_says_why(machine: Path) -> None:
    missing = await install_desktop(source=installer(machine, works=False))

    assert missing is not None
    assert "no Xvfb" in missing.reason
    assert "E: no such package" in missing.reason


@pytest.mark.usefixtures("machine")
async def test_who_may_not_install_is_told_the_command() -> None:
    source = PackageSource("mill", install=("mill", "add"), desktop=("xvfb",), needs_root=os.geteuid() != 0)
    forbidden = source if os.geteuid() else PackageSource("no package manager")

    missing = await install_desktop(source=forbidden)

    assert missing is not None
    assert forbidden.refusal in missing.reason
    assert forbidden.desktop_instruction() == missing.remedy


def test_a_robot_without_the_extra_is_told_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dbus_fast", None)

    missing = missing_desktop()

    assert missing is not None
    assert "run `pip install 'aether-rpa[desktop]'`" == missing.remedy
