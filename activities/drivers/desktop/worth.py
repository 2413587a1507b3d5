"""Values of controls: given and read, switched, selected and unfolded; each seen to be so."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal, InvalidOperation

from activities.drivers.desktop.candidates import described, shortened
from activities.drivers.desktop.hand import acting, click, focus, press, using, writable
from activities.drivers.desktop.locate import locate
from activities.drivers.desktop.match import folded
from activities.drivers.desktop.reach import Reach
from activities.drivers.desktop.search import Search
from activities.drivers.desktop.toolkit import StaleError, UnresponsiveError, UnsupportedError
from activities.sessions.control import Control
from activities.sessions.desktop import Facts
from workflows.errors import ElementNotReadyError, RobotError

SEEING = 2.0
"""Seconds within which a program shows what was done with it."""
_AFTERTHOUGHT = 0.05
"""Seconds in which a program that has answered comes to what it does next: many rewrite a value only then."""
_CELL = "DataItem"
_ITEMS = {"ListItem", "MenuItem", "TreeItem"}
_TELLING = 4
"""Characters at its beginning that would tell of a secret."""
_MASKED = re.compile(r"([*•●∙·○◦⬤■])\1*")
"""What fields for passwords show instead of them."""
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
"""Numbers that are nothing but numbers: `007` and `+49 30` lose something as one."""
_TEXTS = {"Edit", "Document"}
"""What has each blank and line as it was given."""


async def comes_true(reach: Reach, condition: Callable[[], Awaitable[bool]]) -> bool:
    """Whether something comes to be so soon."""
    async for _ in reach.deadline.sooner(SEEING).looks():
        with suppress(StaleError, UnsupportedError, UnresponsiveError):
            if await condition():
                return True
    return False


class Worth:
    """What a step reads of controls and gives to them."""

    _reach: Reach

    async def get_value(self, target: Control) -> str:
        """Read the value of a field, or the text of a control."""
        async for _ in self._reach.deadline.looks():
            facts = await locate(self._reach, target)
            try:
                return await self._reach.toolkit.value(facts.ref)
            except StaleError:
                continue
            except UnsupportedError:
                return facts.name
            except UnresponsiveError:
                raise self._reach.silent() from None
        raise ElementNotReadyError(f"{target} is replaced again and again before it can be read", target=str(target))

    async def shows(self, target: Control, text: str, *, whole: bool = False) -> str | None:
        """Wait until a control shows a text, as a part or the `whole` of it; what it shows instead if it never does."""
        shown: str | None = None
        async for _ in self._reach.deadline.looks():
            shown = await self.get_value(target)
            if (shown == text) if whole else (text in shown):
                return None
        return shown

    async def set_value(self, target: Control, value: str) -> None:
        """Give a field, a slider or a cell a value, and see that it has it."""
        reach = self._reach

        async def act(facts: Facts) -> None:
            await writable(reach, target, facts)
            if not await _given(reach, target, facts, value):
                raise await _not_taken(reach, target, facts, value)

        await using(reach, target, act)

    async def toggle(self, target: Control, *, on: bool) -> bool:
        """Switch a control on or off, and see that it is."""
        return await using(self._reach, target, lambda facts: self._switched(target, facts, on=on))

    async def expand(self, target: Control, *, open: bool = True) -> None:  # noqa: A002 - what people call it
        """Open or close what can be unfolded."""
        reach = self._reach

        async def act(facts: Facts) -> None:
            if await _is_expanded(reach, facts, open):
                return
            try:
                await reach.toolkit.expand(facts.ref, open=open)
            except UnsupportedError:
                await click(reach, target, facts)
            if facts.expanded is not None and not await comes_true(reach, lambda: _is_expanded(reach, facts, open)):
                raise RobotError(f"{target} does not {'open' if open else 'close'}", acted=True, target=str(target))

        await using(reach, target, act)

    async def _switched(self, target: Control, facts: Facts, *, on: bool) -> bool:
        reach = self._reach
        if facts.checked is None:
            raise ElementNotReadyError(
                f"{target} is {described(facts)}, which is neither on nor off: press it instead", target=str(target)
            )
        if facts.checked is on:
            return False
        try:
            await reach.toolkit.toggle(facts.ref)
        except UnsupportedError:
            await click(reach, target, facts)
        if not await comes_true(reach, lambda: _is_checked(reach, facts, on=on)):
            raise RobotError(
                f"{target} was switched, but is still {'off' if on else 'on'}: does something forbid it?",
                acted=True,
                target=str(target),
            )
        return True


async def pressed_open(reach: Reach, target: Control, facts: Facts) -> None:
    """Open what shows more when it is pressed."""
    try:
        await reach.toolkit.expand(facts.ref, open=True)
    except UnsupportedError:
        await press(reach, target, facts)


async def _given(reach: Reach, target: Control, facts: Facts, value: str) -> bool:
    """Give a value by what the program offers for it, else by typing; whether it is there."""
    with suppress(UnsupportedError):
        await reach.toolkit.set_value(facts.ref, value)
        if await _has(reach, facts, value):
            return True
        if "\n" in value:
            return False  # where lines are not kept, the key of a line break does what the default button does
    await _typed_in(reach, target, facts, value)
    return await _has(reach, facts, value)


async def _typed_in(reach: Reach, target: Control, facts: Facts, value: str) -> None:
    """Give a value as a person does: into a cell by typing and Enter, into a field in the place of what is there."""
    await focus(reach, target, facts)
    async with acting(reach, target):
        if facts.control_type != _CELL:
            await reach.toolkit.keys("{Ctrl}a")
        if value:
            await reach.toolkit.type(value)
        else:
            await reach.toolkit.keys("{Delete}")
        if facts.control_type == _CELL and value:
            await reach.toolkit.keys("{Enter}")


async def _has(reach: Reach, facts: Facts, value: str) -> bool:
    async def shows() -> bool:
        shown = await reach.toolkit.value(facts.ref)
        made_of_it = facts.control_type == _CELL and bool(shown) and bool(value)
        return made_of_it or _same(facts, value, shown)

    if not await comes_true(reach, shows):
        return False
    await asyncio.sleep(_AFTERTHOUGHT)
    return await comes_true(reach, shows)


def _same(facts: Facts, value: str, shown: str) -> bool:
    """Whether a control has a value, apart from the line some end it with; a number may be written another way."""
    if _lines(shown) == _lines(value) or (_MASKED.fullmatch(shown) and len(shown) == len(value)):
        return True
    if facts.control_type not in _TEXTS and folded(shown) == folded(value):
        return True
    return _NUMBER.fullmatch(value) is not None and _number(shown) == Decimal(value)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


async def _not_taken(reach: Reach, target: Control, facts: Facts, value: str) -> RobotError:
    """What is to be said of a value that is not there; never the value itself, nor a part of it: it may be secret."""
    shown = ""
    with suppress(StaleError, UnsupportedError, UnresponsiveError):
        shown = await reach.toolkit.value(facts.ref)
    part = bool(shown) and (shown in value or value.startswith(shown[:_TELLING]))
    instead = f"{len(shown)} of its {len(value)} characters" if part else repr(shortened(shown))
    return RobotError(
        f"{target} does not take the value: it shows {instead}; is it read-only, or does it allow only some values?",
        acted=True,
        target=str(target),
    )


async def _is_checked(reach: Reach, facts: Facts, *, on: bool) -> bool:
    return (await reach.toolkit.facts(facts.ref)).checked is on


async def _is_expanded(reach: Reach, facts: Facts, wanted: bool) -> bool:  # noqa: FBT001 - it is the state itself
    """Whether a control is so; of one that does not tell, the items that can be seen inside of it tell."""
    expanded = (await reach.toolkit.facts(facts.ref)).expanded
    if expanded is None:
        inside = await Search(reach.toolkit, Control(name_regex=".*")).below([facts])
        expanded = any(each.control_type in _ITEMS for each in inside)
    return expanded is wanted
