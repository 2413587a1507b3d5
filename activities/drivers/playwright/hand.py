"""Using elements: everything that can be is checked first, so that a failure says whether anything was done."""

from __future__ import annotations

import asyncio

import playwright.async_api as pw

from activities.drivers.playwright import explain, script
from activities.drivers.playwright.patience import was_dispatched
from activities.drivers.playwright.reach import Reach
from activities.sessions.browser import Choice, Dialog, MouseButton
from activities.sessions.target import Target
from workflows.errors import AetherError, PageError


class Hand:
    """What a person would do to an element, within the time of one step."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def click(
        self, target: Target, *, button: MouseButton = "left", count: int = 1, dialog: Dialog = "dismiss"
    ) -> None:
        """Click an element; a trial comes first unless the click would most likely arrive at once."""
        element = await self._reach.present(target)
        if await self._reach.ask(element, script.READY) != [True]:
            await self._reach.session.watch.trouble()
            trial = element.click(button=button, trial=True, timeout=self._reach.deadline.left_ms)
            await self._reach.using(target, trial, wanted="clicked")
        async with self._reach.dispatching(dialog):
            try:
                clicked = element.click(button=button, click_count=count, timeout=self._reach.deadline.left_ms)
                await self._reach.alive(clicked)
            except pw.TimeoutError as error:
                if not was_dispatched(error):
                    raise explain.not_ready(self._reach.front, target, error, wanted="clicked") from None
                where = explain.place(self._reach.session.front)
                raise PageError(
                    f"a click on {target} on {where} did not end in time; it may have had its effect"
                ) from None

    async def choose(self, target: Target, *, value: str | None, label: str | None) -> Choice:
        """Choose an entry of a list, once it is there."""
        field = await self._reach.present(target)
        call = field.select_option(value=value, label=label, timeout=self._reach.deadline.left_ms)
        try:
            await self._reach.using(target, call, wanted="used to choose")
        except AetherError as error:
            raise await self._no_choice(field, target, value=value, label=label, error=error) from None
        for chosen in await self._reach.ask(field, script.CHOSEN):
            return Choice(value=chosen["value"], label=chosen["label"])
        return Choice(value=value or "", label=label or "")  # the choice has led to another page

    async def check(self, target: Target, *, checked: bool) -> None:
        """Bring a box or switch to a state; a label stands in for a box that styles hide."""
        box = await self._reach.present(target)
        wanted = "checked" if checked else "unchecked"
        time = self._reach.deadline.left_ms
        found = await self._reach.using(
            target, box.evaluate_handle(script.LABEL_OF_HIDDEN, timeout=time), wanted=wanted
        )
        label = found.as_element()
        if label is None:
            call = box.set_checked(checked, timeout=self._reach.deadline.left_ms)
            await self._reach.using(target, call, wanted=wanted)
        elif await self._reach.ask(box, script.CHECKED) == [not checked]:
            await self._reach.using(target, label.click(timeout=self._reach.deadline.left_ms), wanted=wanted)
            if await self._reach.ask(box, script.CHECKED) == [not checked]:
                where = explain.place(self._reach.front)
                raise PageError(f"{target} on {where} did not become {wanted}", acted=None)

    async def _no_choice(
        self, field: pw.Locator, target: Target, *, value: str | None, label: str | None, error: AetherError
    ) -> AetherError:
        """Tell a list without the entry from a list that cannot be used."""
        try:
            async with asyncio.timeout(self._reach.deadline.explaining):
                choices: list[str] = await field.evaluate_all(script.CHOICES)
        except (pw.Error, TimeoutError):
            return error
        if not choices or (value or label) in choices:
            return error
        wanted = f"value {value!r}" if value is not None else f"label {label!r}"
        where = explain.place(self._reach.session.front)
        return PageError(
            f"{target} on {where} has no entry with {wanted}; it has: {', '.join(map(repr, choices))}",
            choices=[*choices],
        )
