from __future__ import annotations

import os
from pathlib import Path

import pytest

from activities.drivers.browsers import (
    Engine,
    FoundBrowser,
    MissingBrowser,
    check_browsers,
    find_browser,
    install_browser,
)
from activities.drivers.packages import PackageSource

pytestmark = pytest.mark.skipif(os.name == "nt", reason="programs are shell scripts here")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing is installed, as far as one can see."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:9")
    (tmp_path / "bin").mkdir()
    return tmp_path


def program(path: Path, answer: str, code: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{answer}'\nexit {code}\n")
    path.chmod(0o755)
    return path


async def test_the_browser_that_is_set_comes_first(machine: Path) -> None:
    program(machine / "bin/chromium", "Chromium 1")
    mine = program(machine / "mine", "Chromium 2")

    found = await find_browser(mine)

    assert FoundBrowser(mine, "Chromium 2", "setting") == found


async def test_a_setting_that_does_not_start_is_not_overruled(machine: Path) -> None:
    program(machine / "bin/chromium", "Chromium 1")

    found = await find_browser(machine / "absent")

    assert isinstance(found, MissingBrowser)
    assert "robot.browser" in found.remedy


async def test_playwrights_own_build_comes_before_the_systems(machine: Path) -> None:
    program(machine / "bin/chromium", "Chromium 1")
    for revision in (999, 1255):
        build = machine / f"playwright/chromium_headless_shell-{revision}"
        program(build / "chrome-headless-shell-linux64/chrome-headless-shell", f"Chrome {revision}")
        (build / "INSTALLATION_COMPLETE").touch()
    half = machine / "playwright/chromium_headless_shell-9999"
    program(half / "chrome-headless-shell-linux64/chrome-headless-shell", "half a download")

    found = await find_browser()

    assert isinstance(found, FoundBrowser)
    assert ("Chrome 1255", "playwright") == (found.version, found.origin)


async def test_the_small_browser_comes_before_the_full_one_unless_windows_are_wanted(machine: Path) -> None:
    full = program(machine / "bin/chromium", "Chromium 1")
    small = program(machine / "bin/chromium-headless-shell", "Chromium 1")

    headless, headed = await find_browser(), await find_browser(headed=True)

    assert FoundBrowser(small, "Chromium 1", "system") == headless
    assert FoundBrowser(full, "Chromium 1", "system") == headed


async def test_a_browser_that_does_not_start_does_not_count(machine: Path) -> None:
    broken = program(machine / "bin/chromium-browser", "this needs a snap", code=1)

    found = await find_browser()

    assert isinstance(found, MissingBrowser)
    assert str(broken) in found.reason


@pytest.mark.usefixtures("machine")
async def test_a_machine_without_browser_says_what_to_do() -> None:
    checks = {check.name: check for check in await check_browsers()}

    assert not checks["browser"].ok
    assert checks["browser"].found == "no Chromium, Chrome or Edge was found"
    assert checks["browser"].remedy.startswith("run `aether doctor --install`, or ")


@pytest.mark.parametrize(("version", "ok"), [("Chromium 9999.0.1", True), ("Chromium 90.0.4430", False), ("?", True)])
async def test_a_browser_much_older_than_playwright_is_a_problem(machine: Path, version: str, *, ok: bool) -> None:
    program(machine / "bin/chromium", version)

    checks = {check.name: check for check in await check_browsers()}

    assert ok is checks["browser"].ok
    assert version in checks["browser"].found


async def test_what_is_installed_already_is_left_alone(machine: Path) -> None:
    program(machine / "bin/chromium", "Chromium 1")
    said: list[str] = []

    found = await install_browser(said.append)

    assert isinstance(found, FoundBrowser)
    assert said == []


async def test_packages_are_tried_in_turn_until_a_browser_is_there(machine: Path) -> None:
    install = program(machine / "bin/install", "unused")
    install.write_text(
        '#!/bin/sh\n[ "$1" = chromium ] || exit 100\n'
        f"printf '#!/bin/sh\\necho Chromium 3\\n' > {machine}/bin/chromium\n"
    )
    (machine / "bin/chromium").touch(0o755)
    source = PackageSource("test", install=(str(install),), headless=("small",), full=("chromium",), needs_root=False)

    said: list[str] = []
    found = await install_browser(said.append, source=source)

    assert isinstance(found, FoundBrowser)
    assert [line.rpartition(" ")[2] for line in said] == ["Chromium", "small", "chromium"]


@pytest.mark.usefixtures("machine")
async def test_without_the_right_to_install_the_commands_are_named() -> None:
    source = PackageSource("no package manager")
    told = PackageSource("apt-get", install=("apt-get", "install"), refresh=("apt-get", "update"), full=("chromium",))

    missing = await install_browser(source=source)

    assert isinstance(missing, MissingBrowser)
    assert missing.reason.startswith("Playwright's download failed (")
    assert missing.reason.endswith("; this machine has no package manager we know")
    assert missing.remedy == "install Google Chrome, Chromium or Edge, or name one in the setting 'robot.browser'"
    assert told.instruction(headed=False).replace("sudo ", "") == "run `apt-get update && apt-get install chromium`"


@pytest.mark.usefixtures("machine")
async def test_why_packages_could_not_be_installed_is_told(tmp_path: Path) -> None:
    install = program(tmp_path / "install", "E: Unable to locate package chromium", code=100)
    source = PackageSource("apt-get", install=(str(install),), full=("chromium",), needs_root=False)

    missing = await install_browser(source=source)

    assert isinstance(missing, MissingBrowser)
    assert missing.reason.endswith(f"`{install} chromium` failed (E: Unable to locate package chromium)")


@pytest.mark.parametrize(("engine", "name"), [("firefox", "firefox/firefox"), ("webkit", "pw_run.sh")])
async def test_of_other_engines_playwrights_newest_whole_build_is_found(
    machine: Path, engine: Engine, name: str
) -> None:
    for revision in (99, 1532):
        build = machine / f"playwright/{engine}-{revision}"
        program(build / name, engine)
        (build / "INSTALLATION_COMPLETE").touch()
    program(machine / f"playwright/{engine}-2000/{name}", "half a download")

    found = await find_browser(engine=engine)
    checks = await check_browsers(engine=engine)

    build = machine / f"playwright/{engine}-1532"
    assert FoundBrowser(build / name, build.name, "playwright") == found
    assert [True] == [check.ok for check in checks if check.name == "browser"]


async def test_an_engine_that_is_missing_is_told_with_its_command(machine: Path) -> None:
    program(machine / "bin/firefox", "Mozilla Firefox 153")

    missing = await find_browser(engine="firefox")
    refused = await install_browser(engine="firefox")

    assert (
        MissingBrowser("Playwright's build of firefox is not installed", "run `playwright install firefox`") == missing
    )
    assert isinstance(refused, MissingBrowser)
    assert missing.remedy == refused.remedy
