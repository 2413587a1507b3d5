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


async def times(context: pw.BrowserContext, path: Path, most: int) -> list[dict[str, float]]:
    """Milliseconds that each healer takes for one element of a large page."""
    async with opened(context, path) as page:
        await ask(page, "large", LARGE)
        chosen = await ask(page, "targets", most, "times")
        found: list[dict[str, float]] = await ask(page, "timed", chosen)
        return found


def _finding(told: dict[str, Any], name: str, *, gone: bool) -> Finding:
    evidence = Evidence.model_validate(told["evidence"]) if told["evidence"] else None
    return Finding(name, gone, told["naive"], told["similo"], told["ours"], evidence)
