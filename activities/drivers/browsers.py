"""Which browser this machine has, and how to get one."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from activities.drivers.packages import Check, PackageSource, package_source, run, run_all

Engine = Literal["chromium", "firefox", "webkit"]
"""Kinds of browsers: Chromium is also Chrome and Edge; of the others, only Playwright's own builds can be driven."""
Origin = Literal["setting", "playwright", "system"]

_ANSWER_TIME = 15.0
_IN_VAIN = "it ended well, but no browser starts"
_MOST_VERSIONS_BEHIND = 24
_HEADLESS_ONLY = ("chromium-headless-shell", "chrome-headless-shell")
_FULL = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
_APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "{ProgramFiles}/Google/Chrome/Application/chrome.exe",
    "{ProgramFiles(x86)}/Google/Chrome/Application/chrome.exe",
    "{LocalAppData}/Google/Chrome/Application/chrome.exe",
    "{ProgramFiles(x86)}/Microsoft/Edge/Application/msedge.exe",
    "{ProgramFiles}/Microsoft/Edge/Application/msedge.exe",
)
_PROGRAMS: dict[Engine, tuple[str, ...]] = {
    "firefox": ("firefox", "firefox.exe"),
    "webkit": ("pw_run.sh", "Playwright.exe", "Playwright"),
}
_FONT_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".pfb", ".dfont"})


@dataclass(frozen=True, slots=True)
class FoundBrowser:
    """A browser that starts on this machine."""

    executable: Path
    version: str
    origin: Origin
    """Who chose it: a setting, Playwright's own download, or the system."""


@dataclass(frozen=True, slots=True)
class MissingBrowser:
    """Why this machine has no usable browser, and what to do."""

    reason: str
    remedy: str


async def find_browser(
    executable: Path | None = None, *, headed: bool = False, engine: Engine = "chromium"
) -> FoundBrowser | MissingBrowser:
    """Look for a browser: the one that is set, else Playwright's own, else, for Chromium, the system's.

    Only a browser that answers when asked for its version counts. With `headed`, shells without windows do not.
    """
    if executable is not None:
        version = await _version(executable)
        if version is None:
            reason = f"the browser {str(executable)!r} that is set does not start"
            return MissingBrowser(reason, "correct or remove the setting 'robot.browser'")
        return FoundBrowser(executable, version, "setting")
    if engine != "chromium":
        return await _find_build(engine)
    broken: list[Path] = []
    for origin, candidate in await asyncio.to_thread(_candidates, headed=headed):
        version = await _version(candidate)
        if version is not None:
            return FoundBrowser(candidate, version, origin)
        broken.append(candidate)
    reason = "no Chromium, Chrome or Edge was found"
    if broken:
        reason = f"{_listed(broken)} does not start (libraries may be missing), and no other browser was found"
    source = await asyncio.to_thread(package_source)
    return MissingBrowser(reason, f"run `aether doctor --install`, or {source.instruction(headed=headed)}")


async def _find_build(engine: Engine) -> FoundBrowser | MissingBrowser:
    """Look for Playwright's own build of an engine; they start through scripts that know no `--version`."""
    for build, program in await asyncio.to_thread(lambda: [*_builds(f"{engine}-*", _PROGRAMS[engine])]):
        return FoundBrowser(program, build.name, "playwright")
    return MissingBrowser(f"Playwright's build of {engine} is not installed", f"run `playwright install {engine}`")


async def install_browser(
    report: Callable[[str], None] = lambda _: None,
    *,
    headed: bool = False,
    engine: Engine = "chromium",
    source: PackageSource | None = None,
) -> FoundBrowser | MissingBrowser:
    """Get a browser: Playwright's own download, else the system's packages, else say which commands do it.

    A browser that is already there is left as it is.
    """
    found = await find_browser(headed=headed, engine=engine)
    if isinstance(found, FoundBrowser):
        return found
    if engine != "chromium":
        report(f"downloading Playwright's {engine}")
        refusal = await run_all(((sys.executable, "-m", "playwright", "install", engine),), in_vain=_IN_VAIN)
        found = await find_browser(engine=engine)
        return found if isinstance(found, FoundBrowser) else MissingBrowser(refusal, found.remedy)
    if source is None:
        source = await asyncio.to_thread(package_source)
    report("downloading Playwright's Chromium")
    refusals = [f"Playwright's download failed ({await _download(headed=headed)})"]
    found = await find_browser(headed=headed)
    if isinstance(found, FoundBrowser):
        return found
    for commands in source.attempts(headed=headed) if source.allowed else ():
        report(f"installing by {source.name}: {' '.join(commands[-1])}")
        refusal = await run_all(commands, in_vain=_IN_VAIN)
        found = await find_browser(headed=headed)
        if isinstance(found, FoundBrowser):
            return found
        refusals.append(f"`{' '.join(commands[-1])}` failed ({refusal})")
    if not source.allowed:
        refusals.append(source.refusal)
    return MissingBrowser("; ".join(refusals), source.instruction(headed=headed))


async def check_browsers(
    executable: Path | None = None, *, headed: bool = False, engine: Engine = "chromium"
) -> tuple[Check, ...]:
    """Report on Playwright, the browser and the fonts of this machine."""
    found = await find_browser(executable, headed=headed, engine=engine)
    if isinstance(found, FoundBrowser) and engine != "chromium":
        browser = Check("browser", ok=True, found=f"{found.version} at {found.executable} ({found.origin})")
    elif isinstance(found, FoundBrowser):
        browser = _check_age(found, await asyncio.to_thread(_made_for))
    else:
        browser = Check("browser", ok=False, found=found.reason, remedy=found.remedy)
    return (_check_playwright(), browser, await asyncio.to_thread(_check_fonts))


def _check_playwright() -> Check:
    if _playwright_package() is None:
        return Check("playwright", ok=False, found="not installed", remedy="run `pip install playwright`")
    return Check("playwright", ok=True, found="installed")


def _check_age(browser: FoundBrowser, made_for: int | None) -> Check:
    """A browser years older than what Playwright was made for may lack what it needs."""
    found = f"{browser.version} at {browser.executable} ({browser.origin})"
    major = re.search(r"(\d+)\.\d+", browser.version)
    if made_for is None or major is None or made_for - int(major[1]) <= _MOST_VERSIONS_BEHIND:
        return Check("browser", ok=True, found=found)
    problem = f"{found} is much older than version {made_for}, which this Playwright was made for"
    return Check("browser", ok=False, found=problem, remedy="update the browser, or run `playwright install chromium`")


def _made_for() -> int | None:
    """The version of Chromium that Playwright was made for."""
    package = _playwright_package()
    if package is None:
        return None
    builds = json.loads((package / "driver/package/browsers.json").read_text("utf-8"))["browsers"]
    versions = [str(build.get("browserVersion", "")) for build in builds if build["name"] == "chromium"]
    return next((int(version.partition(".")[0]) for version in versions if version), None)


def _check_fonts() -> Check:
    fonts = sum(1 for folder in _font_folders() for _ in _fonts_in(folder))
    if fonts:
        return Check("fonts", ok=True, found=f"{fonts} fonts")
    instruction = package_source().font_instruction()
    return Check("fonts", ok=False, found="no fonts: pages and screenshots would show no text", remedy=instruction)


def _font_folders() -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "darwin":
        yield from (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts")
    elif sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"
    else:
        yield from (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts")


def _fonts_in(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix.lower() in _FONT_SUFFIXES)


def _candidates(*, headed: bool) -> list[tuple[Origin, Path]]:
    downloaded: list[tuple[Origin, Path]] = [("playwright", path) for path in _downloaded(headed=headed)]
    return [*downloaded, *(("system", path) for path in _installed(headed=headed))]


def _installed(*, headed: bool) -> Iterator[Path]:
    for name in (() if headed else _HEADLESS_ONLY) + _FULL:
        on_path = shutil.which(name)
        if on_path:
            yield Path(on_path)
    for template in _APPLICATIONS:
        with suppress(KeyError):
            path = Path(template.format_map(os.environ))
            if path.is_file():
                yield path


def _downloaded(*, headed: bool) -> Iterator[Path]:
    """Playwright's own builds of Chromium, newest first, the small headless one before the full one."""
    shells = ("headless_shell", "chrome-headless-shell", "chrome-headless-shell.exe", "headless_shell.exe")
    full = ("chrome", "chrome.exe", "Google Chrome for Testing", "Chromium")
    builds = [] if headed else [("chromium_headless_shell-*", shells)]
    for pattern, names in [*builds, ("chromium-*", full)]:
        yield from (path for _, path in _builds(pattern, names))


def _builds(pattern: str, names: tuple[str, ...]) -> Iterator[tuple[Path, Path]]:
    """Whole builds of Playwright's that fit a pattern, newest first, each with its program."""
    folder = _download_folder()
    for build in sorted(folder.glob(pattern), key=_revision, reverse=True) if folder else ():
        if (build / "INSTALLATION_COMPLETE").exists():
            yield from ((build, path) for name in names for path in build.glob(f"**/{name}") if path.is_file())


def _revision(build: Path) -> int:
    return int(re.sub(r"\D", "", build.name) or 0)


def _download_folder() -> Path | None:
    setting = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    if setting == "0":
        package = _playwright_package()
        return package / "driver/package/.local-browsers" if package else None
    if setting:
        return Path(setting)
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library/Caches/ms-playwright"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData/Local")) / "ms-playwright"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "ms-playwright"


def _playwright_package() -> Path | None:
    spec = importlib.util.find_spec("playwright")
    return Path(spec.origin).parent if spec and spec.origin else None


async def _version(executable: Path) -> str | None:
    """What a browser says it is; None if it does not start."""
    if sys.platform == "win32":  # Chrome for Windows prints nothing
        return "version unknown" if await asyncio.to_thread(executable.is_file) else None
    code, output = await run((str(executable), "--version"), _ANSWER_TIME)
    return output.strip().splitlines()[-1].strip() if code == 0 and output.strip() else None


async def _download(*, headed: bool) -> str:
    shell = () if headed else ("--only-shell",)
    return await run_all(((sys.executable, "-m", "playwright", "install", *shell, "chromium"),), in_vain=_IN_VAIN)


def _listed(paths: list[Path]) -> str:
    return ", ".join(map(str, paths))
