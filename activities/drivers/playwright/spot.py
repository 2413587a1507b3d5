"""Places on an element that are no elements themselves, found by the words that are read there."""

from __future__ import annotations

import asyncio

import playwright.async_api as pw

from activities.drivers import vision
from activities.drivers.playwright import explain
from activities.drivers.playwright.cover import covered
from activities.drivers.playwright.reach import Reach
from activities.sessions.browser import Point
from activities.sessions.target import Target
from workflows.errors import ConfigurationError, ElementAmbiguousError, ElementNotFoundError

_LOOK_AGAIN = 0.25
_EDGE = "element => [element.clientLeft, element.clientTop]"


async def place_of(reach: Reach, target: Target, element: pw.Locator, words: str) -> Point:
    """Where on an element some words stand, as soon as they do.

    Raises:
        ConfigurationError: this robot cannot read pictures.
        ElementNotFoundError: the words do not stand there.
        ElementAmbiguousError: they stand there several times.
    """
    if not vision.can_see():
        raise ConfigurationError(
            f"this robot cannot read what {target} shows; install the extra 'vision' on robots with browsers"
        )
    while True:
        places = await vision.places_saying(words, await _picture(reach, target, element))
        where = explain.place(reach.tab)
        if len(places) == 1:
            (edge,) = await reach.ask(element, _EDGE) or [(0, 0)]
            return Point(places[0].x - edge[0], places[0].y - edge[1])
        if places:
            raise ElementAmbiguousError(
                f"the words {words!r} stand at {len(places)} places of {target} on {where}, but a click needs one; "
                "name a smaller element, or words that stand there once"
            )
        if reach.deadline.left < _LOOK_AGAIN:
            raise ElementNotFoundError(
                f"the words {words!r} are not read anywhere on {target} on {where}; they must stand alone in their line"
            )
        await asyncio.sleep(_LOOK_AGAIN)


async def _picture(reach: Reach, target: Target, element: pw.Locator) -> bytes:
    """What an element shows, a pixel for a pixel of its layout, without what must not be seen."""
    hidden = await reach.alive(covered(reach.tab))
    time = max(reach.deadline.left, reach.deadline.explaining) * 1000
    shot = element.screenshot(scale="css", animations="disabled", mask=hidden, timeout=time)
    return await reach.using(target, shot, wanted="looked at")
