"""Places on an element that are no elements themselves, found by what is read there or how they look."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import playwright.async_api as pw

from activities.drivers import vision
from activities.drivers.pictures import look_for
from activities.drivers.playwright import explain
from activities.drivers.playwright.cover import covered
from activities.drivers.playwright.reach import Reach
from activities.sessions.browser import Point
from activities.sessions.files import Workspace
from activities.sessions.spot import Spot
from activities.sessions.target import Target
from workflows.errors import ConfigurationError, ElementAmbiguousError, ElementNotFoundError

LOOK_AGAIN = 0.25
_GLANCE = 2.0
_MOST_TOLD = 8
_EDGE = "element => [element.clientLeft, element.clientTop]"
_DENSITY = "devicePixelRatio"


@dataclass(frozen=True, slots=True)
class _Seen:
    """The middles of the places that are as wanted, in pixels of the layout, and what comes near."""

    places: Sequence[Point]
    near: str


class Eye:
    """Looks at what elements show, for one step."""

    def __init__(self, reach: Reach, workspace: Workspace | None) -> None:
        self._reach = reach
        self._workspace = workspace

    async def place_of(self, target: Target, element: pw.Locator, spot: Spot) -> Point:
        """Where on an element a spot is, as soon as it is there.

        Raises:
            ConfigurationError: this robot cannot see.
            ElementNotFoundError: it is not there.
            ElementAmbiguousError: several places look like it.
        """
        _refuse_blind(target)
        while True:
            time = max(self._reach.deadline.left, self._reach.deadline.explaining)
            seen = await self._look(target, element, spot, time)
            where = explain.place(self._reach.tab)
            if len(seen.places) == 1:
                (edge,) = await self._reach.ask(element, _EDGE) or [(0, 0)]
                return Point(seen.places[0].x - edge[0], seen.places[0].y - edge[1])
            if seen.places:
                raise _ambiguous(target, spot, seen.places, where)
            if self._reach.deadline.left < LOOK_AGAIN:
                raise ElementNotFoundError(f"{spot} cannot be seen on {target} on {where}; {seen.near}")
            await asyncio.sleep(LOOK_AGAIN)

    async def sees(self, target: Target, element: pw.Locator, spot: Spot) -> bool:
        """Whether an element shows a spot now, be it once or several times."""
        _refuse_blind(target)
        return bool((await self._look(target, element, spot, _GLANCE)).places)

    async def _look(self, target: Target, element: pw.Locator, spot: Spot, time: float) -> _Seen:
        if spot.image is None:
            shot = await self._shot(target, element, time, scale="css")
            words = await vision.places_saying(spot.text or "", shot)
            return _Seen([Point(each.x, each.y) for each in words], "words must stand alone in their line")
        return await self._pictures(
            spot.image, spot.confidence, await self._shot(target, element, time, scale="device")
        )

    async def _pictures(self, path: str, confidence: float | None, shot: bytes) -> _Seen:
        """Where the screen's own pixels are alike, be the picture cut from this screen or from one of larger pixels."""
        density = float(await self._reach.alive(self._reach.tab.evaluate(_DENSITY)))
        like = await look_for(path, self._files, shot, confidence=confidence, scales=(density,))
        near = _middle(like.best.box, density) if like.best is not None else None
        return _Seen([_middle(match.box, density) for match in like.places], like.near(_at(near) if near else ""))

    @property
    def _files(self) -> Workspace:
        if self._workspace is None:
            raise ConfigurationError("this step was given no files; declare its node with workspace_for='spot'")
        return self._workspace

    async def _shot(
        self, target: Target, element: pw.Locator, time: float, *, scale: Literal["css", "device"]
    ) -> bytes:
        """What an element shows, without what must not be seen."""
        hidden = await self._reach.alive(covered(self._reach.tab))
        return await self._reach.using(
            target,
            lambda left: element.screenshot(
                scale=scale, animations="disabled", mask=hidden, timeout=min(left, time * 1000)
            ),
            wanted="looked at",
        )


def _refuse_blind(target: Target) -> None:
    if not vision.can_see():
        raise ConfigurationError(
            f"this robot cannot see what {target} shows; install the extra 'vision' on robots with browsers"
        )


def _ambiguous(target: Target, spot: Spot, places: Sequence[Point], where: str) -> ElementAmbiguousError:
    listed = "; ".join(f"{number}. at {_at(each)}" for number, each in enumerate(places[:_MOST_TOLD], start=1))
    return ElementAmbiguousError(
        f"{spot} can be seen at {len(places)} places of {target} on {where}, but one is needed: {listed}; "
        "name a smaller element, or what is there once",
        target=str(target),
        places=[{"x": round(each.x), "y": round(each.y)} for each in places],
    )


def _middle(box: vision.Box, density: float) -> Point:
    left, top, width, height = box
    return Point((left + width / 2) / density, (top + height / 2) / density)


def _at(point: Point) -> str:
    return f"({point.x:.0f}, {point.y:.0f})"
