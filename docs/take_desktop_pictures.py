"""Take the pictures of docs/desktop.md anew: `python -m docs.take_desktop_pictures`."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from activities.drivers.playwright.host import BrowserHost
from activities.sessions.control import Control
from activities.sessions.desktop import Launch
from tests.support.screen import running_screen

PICTURES = Path(__file__).resolve().parent / "pictures"
FORM = "zenity --forms --title=Invoice --add-entry=Amount --add-entry=Supplier --add-combo=Category"
COLUMNS = 118
DISPLAY = Control(control_type="Edit", class_name="GtkSourceView")


async def _calculate(home: Path) -> None:
    """The calculator, as the first document of the page leaves it."""
    async with running_screen(home) as screen:
        await screen.session().launch(Launch("gnome-calculator"), "calculator")
        await screen.session().set_value(DISPLAY, "78+22")
        await screen.session().invoke(Control(control_type="Button", name="="))
        await screen.session().shows(DISPLAY, "100", whole=True)
        picture = await screen.session().screenshot(Control(control_type="Window"))
    await asyncio.to_thread((PICTURES / "desktop-calculator.png").write_bytes, picture)


def _terminal(command: list[str]) -> str:
    """What a terminal shows of a command, as SVG."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    *words, last = command
    console.print(Text(f'$ aether {" ".join(words)} "{last}"', style="bold"))
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "cli", *command, "--color", "always"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": str(COLUMNS), "PYTHONPATH": str(PICTURES.parent.parent)},
    )
    console.print(Text.from_ansi(done.stdout.rstrip()))
    return console.export_svg(title="aether")


async def _draw(content: str, name: str) -> None:
    """Take a picture of a terminal."""
    async with BrowserHost() as host:
        page = (await host.open("drawing")).context.pages[0]
        await page.set_viewport_size({"width": 1120, "height": 1200})
        await page.set_content(f"<body style='margin:0;background:white'>{content}</body>")
        await page.locator("svg").first.screenshot(path=PICTURES / name)


def main() -> int:
    """Take all of them."""
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(_calculate(Path(directory)))
    asyncio.run(_draw(_terminal(["desktop", "inspect", "--launch", FORM]), "desktop-inspect.png"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
