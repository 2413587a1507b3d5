"""Elements that say nothing, remembered and found again by how they look."""

from __future__ import annotations

import asyncio
import base64
from uuid import uuid4

import playwright.async_api as pw
import structlog

from activities.drivers import vision
from activities.drivers.playwright.healing.scene import Scope, scene
from activities.drivers.playwright.healing.script import within
from activities.drivers.playwright.healing.search import Found, Search, asked
from activities.fingerprints import LONGEST_PICTURE, Fingerprint
from workflows.healing import Decision, Verdict, decide_by_looks, seen_only
from workflows.spec import Effect

_TIME = 5.0
"""Seconds it may take to look at a page."""
_LEAST_TIME = 0.2
_TOO_ALIKE = 0.85

_CHOSEN = within("return chosen(elements, argument);", looks=True)

_log: structlog.stdlib.BoundLogger = structlog.get_logger()


async def pictured(
    tab: pw.Page, scope: Scope, element: pw.Locator, fingerprint: Fingerprint, *, time: float
) -> Fingerprint:
    """The same with a picture, where the element says nothing else that it could be known by; in so many seconds."""
    if fingerprint.says_something or not vision.can_see() or time < _LEAST_TIME:
        return fingerprint
    token = uuid4().hex
    try:
        async with asyncio.timeout(min(_TIME, time)):
            shown = await scene(tab, scope, element, fingerprint.kind, token)
            if shown is None or shown.at < 0:
                return fingerprint
            picture = await vision.cut_out(shown.picture, shown.boxes[shown.at])
            if picture is None or len(encoded := base64.b64encode(picture).decode()) > LONGEST_PICTURE:
                return fingerprint
            others = [box for number, box in enumerate(shown.boxes) if number != shown.at]
            alike = sum(score >= _TOO_ALIKE for score in await vision.alike(picture, shown.picture, others))
            return fingerprint.model_copy(update={"picture": encoded, "looking_alike": alike})
    except (pw.Error, TimeoutError) as error:
        _log.warning("fingerprint.not_pictured", error=type(error).__name__)
        return fingerprint
    finally:
        await _tidied(scope, token)


async def looked_for(tab: pw.Page, scope: Scope, known: Fingerprint, effect: Effect, *, time: float) -> Search | None:
    """Look for what looks like the picture that is remembered; None where there is none, or no time."""
    if not known.picture or not vision.can_see() or time < _LEAST_TIME:
        return None
    token = uuid4().hex
    try:
        async with asyncio.timeout(min(_TIME, time)):
            shown = await scene(tab, scope, scope.locator(":root"), known.kind, token)
            if shown is None or not shown.boxes:
                return None
            scores = await vision.alike(base64.b64decode(known.picture), shown.picture, shown.boxes)
            number = max(range(len(scores)), key=scores.__getitem__)
            best, following, *_ = *sorted(scores, reverse=True), 0.0
            decision = decide_by_looks(best, following, others=known.looking_alike, effect=effect)
            answer = await asked(scope.locator(":root"), _CHOSEN, {"token": token, "number": number})
    except (pw.Error, TimeoutError) as error:
        _log.warning("element.not_looked_for", error=type(error).__name__)
        return None
    finally:
        await _tidied(scope, token)
    if answer is None:
        return None
    if not shown.whole and decision.verdict is Verdict.AUTO:
        decision = Decision(Verdict.PROPOSE, "it looks the same, but others are out of sight", 3)
    found = Found.model_validate(answer).model_copy(update={"evidence": seen_only(best, following)})
    mark = f'[data-aether-found="{token}"]'
    return Search(known, found, decision, scope.locator(mark), mark)


async def _tidied(scope: Scope, token: str) -> None:
    """Take the marks away that were not taken yet."""
    await asked(scope.locator(":root"), _CHOSEN, {"token": token, "number": -1})
