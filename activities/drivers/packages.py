"""Browsers and fonts from the package manager of this machine."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackageSource:
    """How a package manager installs a browser."""

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

    def instruction(self, *, headed: bool) -> str:
        """The commands a person can run."""
        attempts = self.attempts(headed=headed) if self.install else ()
        if not attempts:
            return "install Google Chrome, Chromium or Edge, or name one in the setting 'robot.browser'"
        return "run `" + " && ".join(self._typed(command) for command in attempts[0]) + "`"

    def font_instruction(self) -> str:
        """The command that installs fonts."""
        if not self.install or not self.fonts:
            return "install a font package"
        return f"run `{self._typed((*self.install, *self.fonts))}`"

    def _typed(self, command: Command) -> str:
        return ("sudo " if self.needs_root and not _is_root() else "") + " ".join(command)


NO_PACKAGES = PackageSource("no package manager")

_SOURCES = {
    "apt-get": PackageSource(
        "apt-get",
        install=("apt-get", "install", "--yes", "--no-install-recommends"),
        refresh=("apt-get", "update"),
        headless=("chromium-headless-shell",),
        full=("chromium",),
        fonts=("fonts-liberation", "fonts-dejavu"),
    ),
    "dnf": PackageSource(
        "dnf",
        install=("dnf", "install", "--assumeyes"),
        headless=("chromium-headless",),
        full=("chromium",),
        fonts=("liberation-fonts", "dejavu-sans-fonts"),
    ),
    "zypper": PackageSource(
        "zypper",
        install=("zypper", "--non-interactive", "install", "--no-recommends"),
        full=("chromium",),
        fonts=("liberation-fonts", "dejavu-fonts"),
    ),
    "apk": PackageSource("apk", install=("apk", "add"), full=("chromium",), fonts=("font-liberation", "font-dejavu")),
    "pacman": PackageSource(
        "pacman",
        install=("pacman", "--sync", "--refresh", "--noconfirm", "--needed"),
        full=("chromium",),
        fonts=("ttf-liberation", "ttf-dejavu"),
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


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0
