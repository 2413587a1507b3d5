"""Items selected by their names, and menus walked through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

from activities.drivers.desktop.candidates import described
from activities.drivers.desktop.hand import acting, click, press, using
from activities.drivers.desktop.locate import matches
from activities.drivers.desktop.match import ANYTHING, folded
from activities.drivers.desktop.reach import Reach
from activities.drivers.desktop.search import Search
from activities.drivers.desktop.toolkit import StaleError, UnresponsiveError, UnsupportedError
from activities.drivers.desktop.worth import comes_true, pressed_open
from activities.sessions.control import Control
from activities.sessions.desktop import Facts
from workflows.errors import (
    ElementAmbiguousError,
    ElementNotFoundError,
    ElementNotReadyError,
    InvalidParamsError,
    RobotError,
)

_ITEMS = {"ListItem", "MenuItem", "TabItem", "TreeItem", "DataItem", "RadioButton", "Text", "Custom"}
_MENU_ITEMS = ("MenuItem", "Button", "SplitButton", "CheckBox", "RadioButton")
_DECORATION = re.compile(r"\s*(?:\.\.\.|…)$|\t.*$|[&_](?=\w)")
_MOST = 12


class Choice:
    """What a step chooses by name."""

    _reach: Reach

    async def select(self, target: Control, item: str) -> None:
        """Select an item of a list, a combo box, a tree or tabs by its name, and see that it is selected."""
        await using(self._reach, target, lambda holder: _selected(self._reach, target, holder, item))

    async def menu(self, path: Sequence[str]) -> None:
        """Choose an item of the menu bar, or of a menu that is open, by the names that lead to it."""
        await _Walk(self._reach, tuple(path)).go()


class _Walk:
    """A way through menus."""

    def __init__(self, reach: Reach, path: tuple[str, ...]) -> None:
        self._reach = reach
        self._path = path
        self._opened = 0

    async def go(self) -> None:
        """Open menu after menu and choose the last item."""
        at: Facts | None = None
        try:
            for number, name in enumerate(self._path):
                at = self._enabled(await self._item(name, number, at), number)
            await self._choose(at)
        except (ElementNotFoundError, ElementNotReadyError, ElementAmbiguousError):
            await self._fold()
            raise

    def _enabled(self, item: Facts, number: int) -> Facts:
        if not item.enabled:
            raise ElementNotReadyError(f"the menu item {self._named(number)} is disabled")
        return item

    async def _choose(self, item: Facts | None) -> None:
        if item is None:
            raise InvalidParamsError("no menu item is named: say the names that lead to it")
        try:
            await press(self._reach, Control(name=self._path[-1]), item)
        except StaleError as error:
            raise RobotError(f"the menu closed before {self._named(len(self._path) - 1)} could be chosen") from error

    async def _item(self, name: str, number: int, above: Facts | None) -> Facts:
        """An item by its name: listed below the one above it, or shown once that is pressed."""
        pressed = above is None
        before: set[str] = set()
        async for _ in self._reach.deadline.looks():
            with suppress(StaleError, UnsupportedError, UnresponsiveError):
                found = await self._look(name, above, before)
                if len(found) == 1:
                    return found[0]
                if found:
                    raise _several(f"the menu item {self._named(number)}", found)
                if above is not None and not pressed:
                    pressed = True
                    self._opened += 1
                    before = {facts.ref for facts in await self._shown()}
                    await pressed_open(self._reach, Control(name=self._path[number - 1]), above)
        raise ElementNotFoundError(
            f"there is no menu item {self._named(number)} in the program {self._reach.app!r}{await self._there(above)}",
            app=self._reach.app,
        )

    async def _look(self, name: str, above: Facts | None, before: set[str]) -> list[Facts]:
        """Items of that name: below the one above, or shown since that was pressed, never beside the menu."""
        if above is None:
            return _named(await self._shown(), name)
        listed = _named(await self._below(above), name)
        if listed or not before:
            return listed
        return _named([facts for facts in await self._shown() if facts.ref not in before], name)

    async def _below(self, above: Facts) -> list[Facts]:
        """The items of a menu, open or not, without those of the menus below it."""
        items: list[Facts] = []
        left = [above]
        while left:
            for facts in await self._reach.toolkit.children(left.pop(0).ref):
                (items if facts.control_type in _MENU_ITEMS else left).append(facts)
        return items

    async def _shown(self) -> list[Facts]:
        found = await matches(self._reach, ANYTHING)
        return [facts for facts in found if facts.control_type in _MENU_ITEMS]

    async def _there(self, above: Facts | None) -> str:
        items: list[Facts] = []
        with suppress(StaleError, UnsupportedError, UnresponsiveError):
            items = (await self._below(above) if above is not None else []) or await self._shown()
        names = [repr(facts.name) for facts in items if facts.name and facts.control_type == "MenuItem"]
        return f"; there are: {', '.join(names[:_MOST])}" if names else ""

    async def _fold(self) -> None:
        """Close what was opened on the way."""
        with suppress(StaleError, UnsupportedError, UnresponsiveError):
            for _ in range(self._opened):
                await self._reach.toolkit.keys("{Esc}")

    def _named(self, number: int) -> str:
        return " > ".join(repr(name) for name in self._path[: number + 1])


async def _selected(reach: Reach, target: Control, holder: Facts, item: str) -> None:
    listed = await _item(reach, holder, item)
    found = listed or await _unfolded(reach, target, holder, item)
    if not found.enabled:
        raise ElementNotReadyError(f"the item {item!r} of {target} is disabled", target=str(target))
    if listed is not None:
        with suppress(UnsupportedError):
            await reach.toolkit.select(found.ref)
            if await comes_true(reach, lambda: _is_selected(reach, holder, found)):
                return
    await _chosen_by_hand(reach, target, holder, found)
    if listed is not None and not await comes_true(reach, lambda: _is_selected(reach, holder, found)):
        raise RobotError(f"the item {item!r} of {target} was chosen, but is not selected", acted=True)


async def _is_selected(reach: Reach, holder: Facts, item: Facts) -> bool:
    now = await reach.toolkit.facts(item.ref)
    return bool(now.selected) or folded(await reach.toolkit.value(holder.ref)) == item.name


async def _chosen_by_hand(reach: Reach, target: Control, holder: Facts, item: Facts) -> None:
    """Choose an item as a person does, its list open."""
    async with acting(reach, target):
        now = await reach.toolkit.facts(item.ref)
        if not now.visible and holder.control_type == "ComboBox":
            await pressed_open(reach, target, holder)
        await press(reach, target, now) if now.control_type == "MenuItem" else await click(reach, target, now)


async def _item(reach: Reach, holder: Facts, item: str) -> Facts | None:
    """The item of that name inside of what is selected in; None if it does not tell of its items."""
    found = [
        facts
        for facts in await Search(reach.toolkit, Control(name=item), hidden=True).below([holder])
        if facts.control_type in _ITEMS
    ]
    if len(found) > 1:
        raise _several(f"{item!r} in {described(holder)}", found)
    return found[0] if found else None


async def _unfolded(reach: Reach, target: Control, holder: Facts, item: str) -> Facts:
    """The item in what shows when the control is opened."""
    before = {each.ref for each in await matches(reach, Control(name=item))}
    await pressed_open(reach, target, holder)
    async for _ in reach.deadline.looks():
        inside = await _item(reach, holder, item)
        if inside is not None:
            return inside
        fresh = [each for each in await matches(reach, Control(name=item)) if each.ref not in before]
        shown = [each for each in fresh if each.control_type in _ITEMS]
        if len(shown) == 1:
            return shown[0]
    with suppress(UnresponsiveError):
        await reach.toolkit.keys("{Esc}")
    items: list[Facts] = []
    with suppress(StaleError, UnsupportedError, UnresponsiveError):
        items = await Search(reach.toolkit, ANYTHING, hidden=True).below([holder])
    names = list(dict.fromkeys(repr(facts.name) for facts in items if facts.name and facts.control_type in _ITEMS))
    there = f"; there are: {', '.join(names[:_MOST])}" if names else ""
    raise ElementNotFoundError(f"{target} has no item {item!r}{there}", target=str(target))


def _named(items: Sequence[Facts], name: str) -> list[Facts]:
    """Items of that name; if there are none, of that name without dots and shortcut keys."""
    exact = [facts for facts in items if facts.name == folded(name)]
    alike = exact or [facts for facts in items if _plain(facts.name) == _plain(folded(name))]
    proper = [facts for facts in alike if facts.control_type == "MenuItem"]
    return proper or alike


def _plain(name: str) -> str:
    return _DECORATION.sub("", name).casefold()


def _several(what: str, found: Sequence[Facts]) -> ElementAmbiguousError:
    shown = "; ".join(f"{number}. {described(facts)}" for number, facts in enumerate(found[:_MOST], start=1))
    return ElementAmbiguousError(f"{what} is there {len(found)} times: {shown}")
