"""Take the README's pictures anew from a real demo; needs tmux, and a browser as robots do."""

from __future__ import annotations

import asyncio
import io
import re
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.text import Text

from activities.drivers.browsers import FoundBrowser, find_browser

PICTURES = Path(__file__).resolve().parent / "pictures"
ROOT = PICTURES.parent.parent
COLUMNS, LINES = 112, 38
PATIENCE = 600
_LINK = re.compile(r"http://[\w.:]+/namespaces/\S+")


class Terminal:
    """A terminal of its own that a program runs in."""

    def __init__(self, command: str) -> None:
        self._name = "aether-pictures"
        self._tmux("new-session", "-d", "-x", str(COLUMNS), "-y", str(LINES), "-s", "main", command)

    def text(self, *, styled: bool = False) -> str:
        """What it shows."""
        return self._tmux("capture-pane", "-p", "-J", *(["-e"] if styled else []), "-t", "main")

    def wait_for(self, pattern: re.Pattern[str]) -> str:
        """Wait until it shows something, and give that."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := pattern.search(self.text()):
                return found[0]
            time.sleep(0.2)
        raise TimeoutError(f"the terminal never showed {pattern.pattern!r}; it shows:\n{self.text()}")

    def close(self) -> None:
        """End the program, and the terminal with it."""
        self._tmux("send-keys", "-t", "main", "C-c")

    def _tmux(self, *arguments: str) -> str:
        return subprocess.run(  # noqa: S603 - our own words
            ["tmux", "-L", self._name, *arguments],  # noqa: S607 - wherever it is
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
        ).stdout


def terminal_picture(browser: Browser, screen: str, title: str, to: Path) -> None:
    """Draw a terminal's screen."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(screen.rstrip()))
    page = browser.new_page(device_scale_factor=1.4, viewport={"width": 1400, "height": 900})
    page.set_content(f"<body style='margin:0;background:white'>{console.export_svg(title=title)}</body>")
    page.locator("svg").first.screenshot(path=to)
    page.close()


def web_picture(browser: Browser, link: str, to: Path) -> None:
    """Photograph the Temporal UI's page of a run, down to its latest steps."""
    page = browser.new_page(viewport={"width": 1500, "height": 1180})
    page.goto(link)
    page.get_by_text("button Submit invoice").first.wait_for()
    page.screenshot(path=to)
    page.close()


def _browser() -> Path | None:
    found = asyncio.run(find_browser())
    return found.executable if isinstance(found, FoundBrowser) else None


def main() -> int:
    """Run the demo and take a picture of the terminal while it works, and one of the run in Temporal's UI."""
    executable = _browser()
    terminal = Terminal(".venv/bin/aether demo --keep")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        link = terminal.wait_for(_LINK)
        terminal.wait_for(re.compile(r"1[5-9]/30"))
        terminal_picture(browser, terminal.text(styled=True), "make demo", PICTURES / "terminal.png")
        web_picture(browser, link, PICTURES / "temporal-ui.png")
        browser.close()
    terminal.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
