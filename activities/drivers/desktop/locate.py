"""The control that a target means, waited for; and why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from activities.drivers.desktop.candidates import census, described, listed, shortened
from activities.drivers.desktop.glance import Glance
from activities.drivers.desktop.looks import by_looks
from activities.drivers.desktop.match import nearest
from activities.drivers.desktop.reach import Reach
from activities.drivers.desktop.search import Search
from activities.drivers.desktop.toolkit import StaleError, UnresponsiveError, UnsupportedError
from activities.sessions.control import Control
from activities.sessions.desktop import Facts
from workflows.errors import (
    ElementAmbiguousError,
    ElementNotFoundError,
    ElementNotReadyError,
    RobotError,
)

_MOST = 4
_NEAR = 0.55
_PASSING = 0.6
"""Seconds after which a second match is there to stay: one window may still be closing as another opens."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a program's controls shows."""

    target: Control
    """What was looked for: the target, or the outermost part that it is within and that is not there."""
    found: Sequence[Facts]
    seen: Sequence[Facts]


async def locate(reach: Reach, target: Control) -> Facts:
    """Wait for the one visible control that matches.

    Raises:
        ElementNotFoundError: none does in time.
        ElementAmbiguousError: several do.
        ApplicationFailedError: the program has ended, or does not answer.
    """
    if by_looks(target):
        try:
            return await Glance(reach, target, partial(_around, reach, target)).wait()
        except UnresponsiveError:
            raise reach.silent() from None
    look = Look(target, (), ())
    silent = False
    patience = reach.deadline.sooner(_PASSING)
    async for _ in reach.deadline.looks():
        try:
            look = await _look(reach, target)
        except UnresponsiveError:
            silent = True
            continue
        silent = silent and not look.seen
        if len(look.found) == 1:
            return look.found[0]
        if look.found and patience.left <= 0:
            break
    if silent:
        raise reach.silent()
    raise _ambiguous(reach, look) if look.found else await _not_found(reach, target, look)


async def ready(reach: Reach, target: Control) -> Facts:
    """Wait for a control that is there to be enabled as well, and for dialogs in front of it to be answered."""
    blocker: str | None = None
    async for _ in reach.deadline.looks():
        facts = await locate(reach, target)
        blocker = await _blocker(reach, facts) if facts.enabled else None
        if facts.enabled and blocker is None:
            return facts
    if blocker is not None:
        raise ElementNotReadyError(
            f"{target} in {_place(reach)} cannot be used before the dialog {shortened(blocker)!r} is answered",
            target=str(target),
            reason="dialog",
        )
    raise ElementNotReadyError(
        f"{target} in {_place(reach)} is disabled: what has to be done before it can be used?",
        target=str(target),
        reason="disabled",
    )


async def _blocker(reach: Reach, facts: Facts) -> str | None:
    with suppress(StaleError, UnsupportedError, UnresponsiveError):
        return await reach.toolkit.blocker(facts.ref)
    return None


async def matches(reach: Reach, target: Control, *, hidden: bool = False) -> Sequence[Facts]:
    """All controls that match now; none where what they should be inside of is not there."""
    if by_looks(target):
        return await Glance(reach, target, partial(_around, reach, target)).all()
    look = await _look(reach, target, hidden=hidden)
    return look.found if look.target == target else []


async def _look(reach: Reach, target: Control, *, hidden: bool = False) -> Look:
    search = Search(reach.toolkit, target, hidden=hidden)
    if target.within is None:
        return Look(target, await search.among(await reach.telling()), search.seen)
    around = await _look(reach, target.within, hidden=hidden)
    if not around.found:
        return around
    if len(around.found) > 1:
        raise _ambiguous(reach, around)
    return Look(target, await search.below(around.found), search.seen)


async def _around(reach: Reach, target: Control) -> Sequence[Facts]:
    """What a place is looked for in: what the target says, or all windows of the program."""
    if target.within is None:
        return [window for window in await reach.windows() if window.visible]
    around = await matches(reach, target.within)
    if len(around) > 1:
        raise _ambiguous(reach, Look(target.within, around, around))
    return around


async def _not_found(reach: Reach, target: Control, look: Look) -> RobotError:
    """What was looked for, where, and what comes nearest to it."""
    hidden: Sequence[Facts] = []
    with suppress(StaleError, UnsupportedError, UnresponsiveError, TimeoutError):
        async with asyncio.timeout(reach.deadline.margin * 0.8):
            hidden = (await _look(reach, look.target, hidden=True)).found
    missing = look.target
    part = f"no control matches {missing}"
    if missing != target:
        part += f", to look in for {target.model_copy(update={'within': None})},"
    near = nearest(missing, look.seen, _MOST, _NEAR)
    return ElementNotFoundError(
        f"{part} {_where(reach, look.seen)}{_hint(look.seen, hidden, near)}",
        target=str(target),
        app=reach.app,
        candidates=[described(facts) for facts in near],
    )


def _ambiguous(reach: Reach, look: Look) -> ElementAmbiguousError:
    found = look.found
    shown = "; ".join(f"{number}. {described(facts)}" for number, facts in enumerate(found[:_MOST], start=1))
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return ElementAmbiguousError(
        f"{len(found)} controls match {look.target} in {_place(reach)}, but a target must match one: {shown}{more}; "
        "say more of it, or what it is inside of (within), or which one (found_index)",
        target=str(look.target),
        app=reach.app,
        candidates=[described(facts) for facts in found[:_MOST]],
    )


def _hint(controls: Sequence[Facts], hidden: Sequence[Facts], near: Sequence[Facts]) -> str:
    if hidden:
        return f"; there is {described(hidden[0])}: something has to be opened first, e.g. a menu or a tab"
    if near:
        return f"; the closest are: {listed(controls, near)}"
    there = census(controls)
    return (
        f"; nothing comes close to it, there are: {there}"
        if there
        else "; it shows no window: it works out of sight, or hangs"
    )


def _place(reach: Reach) -> str:
    return f"the program {reach.app!r}"


def _where(reach: Reach, controls: Sequence[Facts]) -> str:
    titles = [repr(shortened(facts.name)) for facts in controls if facts.control_type == "Window" and facts.visible]
    return f"in {_place(reach)}" + (f" with the windows {', '.join(titles[:_MOST])}" if titles else "")
