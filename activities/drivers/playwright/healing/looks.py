"""Elements that say nothing, remembered and found again by how they look."""

from __future__ import annotations

import asyncio
import base64
from uuid import uuid4

import playwright.async_api as pw
import structlog
from pydantic import BaseModel

from activities.drivers import vision
from activities.drivers.playwright.cover import covered
from activities.drivers.playwright.healing.script import within
from activities.drivers.playwright.healing.search import Found, Search, asked
from activities.fingerprints import LONGEST_PICTURE, Fingerprint
from workflows.healing import decide_by_looks, seen_only
from workflows.spec import Effect

_TIME = 3.0
"""Seconds it may take to look at a page."""
_LEAST_TIME = 0.2
_TOO_ALIKE = 0.85

_LOOKALIKES = within("return lookalikes(elements, argument);", looks=True)
_CHOSEN = within("return chosen(elements, argument);", looks=True)

_log: structlog.stdlib.BoundLogger = structlog.get_logger()


class _Shown(BaseModel):
    """What there is to look at."""

    at: int
    """Which of them is the element in question; -1 if none is."""
    boxes: tuple[vision.Box, ...]


async def pictured(tab: pw.Page, element: pw.Locator, fingerprint: Fingerprint, *, time: float) -> Fingerprint:
    """The same with a picture, where the element says nothing else that it could be known by; in so many seconds."""
    if fingerprint.says_something or not vision.can_see() or time < _LEAST_TIME:
        return fingerprint
    token = uuid4().hex
    try:
        async with asyncio.timeout(min(_TIME, time)):
            shown = await _shown(element, fingerprint.kind, token)
            if shown is None or shown.at < 0:
                return fingerprint
            page = await _page(tab)
            picture = await vision.cut_out(page, shown.boxes[shown.at])
            if picture is None or len(encoded := base64.b64encode(picture).decode()) > LONGEST_PICTURE:
                return fingerprint
            others = [box for number, box in enumerate(shown.boxes) if number != shown.at]
            alike = sum(score >= _TOO_ALIKE for score in await vision.alike(picture, page, others))
            return fingerprint.model_copy(update={"picture": encoded, "looking_alike": alike})
    except (pw.Error, TimeoutError) as error:
        _log.warning("fingerprint.not_pictured", error=type(error).__name__)
        return fingerprint
    finally:
        await _tidied(tab, token)


async def looked_for(tab: pw.Page, known: Fingerprint, effect: Effect, *, time: float) -> Search | None:
    """Look for what looks like the picture that is remembered; None where there is none, or no time."""
    if not known.picture or not vision.can_see() or time < _LEAST_TIME:
        return None
    token = uuid4().hex
    try:
        async with asyncio.timeout(min(_TIME, time)):
            shown = await _shown(tab.locator(":root"), known.kind, token)
            scores = await _scores(tab, known, shown) if shown is not None and shown.boxes else []
            if not scores:
                return None
            number = max(range(len(scores)), key=scores.__getitem__)
            best, following, *_ = *sorted(scores, reverse=True), 0.0
            decision = decide_by_looks(best, following, others=known.looking_alike, effect=effect)
            answer = await asked(tab.locator(":root"), _CHOSEN, {"token": token, "number": number})
    except (pw.Error, TimeoutError) as error:
        _log.warning("element.not_looked_for", error=type(error).__name__)
        return None
    finally:
        await _tidied(tab, token)
    if answer is None:
        return None
    found = Found.model_validate(answer).model_copy(update={"evidence": seen_only(best, following)})
    mark = f'[data-aether-found="{token}"]'
    return Search(known, found, decision, tab.locator(mark), mark)


async def _scores(tab: pw.Page, known: Fingerprint, shown: _Shown) -> list[float]:
    return await vision.alike(base64.b64decode(known.picture), await _page(tab), shown.boxes)


async def _shown(element: pw.Locator, kind: str, token: str) -> _Shown | None:
    answer = await asked(element, _LOOKALIKES, {"kind": kind, "token": token})
    return _Shown.model_validate(answer) if answer is not None else None


async def _page(tab: pw.Page) -> bytes:
    """All of a page, a pixel for a pixel of its layout, without what must not be seen."""
    return await tab.screenshot(
        full_page=True, scale="css", animations="disabled", mask=await covered(tab), timeout=_TIME * 1000
    )


async def _tidied(tab: pw.Page, token: str) -> None:
    """Take the marks away that were not taken yet."""
    await asked(tab.locator(":root"), _CHOSEN, {"token": token, "number": -1})
