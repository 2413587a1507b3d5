"""Reading lists, page after page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import playwright.async_api as pw

from activities.drivers.playwright import explain, script
from activities.drivers.playwright.locate import locate
from activities.drivers.playwright.patience import is_passing
from activities.drivers.playwright.reach import PAUSE
from activities.drivers.playwright.view import View
from activities.sessions.browser import FieldSource
from activities.sessions.target import Target
from workflows.errors import ElementAmbiguousError, ElementNotFoundError, PageError

_DISABLED = "element => element.matches(':disabled') || element.getAttribute('aria-disabled') === 'true'"


class Reader(View):
    """Reads what a page lists."""

    async def records(
        self, each: Target | None, fields: Sequence[FieldSource], *, at_least: int
    ) -> Sequence[Mapping[str, str | None]]:
        """Read the same fields of every element, or of the page, once there are so many."""
        async with self._reach.watched():
            await self._reach.loaded()
            while True:
                try:
                    return await self._records(each, fields, at_least)
                except pw.Error as error:
                    if not is_passing(error):
                        raise
                except ElementNotFoundError:
                    if self._reach.deadline.passed:
                        raise
                await asyncio.sleep(PAUSE)

    async def _records(
        self, each: Target | None, fields: Sequence[FieldSource], at_least: int
    ) -> Sequence[Mapping[str, str | None]]:
        tab = self._reach.tab
        items = await self._reach.alive(locate(tab, each).element_handles()) if each else None
        try:
            if items is not None and len(items) < at_least:
                raise ElementNotFoundError(
                    f"{len(items)} elements match {each} on {explain.place(tab)}, but there shall be {at_least} or more"
                )
            columns = [await self._column(each, items, field) for field in fields]
        finally:
            for item in items or ():
                await self._reach.alive(item.dispose())
        rows = zip(*columns, strict=True) if columns else ()
        return [dict(zip([field.name for field in fields], row, strict=True)) for row in rows]

    async def _column(
        self, each: Target | None, items: Sequence[pw.ElementHandle] | None, field: FieldSource
    ) -> list[str | None]:
        """One field of all records."""
        count = 1 if items is None else len(items)
        if count == 0:
            return []
        tab = self._reach.tab
        scope = tab if each is None else locate(tab, each)
        target = field.target.model_copy(update={"nth": None}) if field.target else None
        elements = locate(scope, target) if target else locate(tab, each) if each else tab.locator("body")
        found: list[tuple[int, str | None]] = await self._reach.alive(
            elements.evaluate_all(script.RECORDS, [items, field.attribute])
        )
        held: list[list[str | None]] = [[] for _ in range(count)]
        for number, text in found:
            if number >= 0:
                held[number].append(text)
        return [self._one(field, texts, None if items is None else number) for number, texts in enumerate(held, 1)]

    def _one(self, field: FieldSource, texts: list[str | None], number: int | None) -> str | None:
        """What a record has of a field: one text, not two of which one would have to be guessed."""
        nth = field.target.nth if field.target else None
        if nth is not None:
            texts = texts[nth - 1 : nth]
        if len(texts) == 1:
            return texts[0]
        if not texts and field.optional:
            return None
        where = f"{f'record {number}' if number else 'the page'} on {explain.place(self._reach.tab)}"
        if texts:
            raise ElementAmbiguousError(
                f"{len(texts)} elements match {field.target} for field {field.name!r} in {where}, "
                "but a field must be one: say more of it, or which one (nth)"
            )
        raise ElementNotFoundError(
            f"no element matches {field.target} for field {field.name!r} in {where}; "
            "if it may be missing, name it under `optional`"
        )

    async def sheets(self, forward: Target | None, content: Target | None, limit: int) -> AsyncIterator[int]:
        """Page through a list: the number of each page, from 1, as soon as its content is there.

        An attempt that did not come to the end has left the list in its middle: the next one goes back first.
        """
        session = self._reach.session
        async with self._reach.watched():
            if forward is not None and session.paging is not None:
                await self._reach.alive(self._reach.tab.goto(session.paging, timeout=self._reach.deadline.left_ms))
            session.paging = self._reach.tab.url if forward is not None else None
        number = 1
        yield number
        while forward is not None and content is not None:
            async with self._reach.watched():
                if not await self._has_more(forward):
                    break
                if number == limit:
                    raise PageError(f"the list on {explain.place(self._reach.tab)} has more than {limit} pages")
                await self._turn(forward, content, number)
            number += 1
            yield number
        session.paging = None

    async def _has_more(self, forward: Target) -> bool:
        """Whether the way to the next page is there and can be taken."""
        shown = locate(self._reach.tab, forward).filter(visible=True)
        if not await self._reach.alive(shown.count()):
            return False
        return await self._reach.ask(await self._reach.present(forward), _DISABLED) == [False]

    async def _turn(self, forward: Target, content: Target, number: int) -> None:
        """Go to the next page, and wait until it shows something else."""
        before = await self._shown(content)
        await self._hand.click(forward)
        await self._reach.loaded()
        while (now := await self._shown(content)) == before or not now:
            if self._reach.deadline.passed:
                raise PageError(
                    f"page {number + 1} of the list on {explain.place(self._reach.tab)} does not come: after a click "
                    f"on {forward} it shows the same as before"
                )
            await asyncio.sleep(PAUSE)

    async def _shown(self, content: Target) -> list[str | None]:
        try:
            texts: list[str | None] = await self._reach.alive(
                locate(self._reach.tab, content).evaluate_all(script.READ_ALL, None)
            )
        except pw.Error as error:
            if not is_passing(error):
                raise
            return []
        return texts
