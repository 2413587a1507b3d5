"""What pages of a session say that nobody sees: messages, errors of scripts, requests that fail."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

import playwright.async_api as pw
from pydantic import JsonValue

_MOST = 200
_LONGEST = 2000
_FAILED = 400
_CUT = "…"


class Console:
    """The latest of it, as it came: whoever shows it to anybody masks it first."""

    def __init__(self, context: pw.BrowserContext) -> None:
        self._messages: deque[dict[str, JsonValue]] = deque(maxlen=_MOST)
        self._requests: deque[dict[str, JsonValue]] = deque(maxlen=_MOST)
        context.on("console", self._hear)
        context.on("weberror", self._note_error)
        context.on("requestfailed", self._note_failure)
        context.on("response", self._note_response)

    @property
    def messages(self) -> list[JsonValue]:
        """What scripts wrote to the console, and their errors."""
        return [*self._messages]

    @property
    def requests(self) -> list[JsonValue]:
        """Requests that got no answer, or a bad one."""
        return [*self._requests]

    def _hear(self, message: pw.ConsoleMessage) -> None:
        place = message.location
        where = f"{place['url']}:{place['lineNumber'] + 1}" if place["url"] else None
        self._messages.append({"at": _now(), "kind": message.type, "text": _cut(message.text), "where": where})

    def _note_error(self, error: pw.WebError) -> None:
        text = error.error.stack or str(error.error)
        self._messages.append({"at": _now(), "kind": "exception", "text": _cut(text), "where": None})

    def _note_failure(self, request: pw.Request) -> None:
        asked = {"at": _now(), "method": request.method, "url": _cut(request.url)}
        self._requests.append({**asked, "failure": request.failure or "failed"})

    def _note_response(self, response: pw.Response) -> None:
        if response.status >= _FAILED:
            asked = {"at": _now(), "method": response.request.method, "url": _cut(response.url)}
            self._requests.append({**asked, "status": response.status})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + _CUT
