"""What each healer finds, on pairs of releases, on pages that were changed on purpose, and on a large page."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import playwright.async_api as pw

from benchmarks.healing.browser import ask, opened
from benchmarks.healing.corpus import PagePair
from benchmarks.healing.truth import Target, targets
from workflows.healing import Evidence, Verdict, decide
from workflows.spec import Effect

Found = Literal["right", "wrong", "none"]

HEALERS = ("naive", "similo", "ours")
LARGE = 5000
"""Elements of the large page."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one target."""

    set: str
    """What had happened to it."""
    gone: bool
    """Whether it is not there any more, so that whatever is found is wrong."""
    naive: Found
    similo: Found
    ours: Found
    """The best candidate of ours, whatever was decided about it."""
    evidence: Evidence | None
    found: str = ""
    """The best candidate, in words."""
    called: str = ""
    """What the element was called."""

    def verdict(self, effect: Effect) -> Verdict:
        """What a step of an effect would do about it."""
        return decide(self.evidence, effect).verdict


async def pair(context: pw.BrowserContext, pages: PagePair, most: int) -> AsyncIterator[Finding]:
    """Look for elements of a page in its next release, some of them gone."""
    async with opened(context, pages.before) as before, opened(context, pages.after) as after:
        known = targets(await ask(before, "listed"), await ask(after, "listed"))
        random.Random(str(pages)).shuffle(known)  # noqa: S311 - a sample
        here = [target for target in known if target.now is not None][:most]
        gone = [target for target in known if target.now is None][:most]
        name = "update" if pages.update else "made anew"
        async for finding in looked_for(before, after, [*here, *gone], name):
            yield finding


async def looked_for(before: pw.Page, after: pw.Page, chosen: Sequence[Target], name: str) -> AsyncIterator[Finding]:
    """Look for targets of one page on another."""
    fingerprints = await ask(before, "remembered", [target.path for target in chosen])
    for target, then in zip(chosen, fingerprints, strict=True):
        told = await ask(after, "healed", then, target.now)
        gone = target.now is None
        yield _finding(told, name + ", gone" * gone, gone=gone)


async def mutations(context: pw.BrowserContext, path: Path, most: int, seed: str) -> AsyncIterator[Finding]:
    """Change some elements of a page in every way, one at a time, and look for them."""
    async with opened(context, path) as page:
        chosen = await ask(page, "targets", most, seed)
        names = await ask(page, "kinds")
        for told in await ask(page, "mutate", chosen, names, seed):
            yield _finding(told, told["mutation"], gone=told["mutation"] == "deleted")


@dataclass(frozen=True, slots=True)
class Time:
    """Milliseconds that a healer took for one element, in a page that had not run it before."""

    healer: str
    wall: float
    cpu: float
    """Of the page's own thread: the same whatever else the machine does."""


async def times(context: pw.BrowserContext, path: Path, most: int) -> list[Time]:
    """How long each healer takes for some elements of a large page."""
    async with opened(context, path) as page:
        await ask(page, "large", LARGE)
        session = await context.new_cdp_session(page)
        await session.send("Performance.enable", {"timeDomain": "threadTicks"})
        found: list[Time] = []
        for chosen in await ask(page, "targets", most, "times"):
            (then,) = await ask(page, "remembered", [chosen])
            for healer in HEALERS:
                began = await _busy(session)
                wall = await ask(page, "timed", healer, chosen, then)
                found.append(Time(healer, wall, await _busy(session) - began))
        return found


async def _busy(session: pw.CDPSession) -> float:
    """Milliseconds the page's thread has worked."""
    told = await session.send("Performance.getMetrics")
    return next(1000 * each["value"] for each in told["metrics"] if each["name"] == "TaskDuration")


def _finding(told: dict[str, Any], name: str, *, gone: bool) -> Finding:
    evidence = Evidence.model_validate(told["evidence"]) if told["evidence"] else None
    words = told.get("found", ""), told.get("called", "")
    return Finding(name, gone, told["naive"], told["similo"], told["ours"], evidence, *words)
