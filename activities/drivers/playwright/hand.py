"""Using elements: everything that can be is checked first, so that a failure says whether anything was done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import playwright.async_api as pw

from activities.drivers.playwright import explain, script
from activities.drivers.playwright.arrival import is_ready, missed, watch
from activities.drivers.playwright.drop import Drop, Void, dragging
from activities.drivers.playwright.locate import locate
from activities.drivers.playwright.patience import was_dispatched
from activities.drivers.playwright.reach import PAUSE, Reach
from activities.drivers.playwright.spot import Eye
from activities.sessions.browser import CLICK, Choice, Dialog, Stroke
from activities.sessions.target import Target
from workflows.errors import AetherError, ElementNotReadyError, InvalidParamsError, PageError

_MOST_CHOICES = 20
_FAILED = "chrome-error:"
"""Where a tab is whose page cannot be had."""

_STIR = 3
"""Pixels; some lists take what is dragged only where it comes to, not where it appears."""
_VOIDS: dict[Void, str] = {
    "refused": "nothing accepted it there, and nothing has changed",
    "unheard": "it is nothing that can be dragged: nothing on the page listens to the mouse there, or has changed",
}


class Hand:
    """What a person would do to an element, within the time of one step."""

    def __init__(self, reach: Reach, eye: Eye) -> None:
        self._reach = reach
        self._eye = eye

    async def click(self, target: Target, stroke: Stroke = CLICK, dialog: Dialog | None = None) -> None:
        """Click an element; a trial comes first unless the click would most likely arrive at once."""
        element = await self._reach.present(target)
        how: dict[str, Any] = {"button": stroke.button, "modifiers": [*stroke.modifiers]}
        at = stroke.at if stroke.spot is None else await self._eye.place_of(target, element, stroke.spot)
        if at is not None:
            how["position"] = {"x": at.x, "y": at.y}
        if at is not None or not await is_ready(self._reach, element, stroke.button):
            await self._reach.session.watch.trouble()
            await self._reach.using(
                target, lambda time: element.click(**how, trial=True, timeout=time), wanted="clicked"
            )
            await watch(self._reach, element, stroke.button)
        async with self._reach.dispatching(dialog):
            try:
                clicked = element.click(**how, click_count=stroke.count, timeout=self._reach.deadline.left_ms)
                await self._reach.alive(clicked)
            except pw.TimeoutError as error:
                if not was_dispatched(error):
                    raise explain.not_ready(self._reach.tab, target, error, wanted="clicked") from None
                where = explain.place(self._reach.tab_if_open)
                raise PageError(
                    f"a click on {target} on {where} did not end in time; it may have had its effect"
                ) from None
            await self._arrived(target)

    async def _arrived(self, target: Target) -> None:
        """Make sure that a click has reached its element, as far as the page can still tell."""
        tab = self._reach.tab_if_open
        if tab is None or self._reach.session.dialogs:
            return
        scope = locate(tab, target.frame).content_frame if target.frame is not None else tab
        miss = await missed(scope, time=self._reach.deadline.telling)
        if tab.url.startswith(_FAILED):
            raise PageError(f"a click on {target} led to a page that cannot be had")
        if miss is not None:
            where = explain.place(tab)
            raise PageError(f"a click on {target} on {where} did not arrive: it {miss} when the mouse was pressed")

    async def click_opening(self, target: Target, stroke: Stroke, dialog: Dialog | None, *, name: str) -> pw.Page:
        """Click an element that opens a tab, and give that a name."""
        session = self._reach.session
        if (taken := session.tabs.find(name)) is not None:
            raise PageError(
                f"a tab {name!r} is open already (at {explain.place(taken)}); close it first, or choose another name"
            )
        before = set(session.context.pages)
        await self.click(target, stroke, dialog)
        while not (opened := [page for page in session.context.pages if page not in before]):
            if self._reach.deadline.passed:
                where = explain.place(self._reach.tab_if_open)
                raise PageError(f"a click on {target} on {where} did not open a tab", acted=None)
            await asyncio.sleep(PAUSE)
        session.tabs.name(opened[0], name)
        return opened[0]

    async def drag(self, target: Target, to: Target) -> None:
        """Drag an element onto another."""
        element, goal = await self._reach.present(target), await self._reach.present(to)
        await self._reach.using(
            target, lambda time: element.drag_to(goal, trial=True, timeout=time), wanted=f"dragged to {to}"
        )
        async with dragging(self._reach, [(target, element), (to, goal)]) as drop:
            await self._reach.using(target, lambda time: element.hover(timeout=time), wanted=f"dragged to {to}")
            async with self._reach.dispatching(None):
                await self._carry(goal, drop)
            void = await drop.void()
        if void is not None:
            where = explain.place(self._reach.tab_if_open)
            raise PageError(f"{target} on {where} was dragged onto {to}, but {_VOIDS[void]}", acted=False)

    async def _carry(self, goal: pw.Locator, drop: Drop) -> None:
        """Take what the mouse is over to an element as a hand would: that stirs a little once it is there."""
        mouse = self._reach.tab.mouse
        await self._reach.alive(mouse.down())
        try:
            await self._reach.alive(goal.hover(force=True, timeout=self._reach.deadline.left_ms))
            at = await drop.rest()
            if at is not None:
                await self._reach.alive(mouse.move(at.x - _STIR, at.y - _STIR))
                await drop.rest()
                await self._reach.alive(mouse.move(at.x, at.y))
        finally:
            await self._reach.alive(mouse.up())

    async def choose(self, target: Target, *, values: Sequence[str], labels: Sequence[str], menu: bool) -> list[Choice]:
        """Choose entries of a list, once they are there; a menu may show others then."""
        field = await self._reach.present(target)
        if len(values) + len(labels) > 1 and await self._reach.ask(field, script.SINGLE) == [True]:
            where = explain.place(self._reach.tab)
            raise InvalidParamsError(f"{target} on {where} is a list of which only one entry can be chosen")
        if len(labels) == 1 and await self._reach.ask(field, script.OPENS_A_LIST) == [True]:
            return [await self._choose_option(field, target, labels[0])]
        try:
            await self._reach.using(
                target,
                lambda time: field.select_option(value=[*values], label=[*labels], timeout=time),
                wanted="used to choose",
            )
        except AetherError as error:
            raise await self._no_choice(field, target, values=values, labels=labels, error=error) from None
        for chosen in await self._reach.ask(field, script.CHOSEN):
            choices = [Choice(value=each["value"], label=each["label"]) for each in chosen]
            if not menu:
                self._refuse_reverted(target, choices, values=values, labels=labels)
            return choices
        # the choice has led to another page
        return [*(Choice(value, "") for value in values), *(Choice("", label) for label in labels)]

    def _refuse_reverted(
        self, target: Target, chosen: Sequence[Choice], *, values: Sequence[str], labels: Sequence[str]
    ) -> None:
        """Tell where a page has chosen something else as soon as it heard of the choice."""
        held = {each.value for each in chosen}, {_folded(each.label) for each in chosen}
        if held[0].issuperset(values) and held[1].issuperset(map(_folded, labels)):
            return
        shown = ", ".join(repr(each.label) for each in chosen) or "nothing"
        raise InvalidParamsError(
            f"{target} on {explain.place(self._reach.tab_if_open)} did not keep what was chosen: "
            f"the page has chosen {shown} instead; if it is a menu that goes back of itself, say so (menu: true)",
            acted=None,
        )

    async def _choose_option(self, field: pw.Locator, target: Target, label: str) -> Choice:
        """Choose an entry of a list that a page has made itself: open it if need be, and click the entry."""
        entry = self._reach.tab.get_by_role("option", name=label, exact=True).filter(visible=True)
        if not await self._reach.alive(entry.count()):
            await self._reach.using(target, lambda time: field.click(timeout=time), wanted="opened")
        try:
            await self._reach.alive(entry.click(timeout=self._reach.deadline.left_ms))
        except pw.TimeoutError:
            shown = self._reach.tab.get_by_role("option").filter(visible=True)
            entries = await self._reach.alive(shown.all_inner_texts())
            where = explain.place(self._reach.tab_if_open)
            listed = ", ".join(map(repr, entries[:_MOST_CHOICES])) or "nothing"
            raise PageError(f"{target} on {where} has no entry with label {label!r}; it has: {listed}") from None
        return Choice(value=label, label=label)

    async def check(self, target: Target, *, checked: bool) -> None:
        """Bring a box or switch to a state; a label stands in for a box that styles hide."""
        box = await self._reach.present(target)
        wanted = "checked" if checked else "unchecked"
        found = await self._reach.using(
            target, lambda time: box.evaluate_handle(script.LABEL_OF_HIDDEN, timeout=time), wanted=wanted
        )
        label = found.as_element()
        if label is None:
            try:
                await self._reach.using(target, lambda time: box.set_checked(checked, timeout=time), wanted=wanted)
            except PageError as error:
                error.acted = None  # it was clicked, and went back to what it was
                raise
        elif await self._reach.ask(box, script.CHECKED) == [not checked]:
            await self._reach.using(target, lambda time: label.click(timeout=time), wanted=wanted)
            if await self._reach.ask(box, script.CHECKED) == [not checked]:
                where = explain.place(self._reach.tab)
                raise PageError(f"{target} on {where} did not become {wanted}", acted=None)

    async def _no_choice(
        self, field: pw.Locator, target: Target, *, values: Sequence[str], labels: Sequence[str], error: AetherError
    ) -> AetherError:
        """Tell a list without the entry from a list that cannot be used."""
        try:
            async with asyncio.timeout(self._reach.deadline.explaining):
                choices: list[dict[str, Any]] = await field.evaluate_all(script.CHOICES)
        except (pw.Error, TimeoutError):
            return error
        missing = [f"value {value!r}" for value in values if value not in [each["value"] for each in choices]]
        missing += [f"label {label!r}" for label in labels if label not in [each["label"] for each in choices]]
        where = explain.place(self._reach.tab_if_open)
        off = [
            each["label"] for each in choices if each["off"] and (each["value"] in values or each["label"] in labels)
        ]
        if off and not missing:
            return ElementNotReadyError(f"the entry {off[0]!r} of {target} on {where} is disabled")
        if not choices or not missing:
            return error
        shown = [each["label"] for each in choices[:_MOST_CHOICES]]
        more = f" and {len(choices) - len(shown)} more" if len(choices) > len(shown) else ""
        return PageError(
            f"{target} on {where} has no entry with {' and '.join(missing)}; it has: "
            f"{', '.join(map(repr, shown))}{more}",
            choices=[*shown],
        )


def _folded(text: str) -> str:
    return " ".join(text.split())
