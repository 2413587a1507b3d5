"""Pointing at an element to learn its targets."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import playwright.async_api as pw

from activities.drivers.playwright import explain
from activities.drivers.playwright.host import BrowserHost
from activities.drivers.playwright.locate import locate
from activities.drivers.playwright.patience import first_line
from activities.drivers.playwright.recording.listen import listen
from activities.drivers.playwright.recording.suggest import Suggestion, suggest
from activities.drivers.playwright.session import PageSession
from activities.sessions.target import Target
from workflows.errors import ElementNotFoundError, PageError


async def pick(host: BrowserHost, url: str, target: Target | None = None) -> list[Suggestion]:
    """Open a page, and suggest targets for the element a person clicks there, or for the one that is named already.

    Raises:
        PageError: the page cannot be opened, or was closed before anything was clicked.
        ElementNotFoundError: what is named is not there, or not alone.
    """
    session = await host.open(uuid4().hex)
    try:
        return await picked(session, url, target)
    except pw.Error as error:
        raise PageError(f"{explain.shown_address(url)} cannot be used: {first_line(error)}") from None
    finally:
        await host.close(session.id)


async def picked(session: PageSession, url: str, target: Target | None) -> list[Suggestion]:
    """The same in a session that is open."""
    heard = await listen(session.context, "pick") if target is None else None
    page = session.context.pages[0]
    await page.goto(url)
    if heard is not None:
        waiting = asyncio.create_task(heard.get())
        ends: set[asyncio.Future[Any]] = {waiting, session.loss, _closing(page)}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            raise PageError("the page was closed before anything was clicked")
        clicked = waiting.result()
        element = await clicked.element()
        frame = clicked.frame
    else:
        frame, element = page.main_frame, await _named(page, target)
    return await suggest(frame, element) if element is not None else []


def _closing(page: pw.Page) -> asyncio.Future[None]:
    """Done when the page is closed."""
    closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    page.once("close", lambda _: closed.set_result(None))
    return closed


async def _named(page: pw.Page, target: Target | None) -> pw.ElementHandle:
    found = await locate(page, target).element_handles() if target is not None else []
    if len(found) != 1:
        raise ElementNotFoundError(f"{len(found)} elements match {target} on {explain.place(page)}; it must be one")
    return found[0]
