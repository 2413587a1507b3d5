"""Take the pictures of healing.md anew: a step in front of a page that has changed since it was used last."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

from typing_extensions import override

from activities.drivers.playwright.healing.journal import Journal
from activities.drivers.playwright.healing.memory import Memory
from activities.drivers.playwright.host import BrowserHost
from activities.evidence import local_evidence
from activities.fingerprints import local_fingerprints
from activities.heals import local_heals
from activities.sealing import Seal
from activities.sessions.profile import Configuration, Viewport
from activities.sessions.target import Target
from workflows.call import SessionGrant, StepCall
from workflows.errors import AetherError
from workflows.spec import Effect

PICTURES = Path(__file__).resolve().parent / "pictures"
PAY = Target(css="#pay")
_SECONDS = 12
PAGE = """<!doctype html><title>Pay a supplier</title><style>
  body {{ font: 15px sans-serif; margin: 24px; color: #223 }} td, th {{ padding: 6px 18px 6px 0; text-align: left }}
  input {{ padding: 6px; margin: 4px 18px 4px 6px }} .main {{ background: #0645ad; color: white }}
  button {{ padding: 8px 18px; margin: 12px 12px 0 0; border: 1px solid #889; border-radius: 4px; background: #fff }}
</style><h1>Pay a supplier</h1>
<table><tr><th>Invoice<th>Supplier<th>Amount<tr><td>RE-2024-17<td>Globex<td>1,204.00</table>
<form><label>Account <input name=account></label><label>Date <input name=date></label><br>{buttons}</form>"""
KNOWN = "<button type=button id=pay class=main>Pay now</button><button type=button id=back>Cancel</button>"
GONE = "<button type=button id=b8>Cancel</button>"
CHANGED = {
    "healed": "<button type=button id=b8>Cancel</button><button type=button id=b7 class=main>Pay now</button>",
    "proposed": "<button type=button id=b8>Cancel</button><button type=button id=b7 class=main>Transfer</button>",
}


class Portal(BaseHTTPRequestHandler):
    """A page that is made anew."""

    shown: ClassVar[str] = KNOWN

    def do_GET(self) -> None:
        """Show the page as it is now."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.format(buttons=self.shown).encode())

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _call(run: str) -> StepCall:
    grant = SessionGrant(id="pictures", robot="robot", capability="browser")
    return StepCall(
        run=run,
        document="pay",
        step="pay",
        place="pay",
        attempt=1,
        key=run,
        effect=Effect.ONCE,
        timeout=_SECONDS,
        session=grant,
    )


async def _take(url: str, directory: Path) -> None:
    seal, heals = Seal(bytes(32)), local_heals(directory)
    evidence = local_evidence(directory, seal)
    memory = Memory(local_fingerprints(directory), Journal(heals, evidence))
    async with BrowserHost() as host:
        await host.open("pictures")

        async def pay(run: str, buttons: str) -> None:
            Portal.shown = buttons
            async with memory.recalling(_call(run)) as recall:
                page = host.page("pictures", timeout=timedelta(seconds=_SECONDS), recall=recall)
                await page.profile.configure(Configuration(viewport=Viewport(width=760, height=340)))
                await page.open(url, None)
                await page.click(PAY)

        await pay("first", KNOWN)
        for name, buttons in CHANGED.items():
            with suppress(AetherError):
                await pay(name, buttons)
            heal = next(heal for heal in await heals.all() if name in heal.runs)
            assert heal.finding.picture is not None  # noqa: S101 - it was about to be acted upon
            (PICTURES / f"{name}.png").write_bytes(await evidence.read(heal.finding.picture))
        with suppress(AetherError):
            await pay("refused", GONE)
        shown = host.page("pictures", timeout=timedelta(seconds=_SECONDS))
        (PICTURES / "refused.png").write_bytes(await shown.screenshot(None, full_page=False))


def main() -> None:
    """Take them."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(_take(f"http://127.0.0.1:{server.server_port}/", Path(directory)))
    server.shutdown()


if __name__ == "__main__":
    main()
