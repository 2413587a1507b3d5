"""Healing, beside a chain of single attributes and Similo.

Run `python -m benchmarks.healing`. Pages are web templates that npm has published; they are brought the first time
and kept in the user's cache. What decides was tuned on one half of the templates; `--pages held-out` (the default)
measures on the other. `--pairs FILE` measures on pairs of your own: JSON lines with `before` and `after` (files),
`path` (an absolute XPath on the first) and `now` (on the second; null where it is gone).
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import playwright.async_api as pw

from benchmarks.healing import measure
from benchmarks.healing.browser import browser, opened
from benchmarks.healing.corpus import PACKAGES, pairs
from benchmarks.healing.measure import Finding
from benchmarks.healing.table import table, timing
from benchmarks.healing.truth import Target

_PAGE_TIME = 120.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.healing", description=__doc__.split("\n\n")[0])
    parser.add_argument("--set", choices=["all", "pairs", "mutations", "speed"], default="all")
    parser.add_argument("--pages", choices=["held-out", "tuned-on", "all"], default="held-out")
    parser.add_argument("--most-pages", type=int, default=3, help="pages of each pair of releases")
    parser.add_argument("--targets", type=int, default=6, help="elements of each page")
    parser.add_argument("--pairs", type=Path, help="measure on these pairs instead")
    parser.add_argument("--cache", type=Path, default=platformdirs.user_cache_path("aether") / "templates")
    return parser.parse_args()


async def _measured(given: argparse.Namespace, context: pw.BrowserContext) -> list[Finding]:
    given.cache.mkdir(parents=True, exist_ok=True)
    packages = tuple(each for each in PACKAGES if given.pages == "all" or each.held_out == (given.pages == "held-out"))
    chosen = await asyncio.to_thread(pairs, packages, given.cache, most=given.most_pages)
    findings: list[Finding] = []
    if given.set in ("all", "pairs"):
        for pages in sorted(chosen, key=lambda pages: not pages.update):
            async with asyncio.timeout(_PAGE_TIME):
                findings += [each async for each in measure.pair(context, pages, given.targets)]
    if given.set in ("all", "mutations"):
        for path in dict.fromkeys(pages.before for pages in chosen):
            async with asyncio.timeout(_PAGE_TIME):
                name = str(path.relative_to(given.cache))
                findings += [each async for each in measure.mutations(context, path, given.targets, name)]
    return findings


async def _own(given: argparse.Namespace, context: pw.BrowserContext) -> list[Finding]:
    findings: list[Finding] = []
    for before, after, target in _read(given.pairs):
        async with opened(context, before) as old, opened(context, after) as new:
            findings += [each async for each in measure.looked_for(old, new, [target], "pairs")]
    return findings


def _read(path: Path) -> Iterator[tuple[Path, Path, Target]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        before, after = ((path.parent / pair[each]).resolve() for each in ("before", "after"))
        yield before, after, Target(pair["path"], pair["now"])


async def _main() -> None:
    given = _arguments()
    async with browser() as context:
        if given.pairs is not None:
            print(table(await _own(given, context)))
            return
        if given.set != "speed":
            print(table(await _measured(given, context)))
        if given.set in ("all", "speed"):
            print(f"\nmilliseconds for one element of a page of {measure.LARGE}:")
            print(timing(await measure.times(context, Path(__file__).with_name("empty.html"), 20)))


if __name__ == "__main__":
    asyncio.run(_main())
