"""Using what a page offers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urljoin

import playwright.async_api as pw
from pydantic import JsonValue

from activities.drivers.playwright import explain, script
from activities.drivers.playwright.held import Held, keeps
from activities.drivers.playwright.patience import first_line, is_gone
from activities.drivers.playwright.reach import PAUSE
from activities.drivers.playwright.view import View
from activities.sessions.browser import CLICK, Choice, Condition, Dialog, Reaction, State, Stroke
from activities.sessions.spot import Spot
from activities.sessions.target import Target
from workflows.errors import ElementNotReadyError, InvalidParamsError, PageError

_TIMES_FILLED = 2
"""A page that has just come may drop what was filled in before its scripts were there."""
_FORMS = {
    "date": "2026-11-30",
    "time": "14:30",
    "datetime-local": "2026-11-30T14:30",
    "month": "2026-11",
    "week": "2026-W48",
    "color": "#1a2b3c",
    "number": "12.5",
    "range": "50, within its limits",
}
"""What fields of a kind hold, whatever they show."""


class Actor(View):
    """Does what a person would do with mouse and keyboard."""

    async def fill(self, target: Target, text: str) -> None:
        """Replace what a field holds; some kinds of fields drop what they cannot hold, without a word."""
        async with self._reach.acting():
            for _ in range(_TIMES_FILLED):
                field = await self._reach.present(target)
                try:
                    await self._reach.using(target, partial(_filled, field, text), wanted="filled")
                except PageError as error:
                    if "input[type=number]" not in error.message:
                        raise
                    raise self._unfit(target, "number") from None
                if await self._holds(target, field, text):
                    return
            where = explain.place(self._reach.tab_if_open)
            raise PageError(
                f"{target} on {where} does not hold what was filled in: the page has changed it, or dropped some of it",
                acted=None,
            )

    async def _holds(self, target: Target, field: pw.Locator, text: str) -> bool:
        """Whether a field holds what was filled in; what it cannot hold is refused."""
        for told in await self._reach.ask(field, script.HELD):
            held = Held.model_validate(told)
            if held.kind in _FORMS:
                if (text and not held.value) or (held.kind == "range" and float(held.value) != float(text)):
                    raise self._unfit(target, held.kind)
                return True
            if keeps(text, held):
                return True
            if held.at_most is not None and len(text) > held.at_most:
                where = explain.place(self._reach.tab_if_open)
                raise InvalidParamsError(
                    f"{target} on {where} takes at most {held.at_most} characters, but the value has {len(text)}"
                )
            return False
        return True

    def _unfit(self, target: Target, kind: str) -> InvalidParamsError:
        where = explain.place(self._reach.tab_if_open)
        return InvalidParamsError(
            f"{target} on {where} is a {kind} field and does not hold this value: it takes one such as {_FORMS[kind]!r}"
        )

    async def click(self, target: Target, stroke: Stroke = CLICK, dialog: Dialog | None = None) -> Reaction:
        """Click an element; failures up to the click itself say that nothing was done."""
        async with self._reach.acting():
            if stroke.opens is None:
                await self._hand.click(target, stroke, dialog)
                return self._reach.reaction()
            opened = await self._hand.click_opening(target, stroke, dialog, name=stroke.opens)
            with suppress(pw.Error):  # the steps in it wait for what they need
                await self._reach.alive(opened.wait_for_load_state(timeout=self._reach.deadline.left_ms))
            return Reaction(opened.url, tuple(self._reach.session.dialogs))

    async def hover(self, target: Target, spot: Spot | None = None) -> None:
        """Put the mouse over an element, or a spot on it."""
        async with self._reach.acting():
            element = await self._reach.present(target)
            at = await self._eye.place_of(target, element, spot) if spot is not None else None
            position: pw.Position | None = {"x": at.x, "y": at.y} if at is not None else None
            await self._reach.using(
                target, lambda time: element.hover(position=position, timeout=time), wanted="hovered over"
            )

    async def drag(self, target: Target, to: Target) -> Reaction:
        """Drag an element onto another."""
        async with self._reach.acting():
            await self._hand.drag(target, to)
            return self._reach.reaction()

    async def type(self, text: str, target: Target | None, *, clear: bool, pause: timedelta) -> Reaction:
        """Type a text key by key, into an element or into what has the focus."""
        async with self._reach.acting():
            element = await self._focusable(target, at_end=True) if target else await self._focused()
            if clear and element is None:
                raise InvalidParamsError("nothing has the focus that could be cleared; give a target")
            room = await self._room(element, begins=True)
            async with self._reach.dispatching(None):
                if clear and element is not None:
                    await self._reach.alive(element.fill("", timeout=self._reach.deadline.left_ms))
                delay = pause.total_seconds() * 1000
                await self._reach.alive(
                    element.press_sequentially(text, delay=delay, timeout=self._reach.deadline.left_ms)
                    if element
                    else self._reach.tab.keyboard.type(text, delay=delay)
                )
            if room is not None:
                self._refuse_cut(target, ("" if clear else room.value) + text, await self._room(element, begins=False))
            return self._reach.reaction()

    async def _room(self, element: pw.Locator | None, *, begins: bool) -> Held | None:
        """What a field holds that takes only so many characters, while it has the focus."""
        told = await self._reach.ask(element, script.ROOM, begins) if element else []
        return Held.model_validate(told[0]) if told and told[0] else None

    def _refuse_cut(self, target: Target | None, text: str, held: Held | None) -> None:
        """Tell where a field was full before all of a text was in it."""
        if held is None or held.at_most is None or keeps(text, held):
            return
        if len(held.value) >= held.at_most:
            raise InvalidParamsError(
                f"{target or 'the field with the focus'} on {explain.place(self._reach.tab_if_open)} takes at most "
                f"{held.at_most} characters, but with the text it would hold {len(text)}",
                acted=True,
            )

    async def press(self, key: str, target: Target | None, dialog: Dialog | None) -> Reaction:
        """Press a key, on an element or on what has the focus."""
        async with self._reach.acting():
            element = await self._focusable(target) if target else await self._focused()
            async with self._reach.dispatching(dialog):
                try:
                    await self._reach.alive(
                        element.press(key, timeout=self._reach.deadline.left_ms)
                        if element
                        else self._reach.tab.keyboard.press(key)
                    )
                except pw.Error as error:
                    if "Unknown key" in error.message:
                        raise InvalidParamsError(
                            f"there is no key {key!r}; keys are named 'Enter', 'Tab', 'ArrowDown', 'Control+a', 'x'",
                            acted=False,
                        ) from None
                    raise
            return self._reach.reaction()

    async def select(
        self, target: Target, *, values: Sequence[str], labels: Sequence[str], menu: bool
    ) -> Sequence[Choice]:
        """Choose entries of a list by their values or labels, and no others; what it shows then."""
        async with self._reach.acting():
            return await self._hand.choose(target, values=values, labels=labels, menu=menu)

    async def check(self, target: Target, *, checked: bool) -> None:
        """Bring a box or switch to a state."""
        async with self._reach.acting():
            await self._hand.check(target, checked=checked)

    async def upload(self, target: Target, files: Sequence[Path]) -> Reaction:
        """Give files to a field or to a button that asks for files."""
        async with self._reach.acting():
            element = await self._reach.present(target)
            if await self._reach.ask(element, script.IS_FILE_FIELD) == [True]:
                left = await self.meets(Condition(target=target, state=State.ENABLED))
                if left is not None:
                    where = explain.place(self._reach.tab)
                    raise ElementNotReadyError(f"{target} on {where} cannot be given files: it is disabled")
                async with self._reach.dispatching(None):
                    await self._reach.alive(element.set_input_files(list(files), timeout=self._reach.deadline.left_ms))
                return self._reach.reaction()
            try:
                async with self._reach.tab.expect_file_chooser(timeout=self._reach.deadline.left_ms) as chooser:
                    await self._hand.click(target)
            except pw.TimeoutError:
                where = explain.place(self._reach.tab_if_open)
                raise PageError(f"a click on {target} on {where} did not ask for a file", acted=None) from None
            async with self._reach.dispatching(None):
                await self._reach.alive(
                    (await chooser.value).set_files(list(files), timeout=self._reach.deadline.left_ms)
                )
            return self._reach.reaction()

    async def evaluate(self, script: str, argument: JsonValue, target: Target | None) -> JsonValue:
        """Run a script in the page, on an element if one is given."""
        async with self._reach.acting():
            element = await self._reach.present(target) if target else None
            async with self._reach.dispatching(None):
                try:
                    value: JsonValue = await self._reach.alive(
                        element.evaluate(script, argument, timeout=self._reach.deadline.left_ms)
                        if element
                        else self._reach.tab.evaluate(script, argument)
                    )
                except pw.Error as error:
                    if is_gone(error):
                        raise
                    where = explain.place(self._reach.tab_if_open)
                    raise PageError(
                        f"the script failed on {where}: {explain.shortened(first_line(error), 500)}"
                    ) from None
                return _plain(value)

    async def download(self, target: Target) -> DrivenDownload:
        """Click an element that makes the page send a file."""
        async with self._reach.acting():
            arriving = self._arriving()
            await self._hand.click(target)
            return await self._arrival(arriving, f"a click on {target}")

    async def download_from(self, url: str) -> DrivenDownload:
        """Ask an address for a file; it may be relative to the page."""
        async with self._reach.acting():
            arriving = self._arriving()
            whole = urljoin(self._reach.session.address(self._reach.tab), url)
            shown = explain.shown_address(whole)
            try:
                await self._reach.alive(self._reach.tab.goto(whole, timeout=self._reach.deadline.left_ms))
            except pw.TimeoutError:
                raise PageError(f"{shown} did not answer in time") from None
            except pw.Error as error:
                if "Download is starting" not in error.message and "ERR_ABORTED" not in error.message:
                    raise PageError(f"{shown} cannot be had: {explain.network_failure(first_line(error))}") from None
                return await self._arrival(arriving, f"asking for {shown}")
            raise PageError(f"{shown} is a page, not a file to download")

    def _arriving(self) -> asyncio.Queue[pw.Download]:
        """The files that pages send from now on."""
        arriving = self._reach.session.downloads
        while not arriving.empty():
            arriving.get_nowait()
        return arriving

    async def _arrival(self, arriving: asyncio.Queue[pw.Download], cause: str) -> DrivenDownload:
        try:
            return DrivenDownload(self, await asyncio.wait_for(self._reach.alive(arriving.get()), self._left))
        except TimeoutError:
            where = explain.place(self._reach.tab_if_open)
            raise PageError(f"no download began after {cause} on {where}", acted=None) from None

    @property
    def _left(self) -> float:
        return self._reach.deadline.left

    async def save(self, file: pw.Download, path: Path) -> None:
        """Wait for the rest of a download and put it at a path."""
        async with self._reach.watched():
            try:
                await asyncio.wait_for(self._reach.alive(file.save_as(path)), self._reach.deadline.left)
            except TimeoutError:
                raise PageError(f"the download of {file.suggested_filename!r} did not end in time") from None
            except pw.Error as error:
                if is_gone(error):
                    raise
                name = file.suggested_filename
                raise PageError(f"the download of {name!r} failed: {first_line(error)}", acted=None) from None

    async def _focusable(self, target: Target, *, at_end: bool = False) -> pw.Locator:
        """An element that is visible and enabled and has the focus: else something else would get the keys."""
        element = await self._reach.present(target)
        for state in (State.VISIBLE, State.ENABLED):
            left = await self.meets(Condition(target=target, state=state))
            if left is not None:
                where = explain.place(self._reach.tab)
                raise ElementNotReadyError(f"{target} on {where} cannot get a key: it is there, but {left.found}")
        while await self._reach.ask(element, script.FOCUS, at_end) == [False]:
            if self._reach.deadline.passed:
                where = explain.place(self._reach.tab)
                raise ElementNotReadyError(f"{target} on {where} cannot get a key: it cannot have the focus")
            await asyncio.sleep(PAUSE)
        return element

    async def _focused(self) -> pw.Locator | None:
        """What has the focus, if it is one element of the page itself: only then a navigation can be waited for."""
        focus = self._reach.tab.locator("*:focus")
        return focus if await self._reach.alive(focus.count()) == 1 else None


async def _filled(field: pw.Locator, text: str, time: float) -> None:
    await field.fill(text, timeout=time)


def _plain(value: object) -> JsonValue:
    """What a script gave as JSON: dates and the like as text."""
    try:
        plain: JsonValue = json.loads(json.dumps(value, default=str, allow_nan=False))
    except ValueError as error:
        raise PageError(f"the script gave something that is no JSON: {error}", acted=None) from None
    return plain


@dataclass(frozen=True, slots=True)
class DrivenDownload:
    """A file that a page is sending."""

    page: Actor
    file: pw.Download

    @property
    def name(self) -> str:
        """The name the page gave it: a bare file name."""
        return Path(self.file.suggested_filename.replace("\\", "/")).name or "download"

    async def save(self, path: Path) -> None:
        """Wait for the rest of it and put it at a path."""
        await self.page.save(self.file, path)
