"""`aether browser pick` and `aether record`."""

from __future__ import annotations

import asyncio
import re
import signal
from pathlib import Path

from rich.table import Table
from rich.text import Text

from activities.drivers.playwright.host import BrowserHost, BrowserSettings
from activities.drivers.playwright.recording.compose import compose, remembered
from activities.drivers.playwright.recording.note import Deed
from activities.drivers.playwright.recording.pick import pick
from activities.drivers.playwright.recording.record import record
from activities.drivers.playwright.recording.suggest import Suggestion
from activities.sessions.target import Target
from cli.caller import Caller
from cli.connecting import settings_of
from cli.failure import CommandError, ExitCode
from cli.output import Output
from workers.healing import Portable, import_fingerprints
from workflows.printing import print_document, print_value


def pick_element(caller: Caller, url: str, *, selector: str | None) -> int:
    """Show the targets of an element, the most stable one first."""
    output = Output(caller)
    target = Target.model_validate(selector) if selector else None
    if target is None:
        output.note("click the element in the browser's window")
    suggestions = asyncio.run(_picked(_browser(caller, headed=target is None), url, target))
    if output.text:
        output.results.print(_table(suggestions))
    else:
        output.write_all(
            {"target": each.written(), "stability": each.stability, "reason": each.reason} for each in suggestions
        )
    return ExitCode.OK


def record_document(caller: Caller, url: str, *, to: Path) -> int:
    """Write the document that does what a person does in the browser."""
    beside = to.with_name(f"{to.stem}.fingerprints.json")
    for file in (to, beside):
        if file.exists():
            raise CommandError("exists", f"{str(file)!r} exists already", hint="name another file, or move it away")
    output = Output(caller)
    output.note("use the browser's window; close it when you are done")
    deeds = asyncio.run(_recorded(_browser(caller, headed=True), url))
    name = re.sub(r"[^a-z0-9]+", "-", to.stem.lower()).strip("-") or "recording"
    document = compose(name, deeds)
    to.write_text(print_document(document), encoding="utf-8")
    elements = Portable(document=document.name, elements=tuple(remembered(document, deeds)))
    _remember(caller, elements, beside)
    if not output.text:
        facts = {"name": document.name, "file": str(to), "steps": len(document.steps)}
        output.write(facts | {"fingerprints": str(beside), "elements": len(elements.elements)})
        return ExitCode.OK
    output.note(f"wrote {len(document.steps)} steps to {to}")
    output.note(f"wrote to {beside} what they act on, so that they know it when the page has changed")
    secrets = sorted(set(re.findall(r"secret\('(\w+)'\)", to.read_text(encoding="utf-8"))))
    for secret in secrets:
        output.note(Text(f"`aether secret set {secret}` before it runs: a password was typed there", style="dim"))
    return ExitCode.OK


def _remember(caller: Caller, elements: Portable, beside: Path) -> None:
    """Keep what the elements of a document are, in a file and for the robots here."""
    content = elements.model_dump_json(indent=1)
    beside.write_text(content + "\n", encoding="utf-8")
    asyncio.run(import_fingerprints(settings_of(caller), content))


async def _picked(settings: BrowserSettings, url: str, target: Target | None) -> list[Suggestion]:
    async with BrowserHost(settings) as host:
        return await pick(host, url, target)


async def _recorded(settings: BrowserSettings, url: str) -> list[Deed]:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    async with BrowserHost(settings) as host:
        return await record(host, url, stop)


def _browser(caller: Caller, *, headed: bool) -> BrowserSettings:
    robot = settings_of(caller, {}).robot
    return BrowserSettings(executable=robot.browser, engine=robot.engine, headed=headed)


def _table(suggestions: list[Suggestion]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("target", "stability", "why"):
        table.add_column(title, overflow="fold")
    for each in suggestions:
        table.add_row(Text(print_value(each.written())), Text(str(each.stability)), Text(each.reason))
    return table
