"""How often targets break with the next release of their page, by what they lean on.

Run `python -m benchmarks.healing.fragility`. It writes targets of elements of published web templates in every way
people and tools do, looks them up in the next release, fits a rate to each thing that targets lean on (on one half of
the templates, where the page was made anew), and says how well the rates of `activities/sessions/fragility.py` tell
what breaks from what lasts on the other half.
"""

from __future__ import annotations

import argparse
import asyncio
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path

import platformdirs

from activities.sessions.fragility import ALWAYS, NOT_MEASURED, RATES, fragility
from activities.sessions.leaning import Lean, leans
from benchmarks.healing.browser import browser
from benchmarks.healing.corpus import PACKAGES, pairs
from benchmarks.healing.lasting import Lasting, lasting

_PAGE_TIME = 300.0
_ROUNDS = 200
_PRIOR = 10.0
"""How many observations of its family each rate begins with."""
_WORDS = (Lean.NAME, Lean.LABEL, Lean.TEXT, Lean.PLACEHOLDER, Lean.TITLE, Lean.ALT)
_FAMILIES = (
    _WORDS,
    (Lean.ID, Lean.ATTRIBUTE, Lean.ADDRESS, Lean.CLASS),
    (Lean.KIND, Lean.STEP, Lean.POSITION, Lean.NUMBER),
)

Leaning = Counter[Lean | None]
"""What a target leans on and how often; None, which is always there, is what no target is safe from."""


def main() -> None:
    """Measure, and print the rates and what they are worth."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.healing.fragility", description=__doc__.split("\n\n")[0]
    )
    parser.add_argument("--most-pages", type=int, default=3, help="pages of each pair of releases")
    parser.add_argument("--targets", type=int, default=12, help="elements of each page")
    parser.add_argument("--cache", type=Path, default=platformdirs.user_cache_path("aether") / "templates")
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    measured = asyncio.run(_measured(given.cache, given.most_pages, given.targets))
    tuned_on = [each for each in measured if not each.pages.package.held_out and not each.pages.update]
    held_out = [each for each in measured if each.pages.package.held_out]
    _print_rates(fitted(tuned_on))
    _print_kinds(held_out)
    print(f"\nheld out: {len(held_out)} targets, {_share(held_out):.0%} broke")
    print(f"AUC within pages {within_pages(held_out):.2f}, over all pages {_area(held_out):.2f}")


async def _measured(cache: Path, most_pages: int, most: int) -> list[Lasting]:
    chosen = await asyncio.to_thread(pairs, PACKAGES, cache, most=most_pages)
    found: list[Lasting] = []
    async with browser() as context:
        for pages in chosen:
            async with asyncio.timeout(_PAGE_TIME):
                found += [each async for each in lasting(context, pages, most)]
    return found


def fitted(measured: Iterable[Lasting]) -> dict[Lean | None, float]:
    """The rates that make what was seen most likely.

    Each thing a target leans on changes by itself, as in a Poisson process; a target lasts if none does. Rates cannot
    be negative, so that leaning on more is never safer. What was hardly seen is drawn to the rate of its family.
    """
    rows = [(_leaning(each), each.lasted) for each in measured]
    seen: Leaning = Counter()
    for leaning, _ in rows:
        seen.update(leaning)
    family = {lean: frozenset(each) for each in _FAMILIES for lean in each}
    known = [None, *(lean for lean in Lean if lean not in NOT_MEASURED)]
    rates: dict[Lean | None, float] = dict.fromkeys(known, 0.1)
    for _ in range(_ROUNDS):
        changed: defaultdict[Lean | None, float] = defaultdict(float)
        for leaning, lasted in rows:
            if not lasted:
                total = sum(rates[lean] * count for lean, count in leaning.items())
                for lean, count in leaning.items():
                    changed[lean] += rates[lean] * count / (1 - math.exp(-total))
        rates = {lean: _rate(lean, family.get(lean, frozenset({lean})), changed, seen) for lean in known}
    return rates


def _rate(
    lean: Lean | None, family: frozenset[Lean | None], changed: defaultdict[Lean | None, float], seen: Leaning
) -> float:
    drawn_to = sum(changed[each] for each in family) / max(1, sum(seen[each] for each in family))
    return (changed[lean] + _PRIOR * drawn_to) / (seen[lean] + _PRIOR)


def _leaning(each: Lasting) -> Leaning:
    found: Leaning = Counter({None: 1})
    found.update(leans(each.target))
    return found


def within_pages(measured: Sequence[Lasting]) -> float:
    """How well targets of the same page are told apart, over pages on which some broke and some lasted."""
    worth = total = 0.0
    for _, group in groupby(measured, key=lambda each: each.pages):
        page = list(group)
        broke = sum(not each.lasted for each in page)
        weight = math.sqrt(broke * (len(page) - broke))
        if weight:
            worth += weight * _area(page)
            total += weight
    return worth / total


def _area(measured: Sequence[Lasting]) -> float:
    """The chance that, of one that broke and one that lasted, the one that broke was the more fragile."""
    scored = sorted((fragility(each.target).rate, each.lasted) for each in measured)
    broke = sum(not lasted for _, lasted in scored)
    ranks, before = 0.0, 0
    for _, group in groupby(scored, key=lambda each: each[0]):
        tied = [lasted for _, lasted in group]
        ranks += (before + (len(tied) + 1) / 2) * tied.count(False)
        before += len(tied)
    return (ranks - broke * (broke + 1) / 2) / (broke * (len(scored) - broke))


def _share(measured: Sequence[Lasting]) -> float:
    return sum(not each.lasted for each in measured) / len(measured)


def _print_rates(rates: dict[Lean | None, float]) -> None:
    print(f"{'leans on':34}{'fitted':>8}{'in use':>8}")
    for lean, rate in sorted(rates.items(), key=lambda each: -each[1]):
        print(f"{lean or 'whatever it is':34}{rate:8.3f}{RATES[lean] if lean else ALWAYS:8.3f}")


def _print_kinds(measured: Sequence[Lasting]) -> None:
    print(f"\n{'held out: leans most on':34}{'n':>6}{'broke':>8}{'update':>8}{'anew':>8}{'said':>8}")
    kinds: defaultdict[str, list[Lasting]] = defaultdict(list)
    for each in measured:
        kinds[fragility(each.target).leans[0][0]].append(each)
    for name, found in sorted(kinds.items(), key=lambda kind: _share(kind[1])):
        said = sum(1 - fragility(each.target).stability / 100 for each in found) / len(found)
        shares = "".join(f"{_some(found, of):>8}" for of in (_any, _updated, _anew))
        print(f"{name:34}{len(found):6}{shares}{said:8.0%}")


def _some(measured: Sequence[Lasting], of: Callable[[Lasting], bool]) -> str:
    chosen = [each for each in measured if of(each)]
    return f"{_share(chosen):.0%}" if chosen else "-"


def _any(_: Lasting) -> bool:
    return True


def _updated(each: Lasting) -> bool:
    return each.pages.update


def _anew(each: Lasting) -> bool:
    return not each.pages.update


if __name__ == "__main__":
    main()
