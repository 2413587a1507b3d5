"""What is told by how it looks: icons that say nothing, and words that are drawn on a canvas."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import playwright.async_api as pw

from activities.drivers import vision
from activities.drivers.playwright.healing.looks import looked_for, pictured
from activities.fingerprints import Fingerprint
from benchmarks.healing.browser import ask
from benchmarks.healing.corpus import Package, fetch
from workflows.healing import Verdict
from workflows.spec import Effect

ICONS = Package("bootstrap-icons", ("1.11.3",))

Came: TypeAlias = Literal["right", "wrong", "asked", "refused"]
"""What a step that happens once would do: act, ask a person, or neither."""

_BUTTONS = 14
_TIME = 10.0
_WORDS = ("Pay now", "Cancel", "Save draft", "Delete", "Print", "Next page", "Export", "Approve", "Send mail", "Undo")


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen of one element."""

    set: str
    came: Came


async def icons(context: pw.BrowserContext, cache: Path, most: int) -> AsyncIterator[Sight]:
    """Buttons that show but an icon, on a page that is made anew around them."""
    drawings = sorted((fetch(ICONS, ICONS.versions[0], cache) / "icons").glob("*.svg"))
    page = await context.new_page()
    for number in range(most):
        dice = random.Random(number)  # noqa: S311 - a sample
        *chosen, other = dice.sample(drawings, _BUTTONS + 1)
        meant = dice.choice(chosen)
        before = dice.sample(chosen, len(chosen))
        await page.set_content(_toolbar(before, 24, "black", "white"))
        known = await _known(page, before.index(meant))
        for name, after, size, ink, paper in (
            ("icons restyled", chosen, 28, "navy", "white"),
            ("icons light on dark", chosen, 20, "white", "#222"),
            ("icons, gone", [other if each == meant else each for each in chosen], 24, "black", "white"),
            ("icons, two alike", [*chosen, meant], 24, "black", "white"),
        ):
            shown = dice.sample(after, len(after))
            await page.set_content(_toolbar(shown, size, ink, paper))
            right = shown.index(meant) if shown.count(meant) == 1 else None
            yield Sight(name, await _seen(page, known, right))
    await page.close()


async def canvases(context: pw.BrowserContext, most: int) -> AsyncIterator[Sight]:
    """Words on a canvas, drawn anew at other places and in other letters."""
    page = await context.new_page()
    for number in range(most):
        dice = random.Random(number)  # noqa: S311 - a sample
        *words, meant = dice.sample(_WORDS, 6)
        for name, shown in (
            ("canvas", [*words, meant]),
            ("canvas, gone", words),
            ("canvas, two alike", [*words, meant, meant]),
        ):
            places = await _drawn(page, shown, dice)
            found = await vision.places_saying(meant, await page.locator("canvas").screenshot(scale="css"))
            right = places[shown.index(meant)] if shown.count(meant) == 1 else None
            yield Sight(name, _came(found, right))
    await page.close()


def counted(sights: Sequence[Sight]) -> str:
    """One line per set: what a step that happens once would do."""
    lines = [f"{'set':22}{'n':>6} | {'wrong':>8}{'right':>8}{'asked':>8}{'refused':>9}  %"]
    for name in dict.fromkeys(sight.set for sight in sights):
        came = [sight.came for sight in sights if sight.set == name]
        shares = [100 * came.count(each) / len(came) for each in ("wrong", "right", "asked", "refused")]
        lines.append(f"{name:22}{len(came):6} | " + "".join(f"{share:8.1f}" for share in shares))
    return "\n".join(lines)


async def _known(page: pw.Page, number: int) -> Fingerprint:
    """What a step would remember of a button."""
    (taken,) = await ask(page, "remembered", [f"#b{number}"])
    return await pictured(page, page, page.locator(f"#b{number}"), Fingerprint.model_validate(taken), time=_TIME)


async def _seen(page: pw.Page, known: Fingerprint, right: int | None) -> Came:
    search = await looked_for(page, page, known, Effect.ONCE, time=_TIME)
    match search.decision.verdict if search is not None else Verdict.REFUSE:
        case Verdict.AUTO if search is not None:
            return "right" if await search.element.get_attribute("id") == f"b{right}" else "wrong"
        case Verdict.PROPOSE:
            return "asked"
        case _:
            return "refused"


def _came(found: Sequence[vision.Place], right: tuple[float, float] | None) -> Came:
    if len(found) != 1:
        return "refused"
    near = right is not None and abs(found[0].x - right[0]) <= 60 and abs(found[0].y - right[1]) <= 20  # noqa: PLR2004
    return "right" if near else "wrong"


def _toolbar(icons: Sequence[Path], size: int, ink: str, paper: str) -> str:
    """Buttons whose pictures are drawn by styles: nothing in the page names them."""
    buttons = "".join(f"<div role=button tabindex=0 id=b{number}></div>" for number in range(len(icons)))
    styles = "".join(f"#b{number} {{ mask-image: url('{_address(icon)}') }}" for number, icon in enumerate(icons))
    shape = f"width: {size}px; height: {size}px; margin: 9px; display: inline-block; mask-size: 100%"
    return f"<style>body {{ background: {paper} }} div {{ {shape}; background: {ink} }} {styles}</style>{buttons}"


def _address(icon: Path) -> str:
    return "data:image/svg+xml," + icon.read_text(encoding="utf-8").replace("#", "%23").replace('"', "%22").replace(
        "\n", ""
    )


async def _drawn(page: pw.Page, words: Sequence[str], dice: random.Random) -> list[tuple[float, float]]:
    """Draw buttons with words on a canvas; where their middles are."""
    places = [(90 + 200 * (slot % 3), 40 + 90 * (slot // 3)) for slot in dice.sample(range(9), len(words))]
    await page.set_content("<canvas width=640 height=320></canvas>")
    font = f"{dice.choice([14, 16, 20])}px {dice.choice(['sans-serif', 'serif', 'Arial'])}"
    await page.evaluate(
        """([words, places, font, ink, paper]) => {
          const pen = document.querySelector('canvas').getContext('2d');
          Object.assign(pen, {font, textAlign: 'center', textBaseline: 'middle'});
          words.forEach((word, i) => {
            pen.fillStyle = paper;
            pen.fillRect(places[i][0] - 70, places[i][1] - 20, 140, 40);
            pen.fillStyle = ink;
            pen.fillText(word, ...places[i]);
          });
        }""",
        [[*words], [list(place) for place in places], font, *dice.choice([("white", "navy"), ("black", "silver")])],
    )
    return places
