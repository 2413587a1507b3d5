"""Going on with the sessions that a predecessor had in the browser."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import playwright.async_api as pw
import structlog

from activities.drivers.playwright.hosting.memo import Memos, SessionMemo
from activities.drivers.playwright.patience import answers, first_line, name_of, settle
from activities.drivers.playwright.session import PageSession
from activities.drivers.playwright.setup import Devices

_ANSWER_TIME = 10.0

log = structlog.get_logger()


async def resumed(
    browser: pw.Browser, memos: Memos, devices: Devices, *, traces: Path | None = None
) -> list[PageSession]:
    """All sessions that there is a memo of and a living page; the rest is closed and forgotten.

    Raises:
        TimeoutError: the browser does not answer.
    """
    known = {memo.context: memo for memo in await memos.read()}
    contexts = {name_of(context): context for context in browser.contexts}
    if contexts and not await answers(next(iter(contexts.values())), within=_ANSWER_TIME):
        raise TimeoutError("the browser does not answer")

    async def resume(memo: SessionMemo) -> PageSession:
        return await PageSession.resume(memo, contexts[memo.context], browser, devices, traces=traces)

    both = [memo for name, memo in known.items() if name in contexts]
    sessions = await asyncio.gather(*(_unless_it_fails(resume, memo) for memo in both))
    alive = [session for session in sessions if session is not None and session.lost_because is None]
    if traces is not None:  # whoever recorded them is gone
        await asyncio.to_thread(_empty, traces)
    used = {session.context for session in alive}
    await asyncio.gather(*(settle(context.close()) for context in contexts.values() if context not in used))
    names = {session.id for session in alive}
    await asyncio.gather(*(memos.forget(memo.session) for memo in known.values() if memo.session not in names))
    return alive


def _empty(directory: Path) -> None:
    for left in directory.rglob("*"):
        if left.is_file():
            left.unlink(missing_ok=True)


async def _unless_it_fails(
    resume: Callable[[SessionMemo], Awaitable[PageSession]], memo: SessionMemo
) -> PageSession | None:
    try:
        return await resume(memo)
    except pw.Error as error:
        log.warning("session.not_resumed", session=memo.session, reason=first_line(error))
        return None
