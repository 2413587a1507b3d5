"""What robots need from the package manager of this machine: browsers, fonts, desktops."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass

Command = tuple[str, ...]

_INSTALL_TIME = 600.0


@dataclass(frozen=True, slots=True)
class PackageSource:
    """How a package manager installs what robots need."""

    name: str
    install: Command = ()
    """What comes before the packages' names."""
    refresh: Command = ()
    """What must run first, if anything."""
    headless: tuple[str, ...] = ()
    """Packages of browsers without windows, the best first."""
    full: tuple[str, ...] = ()
    """Packages of full browsers, the best first."""
    fonts: tuple[str, ...] = ()
    desktop: tuple[str, ...] = ()
    """Packages of a display without a screen, a message bus, accessibility and a window manager."""
    needs_root: bool = True

    @property
    def allowed(self) -> bool:
        """Whether this process may install packages."""
        return bool(self.install) and (not self.needs_root or _is_root())

    @property
    def refusal(self) -> str:
        """Why this process may not."""
        return f"{self.name} needs root" if self.install else "this machine has no package manager we know"

    def attempts(self, *, headed: bool) -> tuple[tuple[Command, ...], ...]:
        """What to run, one after the other until one works; each is a list of commands."""
        browsers = self.full if headed else (*self.headless, *self.full)
        refresh = (self.refresh,) if self.refresh else ()
        return tuple((*refresh, (*self.install, browser, *self.fonts)) for browser in browsers)

    def commands(self, packages: tuple[str, ...]) -> tuple[Command, ...]:
        """What installs packages, one command after the other."""
        refresh = (self.refresh,) if self.refresh else ()
        return (*refresh, (*self.install, *packages))

    def instruction(self, *, headed: bool) -> str:
        """The commands that install a browser, for people."""
        attempts = self.attempts(headed=headed) if self.install else ()
        if not attempts:
            return "install Google Chrome, Chromium or Edge, or name one in the setting 'robot.browser'"
        return self._run(attempts[0])

    def font_instruction(self) -> str:
        """The command that installs fonts."""
        if not self.install or not self.fonts:
            return "install a font package"
        return self._run([(*self.install, *self.fonts)])

    def desktop_instruction(self) -> str:
        """The commands that install what desktops need."""
        if not self.install or not self.desktop:
            return "install Xvfb, dbus-daemon, at-spi2-core and openbox"
        return self._run(self.commands(self.desktop))

    def _run(self, commands: Sequence[Command]) -> str:
        return "run `" + " && ".join(self._typed(command) for command in commands) + "`"

    def _typed(self, command: Command) -> str:
        return ("sudo " if self.needs_root and not _is_root() else "") + " ".join(command)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a report on this machine."""

    name: str
    ok: bool
    found: str
    """What is there, or what is wrong."""
    remedy: str = ""
    """What to do; empty when nothing is wrong."""


NO_PACKAGES = PackageSource("no package manager")

_SOURCES = {
    "apt-get": PackageSource(
        "apt-get",
        install=("apt-get", "install", "--yes", "--no-install-recommends"),
        refresh=("apt-get", "update"),
        headless=("chromium-headless-shell",),
        full=("chromium",),
        fonts=("fonts-liberation", "fonts-dejavu"),
        desktop=("xvfb", "dbus", "at-spi2-core", "openbox"),
    ),
    "dnf": PackageSource(
        "dnf",
        install=("dnf", "install", "--assumeyes"),
        headless=("chromium-headless",),
        full=("chromium",),
        fonts=("liberation-fonts", "dejavu-sans-fonts"),
        desktop=("xorg-x11-server-Xvfb", "dbus-daemon", "at-spi2-core", "openbox"),
    ),
    "zypper": PackageSource(
        "zypper",
        install=("zypper", "--non-interactive", "install", "--no-recommends"),
        full=("chromium",),
        fonts=("liberation-fonts", "dejavu-fonts"),
        desktop=("xorg-x11-server-Xvfb", "dbus-1", "at-spi2-core", "openbox"),
    ),
    "apk": PackageSource(
        "apk",
        install=("apk", "add"),
        full=("chromium",),
        fonts=("font-liberation", "font-dejavu"),
        desktop=("xvfb", "dbus", "at-spi2-core", "openbox"),
    ),
    "pacman": PackageSource(
        "pacman",
        install=("pacman", "--sync", "--refresh", "--noconfirm", "--needed"),
        full=("chromium",),
        fonts=("ttf-liberation", "ttf-dejavu"),
        desktop=("xorg-server-xvfb", "dbus", "at-spi2-core", "openbox"),
    ),
    "brew": PackageSource("brew", install=("brew", "install", "--cask"), full=("google-chrome",), needs_root=False),
    "winget": PackageSource(
        "winget",
        install=("winget", "install", "--silent", "--accept-package-agreements", "--accept-source-agreements"),
        full=("Google.Chrome",),
        needs_root=False,
    ),
}


def package_source() -> PackageSource:
    """The package manager of this machine."""
    return next((source for name, source in _SOURCES.items() if shutil.which(name)), NO_PACKAGES)


async def run_all(commands: Sequence[Command], *, in_vain: str) -> str:
    """Run commands in turn, whatever becomes of those before the last; how the last one ended, seen as a failure."""
    code: int | None = None
    output = ""
    for command in commands:
        code, output = await run(command, _INSTALL_TIME, errors=asyncio.subprocess.STDOUT)
    if code == 0:
        return in_vain
    if code is None:
        return "it did not start, or did not end in time"
    said = [line.strip() for line in output.splitlines() if "rror" in line or line.startswith("E:")]
    return said[-1][:200] if said else f"exit code {code}"


async def run(command: Command, time: float, *, errors: int = asyncio.subprocess.DEVNULL) -> tuple[int | None, str]:
    """Run a command without a terminal: its exit code (None if it did not start or end) and what it printed."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    except OSError:
        return None, ""
    try:
        output, _ = await asyncio.wait_for(process.communicate(), time)
    except TimeoutError:
        return None, ""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, output.decode(errors="replace")


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0
