"""What pages ask the network for, and what they get."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from contextlib import suppress
from typing import TYPE_CHECKING

import playwright.async_api as pw
from pydantic import JsonValue

from activities.drivers.playwright.explain import plain_address, shortened
from activities.drivers.playwright.place import same_place
from activities.sessions.traffic import Response, Rule, Sought
from workflows.errors import PageError

if TYPE_CHECKING:
    from activities.drivers.playwright.reach import Reach

_MOST_NOTED = 300
_MOST_TOLD = 6
_LONGEST_TEXT = 2 * 1024 * 1024
_PAUSE = 0.05
_EVERYTHING = "**/*"
_TEXTUAL = ("text/", "json", "xml", "javascript", "x-www-form-urlencoded")


class Log:
    """The answers that pages got lately."""

    def __init__(self) -> None:
        self._answers: deque[pw.Response] = deque(maxlen=_MOST_NOTED)

    def note(self, answer: pw.Response) -> None:
        """A page has got an answer."""
        self._answers.append(answer)

    def clear(self) -> None:
        """Forget the answers: what comes now is the work of another step."""
        self._answers.clear()

    def find(self, sought: Sought) -> pw.Response | None:
        """The latest answer that is as it shall be."""
        return next((answer for answer in reversed(self._answers) if _fits(answer, sought)), None)

    def told(self) -> str:
        """The answers in short, for people."""
        lines = Counter(
            f"{answer.request.method} {plain_address(answer.url)!r} {answer.status}" for answer in self._answers
        )
        shown = ", ".join(
            f"{line} ({times} times)" if times > 1 else line for line, times in [*lines.items()][-_MOST_TOLD:]
        )
        return shown or "none at all"


class Rules:
    """Blocks requests, or answers them in the network's place."""

    def __init__(self) -> None:
        self._rules: tuple[Rule, ...] = ()

    async def follow(self, context: pw.BrowserContext, rules: tuple[Rule, ...]) -> None:
        """Follow these rules from now on; without any, requests are not looked at, which is faster."""
        self._rules = rules
        await context.unroute(_EVERYTHING)
        if rules:
            await context.route(_EVERYTHING, self._decide)

    async def _decide(self, route: pw.Route) -> None:
        rule = next((rule for rule in reversed(self._rules) if _applies(rule, route.request)), None)
        with suppress(pw.Error):  # the page went away with its request
            if rule is None:
                await route.continue_()
            elif rule.answer is None:
                await route.abort("blockedbyclient")
            else:
                answer = rule.answer
                await route.fulfill(status=answer.status, headers=answer.headers, body=answer.body)


class DrivenTraffic:
    """The traffic of a session, as the nodes of one step see it."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def rule(self, rule: Rule) -> None:
        """Have requests blocked or answered from now on."""
        await self._set(self._reach.session.setup.ruled(rule).rules)

    async def let_through(self) -> int:
        """Forget all rules; how many there were."""
        rules = self._reach.session.setup.rules
        await self._set(())
        return len(rules)

    async def _set(self, rules: tuple[Rule, ...]) -> None:
        session = self._reach.session
        async with self._reach.watched():
            session.setup = session.setup.model_copy(update={"rules": rules})
            await self._reach.alive(session.rules.follow(session.context, rules))

    async def response(self, sought: Sought) -> Response:
        """Wait for an answer, or take one that came since the last step that acted began."""
        log = self._reach.session.log
        async with self._reach.watched():
            while (answer := log.find(sought)) is None:
                if self._reach.deadline.passed:
                    raise PageError(f"no page got an answer from {_described(sought)} in time; what came: {log.told()}")
                await asyncio.sleep(_PAUSE)
            return await self._read(answer)

    async def _read(self, answer: pw.Response) -> Response:
        headers = await self._reach.alive(answer.all_headers())
        text = None
        if any(kind in headers.get("content-type", "") for kind in _TEXTUAL):
            try:
                text = (await self._reach.alive(answer.body())).decode(errors="replace")
            except pw.Error as error:
                where = plain_address(answer.url)
                raise PageError(
                    f"the answer of {where!r} came, but the browser has dropped its content, as it does when the page "
                    f"is left: {shortened(error.message, 200)}"
                ) from None
        if text is not None and len(text) > _LONGEST_TEXT:
            raise PageError(f"the answer of {plain_address(answer.url)!r} is longer than {_LONGEST_TEXT} characters")
        return Response(answer.url, answer.status, headers, text, _json(text))


def _json(text: str | None) -> JsonValue:
    with suppress(ValueError, RecursionError):
        value: JsonValue = json.loads(text or "")
        return value
    return None


def _fits(answer: pw.Response, sought: Sought) -> bool:
    return (
        same_place(answer.url, sought.url)
        and sought.method in {None, answer.request.method}
        and sought.status in {None, answer.status}
    )


def _applies(rule: Rule, request: pw.Request) -> bool:
    return (
        (not rule.urls or any(same_place(request.url, url) for url in rule.urls))
        and (not rule.resources or request.resource_type in rule.resources)
        and rule.method in {None, request.method}
    )


def _described(sought: Sought) -> str:
    method = f"{sought.method} " if sought.method else ""
    status = f" with status {sought.status}" if sought.status else ""
    return f"{method}{sought.url!r}{status}"
