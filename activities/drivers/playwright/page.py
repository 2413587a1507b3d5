"""The tab in front of a session, as the nodes of one step see it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin

import playwright.async_api as pw

from activities.drivers.playwright import explain, script
from activities.drivers.playwright.cover import covered
from activities.drivers.playwright.hand import Hand
from activities.drivers.playwright.locate import locate
from activities.drivers.playwright.observe import Finding, Observer
from activities.drivers.playwright.patience import first_line, is_gone, is_passing
from activities.drivers.playwright.reach import PAUSE, Reach
from activities.drivers.playwright.session import PageSession
from activities.sessions.browser import (
    Choice,
    Condition,
    Dialog,
    Difference,
    MouseButton,
    Reaction,
    State,
    TableText,
    Visit,
)
from activities.sessions.files import Workspace
from activities.sessions.target import Target
from workflows.errors import ElementNotReadyError, InvalidParamsError, PageError

_SERVER_FAILED = 500


class DrivenPage:
    """Does what a step asks of the tab in front, within the step's time."""

    def __init__(self, session: PageSession, timeout: timedelta, workspace: Workspace | None) -> None:
        self._reach = Reach(session, timeout)
        self._hand = Hand(self._reach)
        self._workspace = workspace

    @property
    def workspace(self) -> Workspace:
        """The files of the run."""
        if self._workspace is None:
            raise InvalidParamsError("this step was given no workspace; declare its node with workspace=True")
        return self._workspace

    @property
    def url(self) -> str:
        """Where the tab is."""
        return self._reach.front.url

    # Going places

    async def open(self, url: str, viewport: tuple[int, int] | None) -> Visit:
        """Close all other tabs and go to an address."""
        async with self._reach.watched():
            context = self._reach.session.context
            tab = context.pages[0] if context.pages else await self._reach.alive(context.new_page())
            for other in context.pages[1:]:
                await self._reach.alive(other.close())
            if viewport is not None:
                await self._reach.alive(tab.set_viewport_size({"width": viewport[0], "height": viewport[1]}))
            return await self._visit(tab, url)

    async def goto(self, url: str) -> Visit:
        """Go to an address, which may be relative to the page."""
        async with self._reach.watched():
            return await self._visit(self._reach.front, urljoin(self._reach.front.url, url))

    async def close(self) -> str:
        """Close the tab; the one before it comes to the front."""
        async with self._reach.watched():
            await self._reach.alive(self._reach.front.close())
            if self._reach.session.front is None:
                await self._reach.alive(self._reach.session.context.new_page())
            return self._reach.front.url

    async def _visit(self, tab: pw.Page, url: str) -> Visit:
        shown = explain.shown_address(url)
        try:
            response = await self._reach.alive(tab.goto(url, timeout=self._reach.deadline.left_ms))
        except pw.TimeoutError:
            raise PageError(
                f"{shown} did not load in time; check the address or give the step a longer timeout"
            ) from None
        except pw.Error as error:
            if is_gone(error):
                raise
            raise PageError(f"{shown} cannot be opened: {explain.network_failure(first_line(error))}") from None
        if response is not None and response.status >= _SERVER_FAILED:
            raise PageError(
                f"{shown} answered {response.status} {response.status_text}".rstrip(), status=response.status
            )
        return Visit(tab.url, await self._reach.alive(tab.title()), response.status if response else None)

    # Acting

    async def fill(self, target: Target, text: str) -> None:
        """Replace what a field holds."""
        async with self._reach.watched():
            field = await self._reach.present(target)
            await self._reach.using(target, field.fill(text, timeout=self._reach.deadline.left_ms), wanted="filled")

    async def click(self, target: Target, button: MouseButton, count: int, dialog: Dialog) -> Reaction:
        """Click an element; failures up to the click itself say that nothing was done."""
        async with self._reach.watched():
            await self._hand.click(target, button=button, count=count, dialog=dialog)
            return self._reach.reaction()

    async def press(self, key: str, target: Target | None, dialog: Dialog) -> Reaction:
        """Press a key, on an element or on what has the focus."""
        async with self._reach.watched():
            element = await self._focusable(target) if target else await self._focused()
            async with self._reach.dispatching(dialog):
                try:
                    await self._reach.alive(
                        element.press(key, timeout=self._reach.deadline.left_ms)
                        if element
                        else self._reach.front.keyboard.press(key)
                    )
                except pw.Error as error:
                    if "Unknown key" in error.message:
                        raise InvalidParamsError(
                            f"there is no key {key!r}; keys are named 'Enter', 'Tab', 'ArrowDown', 'Control+a', 'x'",
                            acted=False,
                        ) from None
                    raise
            return self._reach.reaction()

    async def select(self, target: Target, *, value: str | None, label: str | None) -> Choice:
        """Choose an entry of a list by its value or its label."""
        async with self._reach.watched():
            return await self._hand.choose(target, value=value, label=label)

    async def check(self, target: Target, *, checked: bool) -> None:
        """Bring a box or switch to a state."""
        async with self._reach.watched():
            await self._hand.check(target, checked=checked)

    async def upload(self, target: Target, files: Sequence[Path]) -> Reaction:
        """Give files to a field or to a button that asks for files."""
        async with self._reach.watched():
            element = await self._reach.present(target)
            if await self._reach.ask(element, script.IS_FILE_FIELD) == [True]:
                async with self._reach.dispatching("dismiss"):
                    await self._reach.alive(element.set_input_files(list(files), timeout=self._reach.deadline.left_ms))
                return self._reach.reaction()
            try:
                async with self._reach.front.expect_file_chooser(timeout=self._reach.deadline.left_ms) as chooser:
                    await self._hand.click(target)
            except pw.TimeoutError:
                where = explain.place(self._reach.session.front)
                raise PageError(f"a click on {target} on {where} did not ask for a file", acted=None) from None
            async with self._reach.dispatching("dismiss"):
                await self._reach.alive(
                    (await chooser.value).set_files(list(files), timeout=self._reach.deadline.left_ms)
                )
            return self._reach.reaction()

    async def download(self, target: Target) -> DrivenDownload:
        """Click an element that makes the page send a file."""
        async with self._reach.watched():
            arriving = self._reach.session.downloads
            while not arriving.empty():
                arriving.get_nowait()
            await self._hand.click(target)
            try:
                file = await asyncio.wait_for(self._reach.alive(arriving.get()), self._reach.deadline.left)
            except TimeoutError:
                where = explain.place(self._reach.session.front)
                raise PageError(f"no download began after a click on {target} on {where}", acted=None) from None
            return DrivenDownload(self, file)

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

    # Looking

    async def read(self, target: Target, attribute: str | None) -> str | None:
        """Read what an element shows, or an attribute of it."""
        async with self._reach.watched():
            while True:
                found = await self._reach.seen(target, script.READ, attribute)
                if found["shown"] or attribute is not None:
                    text: str | None = found["text"]
                    return text
                if self._reach.deadline.passed:
                    where = explain.place(self._reach.front)
                    raise ElementNotReadyError(f"{target} on {where} cannot be read: it is hidden")
                await asyncio.sleep(PAUSE)

    async def read_all(self, target: Target, attribute: str | None) -> Sequence[str | None]:
        """Read every element that matches, as they are now."""
        async with self._reach.watched():
            await self._reach.loaded()
            texts: list[str | None] = await self._reach.alive(
                locate(self._reach.front, target).evaluate_all(script.READ_ALL, attribute)
            )
            return texts

    async def table(self, target: Target) -> TableText:
        """Read a table."""
        async with self._reach.watched():
            cells = await self._reach.seen(target, script.TABLE)
            if cells is None:
                raise PageError(
                    f"{target} on {explain.place(self._reach.front)} is not a table and does not hold exactly one"
                )
            return TableText(tuple(cells["header"]), tuple(tuple(row) for row in cells["rows"]))

    async def meets(self, condition: Condition, *, within: timedelta | None = None) -> Difference | None:
        """Wait until a condition is met; the difference that is left if it never is."""
        async with self._reach.watched():
            observer = Observer(condition)
            await self._reach.loaded()
            deadline = self._reach.deadline.sooner(within)
            found: Finding | None = None
            while True:
                tab = self._reach.front
                try:
                    found = await self._reach.alive(observer.look(tab))
                except pw.Error as error:
                    if not is_passing(error) and not (tab.is_closed() and is_gone(error)):
                        raise
                    found = Finding("a page that is being replaced")
                except PageError:
                    if found is None:
                        raise
                if found is None:
                    return None
                if deadline.passed:
                    near = ""
                    if found.missing and condition.target is not None:
                        near, _ = await explain.nearest(tab, condition.target, self._reach.deadline.explaining)
                    return Difference(observer.expected, found.said + near, explain.place(tab), missing=found.missing)
                await asyncio.sleep(PAUSE)

    async def exists(self, target: Target, *, within: timedelta) -> bool:
        """Wait until an element that matches is visible, and say whether that came about."""
        async with self._reach.watched():
            await self._reach.loaded()
            deadline = self._reach.deadline.sooner(within)
            while True:
                if await self._reach.count(target, visible=True):
                    return True
                if deadline.passed:
                    return False
                await asyncio.sleep(PAUSE)

    async def screenshot(self, target: Target | None, *, full_page: bool) -> bytes:
        """Take a picture (PNG) with everything covered that must not be seen."""
        async with self._reach.watched():
            hidden = await self._reach.alive(covered(self._reach.front))
            if target is None:
                time = self._reach.deadline.left_ms
                return await self._reach.alive(
                    self._reach.front.screenshot(full_page=full_page, mask=hidden, timeout=time)
                )
            element = await self._reach.present(target)
            picture = element.screenshot(mask=hidden, timeout=self._reach.deadline.left_ms)
            return await self._reach.using(target, picture, wanted="pictured")

    async def _focusable(self, target: Target) -> pw.Locator:
        """An element that is visible and enabled, so that it can have the focus."""
        element = await self._reach.present(target)
        for state in (State.VISIBLE, State.ENABLED):
            left = await self.meets(Condition(target=target, state=state))
            if left is not None:
                where = explain.place(self._reach.front)
                raise ElementNotReadyError(f"{target} on {where} cannot get a key: it is there, but {left.found}")
        return element

    async def _focused(self) -> pw.Locator | None:
        """What has the focus, if it is one element of the page itself: only then a navigation can be waited for."""
        focus = self._reach.front.locator("*:focus")
        return focus if await self._reach.alive(focus.count()) == 1 else None


@dataclass(frozen=True, slots=True)
class DrivenDownload:
    """A file that a page is sending."""

    page: DrivenPage
    file: pw.Download

    @property
    def name(self) -> str:
        """The name the page gave it: a bare file name."""
        return Path(self.file.suggested_filename.replace("\\", "/")).name or "download"

    async def save(self, path: Path) -> None:
        """Wait for the rest of it and put it at a path."""
        await self.page.save(self.file, path)
