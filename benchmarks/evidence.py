"""What each level of evidence costs a step in the browser, against the same step without any.

Run `python -m benchmarks.evidence`. All levels take turns in one browser, with the wrapper that robots use and without
a server; the figures to quote are the ratios to `off`.

- *a step that goes well*: fill a field, click a button and read a text, on a small page and on a large one.
- *a step that fails*: what it takes to tell that a target is ambiguous, which needs no waiting.
- *kept*: bytes of evidence of one step.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from activities.artifacts import LocalArtifactStore
from activities.drivers.playwright.evidence import Witness
from activities.drivers.playwright.host import BrowserHost, BrowserSettings
from activities.evidence import EvidenceStore
from activities.node import Node
from activities.nodes.browser.click import click
from activities.nodes.browser.fill import fill
from activities.nodes.browser.open import open as open_page
from activities.nodes.browser.read import read
from activities.sealing import Seal
from tests.support.pages import Site, running_site
from tests.support.steps import StepFailedError, Steps
from workers.providers import browser_provider
from workflows.call import EvidenceLevel, FileEntry, SessionGrant

LEVELS: tuple[EvidenceLevel, ...] = ("off", "failure", "all")
PAGES = {"/small": 100, "/large": 2000}
"""Rows of the table on each page."""
ROUNDS = 15
WELL: tuple[tuple[Node[Any, Any, Any], dict[str, Any]], ...] = (
    (fill, {"target": {"label": "Amount"}, "value": "12.50"}),
    (click, {"target": {"role": "button", "name": "Add"}}),
    (read, {"target": "#count"}),
)
BADLY: tuple[Node[Any, Any, Any], dict[str, Any]] = (click, {"target": {"role": "button"}})


@dataclass(frozen=True, slots=True)
class Bench:
    """A session for each level, in front of the same pages."""

    steps: Steps
    times: dict[tuple[str, str, EvidenceLevel], list[float]]
    sizes: dict[tuple[str, str, EvidenceLevel], list[int]]

    async def open(self, url: str) -> None:
        """Have all sessions show a page."""
        for level in LEVELS:
            await self.steps.do(open_page, {"url": url}, session=_grant(level), evidence=level)

    async def measure(self, page: str) -> None:
        """Do each kind of step at each level, in turns."""
        for _ in range(ROUNDS):
            for level in LEVELS:
                for node, params in WELL:
                    await self._one(page, "goes well", level, node, params)
        for _ in range(ROUNDS):
            for level in LEVELS:
                await self._one(page, "fails", level, *BADLY)

    async def _one(
        self, page: str, kind: str, level: EvidenceLevel, node: Node[Any, Any, Any], params: dict[str, Any]
    ) -> None:
        began = time.perf_counter()
        evidence = await self._evidence(level, node, params)
        self.times[page, kind, level].append((time.perf_counter() - began) * 1000)
        self.sizes[page, kind, level].append(sum(entry.size for entry in evidence.values()))

    async def _evidence(
        self, level: EvidenceLevel, node: Node[Any, Any, Any], params: dict[str, Any]
    ) -> dict[str, FileEntry]:
        try:
            return (await self.steps.outcome(node, params, session=_grant(level), evidence=level)).evidence
        except StepFailedError as failed:
            return failed.error.evidence

    def rows(self) -> list[str]:
        """The table: medians, and ratios round by round."""
        lines = [f"{'':<44}{'level':>9}{'ms':>9}{'ratio':>8}{'KiB kept':>10}"]
        for (page, kind, level), taken in self.times.items():
            without = self.times[page, kind, "off"]
            ratio = statistics.median(ours / theirs for ours, theirs in zip(taken, without, strict=True))
            kept = statistics.median(self.sizes[page, kind, level]) / 1024
            name = f"a step that {kind}, page of {PAGES[page]} rows"
            lines.append(f"{name:<44}{level:>9}{statistics.median(taken):>9.1f}{ratio:>8.2f}{kept:>10.1f}")
        return lines


def _grant(level: EvidenceLevel) -> SessionGrant:
    return SessionGrant(id=level, robot="robot", capability="browser")


def serve(site: Site) -> None:
    """Put a page with a form and a table at each path."""
    for path, rows in PAGES.items():
        cells = "".join(
            f"<tr><td>{row}</td><td>Invoice {row}</td><td><a href='#{row}'>Show</a></td></tr>" for row in range(rows)
        )
        site.page(
            path,
            "<label>Amount <input></label><p id=count>0</p>"
            "<button onclick='count.textContent = +count.textContent + 1'>Add</button><button>Remove</button>"
            f"<table>{cells}</table>",
        )


async def main() -> None:
    """Measure, and print a table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as name, running_site() as site:
        directory = Path(name)
        serve(site)
        async with BrowserHost(BrowserSettings(traces=directory / "traces")) as host:
            for level in LEVELS:
                await host.open(level)
            store = EvidenceStore(LocalArtifactStore(directory / "evidence"), Seal(bytes(32)))
            steps = Steps(directory, browser_provider(host, witness=Witness(host, store)))
            bench = Bench(steps, defaultdict(list), defaultdict(list))
            for page in PAGES:
                await bench.open(site.url(page))
                await bench.measure(page)
    sys.stdout.write("\n".join(bench.rows()) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
