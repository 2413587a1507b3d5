"""Healing, beside a chain of single attributes and Similo.

Run `python -m benchmarks.healing`. Pages are web templates that npm has published; they are brought the first time
and kept in the user's cache. What decides was tuned on one half of the templates; `--pages held-out` (the default)
measures on the other. `--set years` measures on pages that are years apart, whose elements were labelled by hand.
`--set looks` measures on icons without any text and on words drawn on a canvas, and needs the extra `vision`.

`--pairs FILE` measures on pairs of your own, one JSON object a line:

    {"before": "old/shop.html", "after": "new/shop.html", "path": "/html[1]/body[1]/a[3]", "now": "#buy"}

`before` and `after` are pages saved as files, relative to FILE; `path` names an element on the first and `now` the
same one on the second, as an absolute XPath or a CSS selector; `now` is null where it is gone. With `package`, the name
of an npm package, the pages are files of its releases: `"before": "1.0.0/index.html"`. What is in a page's frames is
not looked at, scripts do not run and nothing is fetched. `--details` tells what was found of each element.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import platformdirs
import playwright.async_api as pw

from benchmarks.healing import looks, measure
from benchmarks.healing.browser import browser, opened
from benchmarks.healing.corpus import PACKAGES, Package, fetch, pairs
from benchmarks.healing.measure import Finding
from benchmarks.healing.table import detail, table, timing
from benchmarks.healing.truth import Target

_PAGE_TIME = 120.0
_SIGHTS = 40


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.healing", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", choices=["all", "pairs", "mutations", "years", "looks", "speed"], default="all")
    parser.add_argument("--pages", choices=["held-out", "tuned-on", "all"], default="held-out")
    parser.add_argument("--most-pages", type=int, default=3, help="pages of each pair of releases")
    parser.add_argument("--targets", type=int, default=6, help="elements of each page")
    parser.add_argument("--pairs", type=Path, help="measure on these pairs instead")
    parser.add_argument("--details", action="store_true", help="tell what was found of each element of the pairs")
    parser.add_argument("--cache", type=Path, default=platformdirs.user_cache_path("aether") / "templates")
    return parser.parse_args()


async def _measured(given: argparse.Namespace, context: pw.BrowserContext) -> list[Finding]:
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


async def _own(given: argparse.Namespace, file: Path, name: str, context: pw.BrowserContext) -> list[Finding]:
    findings: list[Finding] = []
    for (before, after), rows in groupby(_read(file, given.cache), key=lambda row: row[:2]):
        async with asyncio.timeout(_PAGE_TIME), opened(context, before) as old, opened(context, after) as new:
            chosen = [target for _, _, target in rows]
            found = [each async for each in measure.looked_for(old, new, chosen, name)]
        if given.details:
            print("\n".join(map(detail, chosen, found)))
        findings += found
    return findings


async def _looked_at(given: argparse.Namespace, browser: pw.Browser) -> list[looks.Sight]:
    """Pages here are made for the purpose: their scripts may run."""
    context = await browser.new_context(viewport={"width": 800, "height": 600})
    sights = [each async for each in looks.icons(context, given.cache, _SIGHTS)]
    return sights + [each async for each in looks.canvases(context, _SIGHTS)]


def _read(file: Path, cache: Path) -> Iterator[tuple[Path, Path, Target]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        before, after = (_page(pair.get("package"), pair[each], file, cache) for each in ("before", "after"))
        yield before, after, Target(pair["path"], pair["now"])


def _page(package: str | None, page: str, file: Path, cache: Path) -> Path:
    if package is None:
        return (file.parent / page).resolve()
    version, _, name = page.partition("/")
    return fetch(Package(package, (version,)), version, cache) / name


async def _main() -> None:
    given = _arguments()
    async with browser() as context:
        given.cache.mkdir(parents=True, exist_ok=True)
        if given.pairs is not None:
            print(table(await _own(given, given.pairs, "pairs", context)))
            return
        findings = await _measured(given, context) if given.set in ("all", "pairs", "mutations") else []
        if given.set in ("all", "years"):
            findings += await _own(given, Path(__file__).with_name("years.jsonl"), "years apart", context)
        if findings:
            print(table(findings))
        if given.set in ("all", "looks") and context.browser is not None:
            print(looks.counted(await _looked_at(given, context.browser)))
        if given.set in ("all", "speed"):
            print(f"\nmilliseconds for one element of a page of {measure.LARGE}:")
            print(timing(await measure.times(context, Path(__file__).with_name("empty.html"), 40)))


if __name__ == "__main__":
    asyncio.run(_main())
