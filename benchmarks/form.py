"""A form of 20 steps, beside a plain Playwright script that does the same on the same page.

Run `python -m benchmarks.form`. Server, orchestrator and robot are processes of their own, as `aether dev` has them;
both sides take turns, and the page itself tells when it was opened, first typed into and sent. The figures to quote
are the ratios, round by round.

- *warm*: both sides have a browser that runs; each round begins with no session. Once on a page that takes everything
  at once, once on one that checks each field with its server before the next can be filled in, as portals do.
- *cold*: neither has one: a robot that has just come up, and a script that starts Playwright and a browser.
- *hop*: where the time of a step goes, from the histories of the warm runs.
- *inside a robot*: what each thing that goes with a step adds to filling a field, without a server.
- *page state*: what saving it adds to a step, by how much a page keeps.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog
from playwright.async_api import Browser, async_playwright
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle

from activities.artifacts import LocalArtifactStore
from activities.catalog import Catalog
from activities.drivers.browsers import FoundBrowser, find_browser
from activities.drivers.playwright.evidence import Witness
from activities.drivers.playwright.healing.memory import Memory
from activities.drivers.playwright.host import BrowserHost
from activities.drivers.playwright.mark import Marks
from activities.evidence import EvidenceStore
from activities.fingerprints import LocalFingerprintStore
from activities.nodes.browser.fill import fill
from activities.nodes.browser.open import open as open_page
from activities.sealing import Seal
from tests.support.robot import serving, start_robot
from tests.support.steps import Steps
from tests.support.web import Received, Web, respond, web
from workers.client import connect
from workers.dev import Stack, stack
from workers.providers import browser_provider
from workers.runs import start_run
from workers.server import load
from workers.settings import RobotSettings, Settings
from workflows.call import SessionGrant
from workflows.compile import compile_plan
from workflows.document import Document
from workflows.plan import Plan

FIELDS = 18
WARM = 12
COLD = 4
FILLS = 40
STORED = {"nothing": 0, "10 kB": 10_000, "1 MB": 1_000_000}
"""What a page keeps in its local storage."""

CHECKED = 0.1
"""Seconds a server takes to check a field."""

_FIELDS = "".join(
    f"<p><label>Field {number} <input name=f{number} oninput='told(this)'></label></p>" for number in range(FIELDS)
)
_FORM = f"""<!doctype html><meta charset=utf-8><title>Form</title><form action="/sent" method=post>{_FIELDS}
<button>Send</button></form>
<script>
  let first = true;
  const fields = [...document.querySelectorAll("input, button")], checked = location.pathname == "/checked";
  for (const field of fields.slice(1)) field.disabled = checked;
  async function told(field) {{
    if (first) fetch("/typed");
    first = false;
    if (checked) await fetch("/check");
    fields[fields.indexOf(field) + 1].disabled = false;
  }}
</script>"""


class Moments:
    """What the page's server has seen, and when."""

    def __init__(self, site: Web) -> None:
        self.url = site.url()
        self._seen: dict[str, float] = {}
        for path, body in {"/": _FORM, "/checked": _FORM, "/typed": "", "/sent": "<title>Sent</title>"}.items():
            site.behave(path, self._noting(path.replace("checked", ""), body.encode()))
        site.behave("/check", self._noting("/check", b"", wait=CHECKED))
        site.answer("/favicon.ico", 404)

    def _noting(
        self, path: str, body: bytes, *, wait: float = 0
    ) -> Callable[[Received, asyncio.StreamWriter], Awaitable[None]]:
        async def note(_: Received, writer: asyncio.StreamWriter) -> None:
            self._seen.setdefault(path, time.perf_counter())
            await asyncio.sleep(wait)
            await respond(writer, 200, body, Content_Type="text/html")

        return note

    @asynccontextmanager
    async def round(self) -> AsyncIterator[Round]:
        """One form, from the first word to the last."""
        self._seen.clear()
        done, began = Round(), time.perf_counter()
        yield done
        opened, typed, sent = (self._seen[path] for path in ("/", "/typed", "/sent"))
        done.times |= {
            "to the page": opened - began,
            "to the first action": typed - began,
            "18 fields and a click": sent - typed,
            "everything": time.perf_counter() - began,
        }


@dataclass
class Round:
    """How long the parts of one form took, in seconds."""

    times: dict[str, float] = field(default_factory=dict)


Figures = dict[str, list[float]]


def form(url: str, *tags: str) -> Plan:
    """The form as a document."""
    fills = [
        {"do": "browser.fill", "with": {"target": {"label": f"Field {number}"}, "value": f"value {number}"}}
        for number in range(FIELDS)
    ]
    steps: list[Any] = [
        {"do": "browser.open", "with": {"url": url}},
        *fills,
        {"do": "browser.click", "with": {"target": {"role": "button", "name": "Send"}}, "effect": "idempotent"},
    ]
    document = Document.model_validate({"aether": 1, "name": "form", "needs": ["browser", *tags], "steps": steps})
    compiled = compile_plan(document, Catalog.discover().specs())
    if compiled.plan is None:
        raise SystemExit("\n".join(map(str, compiled.problems)))
    return compiled.plan


async def scripted(browser: Browser, url: str) -> None:
    """The form as somebody writes it who has Playwright only."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(url)
    for number in range(FIELDS):
        await page.get_by_label(f"Field {number}", exact=True).fill(f"value {number}")
    await page.get_by_role("button", name="Send").click()
    await page.wait_for_url("**/sent")
    await context.close()


async def documented(client: Client, plan: Plan) -> WorkflowHandle[Any, Any]:
    """The form as a run."""
    run = await start_run(client, plan, inputs={}, files={}, source="", key=uuid4().hex)
    await run.handle.result()
    return run.handle


async def warm(client: Client, moments: Moments, url: str, executable: Path) -> tuple[Figures, Figures, Figures]:
    """Both sides with a browser that runs: the document, the script, and the parts of its steps."""
    ours, theirs, hops = (defaultdict[str, list[float]](list) for _ in range(3))
    plan = form(url)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable)
        for number in range(WARM + 1):
            async with moments.round() as script:
                await scripted(browser, url)
            async with moments.round() as document:
                run = await documented(client, plan)
            if number:  # the first is for warming up
                _add(theirs, script.times)
                _add(ours, document.times)
                _add(hops, await hop(run))
        await browser.close()
    return ours, theirs, hops


async def cold(up: Stack, client: Client, moments: Moments, executable: Path) -> tuple[Figures, Figures]:
    """Both sides without a browser: the document, and the script."""
    ours, theirs = (defaultdict[str, list[float]](list) for _ in range(2))
    for number in range(COLD):
        async with moments.round() as script, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=executable)
            await scripted(browser, moments.url)
            await browser.close()
        _add(theirs, script.times)
        tag = f"cold{number}"
        settings = up.settings.model_copy(update={"robot": RobotSettings(id=tag, tags=(tag,))})
        robot = await start_robot(settings)
        try:
            await serving(client, settings)
            plan = form(moments.url, tag)
            async with moments.round() as document:
                await documented(client, plan)
            _add(ours, document.times)
        finally:
            robot.terminate()
            await robot.wait()
    return ours, theirs


def _add(figures: Figures, times: dict[str, float]) -> None:
    for name, seconds in times.items():
        figures[name].append(seconds)


async def hop(run: WorkflowHandle[Any, Any]) -> dict[str, float]:
    """Where the time of a run's steps went, as its history tells: the median step."""
    events = (await run.fetch_history()).events
    times = {event.event_id: event.event_time.ToNanoseconds() / 1e9 for event in events}
    parts: dict[str, list[float]] = defaultdict(list)
    ended = None
    for event in events:
        match event.event_type:
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                step = event.activity_task_scheduled_event_attributes.activity_type.name
                if step == "browser.fill" and ended is not None:
                    parts["from one step's end to the next one's order"].append(times[event.event_id] - ended)
            case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                completed = event.activity_task_completed_event_attributes
                began, ended = times[completed.started_event_id], times[event.event_id]
                parts["from order to start"].append(began - times[completed.scheduled_event_id])
                parts["in the robot"].append(ended - began)
    return {name: statistics.median(seconds) for name, seconds in parts.items()}


async def inside(url: str, directory: Path) -> Figures:
    """What a robot does with a step besides the step: one thing after the other is added."""
    figures: Figures = defaultdict(list)
    async with BrowserHost() as host:
        benches = _benches(host, directory)
        sessions = {name: SessionGrant(id=name, robot="bench", capability="browser") for name in benches}
        for name, bench in benches.items():
            await host.open(name)
            await bench.do(open_page, {"url": url}, session=sessions[name])
        page = host.find("as a step").front
        if page is None:
            raise SystemExit("the page closed itself")
        for number in range(FILLS):
            value = f"value {number}"
            await _timed(figures, "the script", page.get_by_label("Field 0", exact=True).fill(value))
            for name, bench in benches.items():
                params = {"target": {"label": "Field 0"}, "value": value}
                await _timed(figures, name, bench.do(fill, params, session=sessions[name], place="field"))
    return figures


def _benches(host: BrowserHost, directory: Path) -> dict[str, Steps]:
    """The wrapper that robots use, with more and more of what they give it."""
    store = LocalArtifactStore(directory / "artifacts")
    marks = Marks(host, store, Seal(bytes(32)))
    witness = Witness(host, EvidenceStore(LocalArtifactStore(directory / "evidence"), Seal(bytes(32))))
    memory = Memory(LocalFingerprintStore(directory / "fingerprints"), alone=True)
    providers = {
        "as a step": browser_provider(host),
        "watched": browser_provider(host, witness=witness),
        "and recognised": browser_provider(host, witness=witness, memory=memory),
        "and page state saved": browser_provider(host, marks, witness, memory),
    }
    benches = {}
    for name, provider in providers.items():
        (place := directory / name).mkdir()
        benches[name] = Steps(place, provider)
    return benches


async def page_state(url: str, directory: Path) -> Figures:
    """What saving adds to a step, by how much the page keeps, and whether the step has changed it."""
    figures: Figures = defaultdict(list)
    async with BrowserHost() as host:
        marks = Marks(host, LocalArtifactStore(directory / "artifacts"), Seal(bytes(32)))
        for name, size in STORED.items():
            bench, grant = Steps(_made(directory / name), browser_provider(host)), _grant(name)
            session = await host.open(name)
            await bench.do(open_page, {"url": url}, session=grant)
            page = session.front
            if page is None:
                raise SystemExit("the page closed itself")
            await page.evaluate("size => localStorage.setItem('kept', 'x'.repeat(size))", size)
            call = bench.call(fill, {}, session=grant)
            for number in range(FILLS):
                await page.evaluate("number => localStorage.setItem('number', number)", number)
                await _timed(figures, f"{name}, changed", marks.left(call))
                await _timed(figures, f"{name}, as it was", marks.left(call))
    return figures


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory


def _grant(session: str) -> SessionGrant:
    return SessionGrant(id=session, robot="bench", capability="browser")


async def _timed(figures: Figures, name: str, work: Awaitable[object]) -> None:
    began = time.perf_counter()
    await work
    figures[name].append(time.perf_counter() - began)


def compared(title: str, ours: Figures, theirs: Figures) -> Iterable[str]:
    """A table of both sides in milliseconds, with the median ratio of the rounds and their spread."""
    yield f"{title:<44}{'document':>10}{'script':>10}{'ratio':>8}   (from - to)"
    for name in ours:
        ratios = sorted(a / b for a, b in zip(ours[name], theirs[name], strict=True))
        a, b = (statistics.median(side[name]) * 1000 for side in (ours, theirs))
        spread = f"({ratios[0]:.2f} - {ratios[-1]:.2f})"
        yield f"  {name:<42}{a:>10.0f}{b:>10.0f}{statistics.median(ratios):>8.2f}   {spread}"
    yield ""


def listed(title: str, figures: Figures) -> Iterable[str]:
    """A table of medians in milliseconds."""
    yield f"{title:<44}{'median':>10}{'p95':>10}"
    for name, seconds in figures.items():
        ordered = sorted(seconds)
        yield f"  {name:<42}{statistics.median(ordered) * 1000:>10.1f}{ordered[int(len(ordered) * 0.95)] * 1000:>10.1f}"
    yield ""


def told(lines: Iterable[str]) -> None:
    """Say some lines."""
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


async def main() -> None:
    """Measure, and print tables."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    found = await find_browser()
    if not isinstance(found, FoundBrowser):
        raise SystemExit(f"no browser: {found.remedy}")
    with tempfile.TemporaryDirectory() as directory:
        async with web() as site:
            moments = Moments(site)
            settings = Settings.located(Path(directory, "state"), secrets_key=Path(directory, "keys", "secrets.key"))
            async with stack(settings, config=load().on_free_ports()) as up:
                client = await connect(up.settings)
                ours, theirs, hops = await warm(client, moments, moments.url, found.executable)
                told([*compared("warm", ours, theirs), *listed("hop", hops)])
                ours, theirs, _ = await warm(client, moments, site.url("/checked"), found.executable)
                told(compared(f"warm, {CHECKED * 1000:.0f} ms for each field", ours, theirs))
                told(compared("cold", *await cold(up, client, moments, found.executable)))
            told(listed("inside a robot", await inside(moments.url, _made(Path(directory, "inside")))))
            told(listed("page state", await page_state(moments.url, _made(Path(directory, "state of pages")))))


if __name__ == "__main__":
    asyncio.run(main())
