"""What the status of an HTTP answer means to a run: who must act, and whether anything was done."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pydantic import JsonValue

from activities.secrets import masked
from activities.sessions.http import HttpAnswer
from workflows.errors import AccessDeniedError, RequestRefusedError, ServerFailedError

_FIRST_REDIRECT, _FIRST_ERROR, _FIRST_FAILURE = 300, 400, 500
_ACCESS = {401, 403, 407}
_LATER = {408, 425, 429}
_SHOWN, _KEPT = 300, 4000
_LONGEST_WAIT = 86_400.0


def check_status(answer: HttpAnswer, method: str, expected: Collection[int] | None, *, harmless: bool) -> None:
    """Accept an answer, or raise what it means; a harmless request has done nothing, whatever the answer.

    Raises:
        AccessDeniedError: the server does not accept the credentials.
        ServerFailedError: the server cannot do it now; `retry_after` seconds in its details if it said when.
        RequestRefusedError: any other status that is not expected.
    """
    status = answer.status
    if status in expected if expected is not None else status < _FIRST_ERROR:
        return
    received = text_of_answer(answer)
    text = masked(received) if received else received
    details: dict[str, JsonValue] = {"status": status, "url": answer.url, "text": text[:_KEPT] if text else None}
    asked = "" if expected is None else f" instead of {' or '.join(map(str, sorted(expected)))}"
    shown = f": {' '.join(text.split())[:_SHOWN]}" if text and text.strip() else ""
    message = f"{method} {answer.url.partition('?')[0]!r} was answered with {status} {answer.reason}{asked}{shown}"
    acted = False if harmless else _acted(status)
    if status in _ACCESS:
        raise AccessDeniedError(message, acted=acted, **details)
    if status in _LATER or status >= _FIRST_FAILURE:
        wait = _retry_after(answer)
        raise ServerFailedError(message, acted=acted, **details, **({} if wait is None else {"retry_after": wait}))
    raise RequestRefusedError(message, acted=acted, **details)


def text_of_answer(answer: HttpAnswer) -> str | None:
    """Give the content as text; None for pictures, archives and the like."""
    try:
        return answer.content.decode(answer.charset or "utf-8-sig")
    except (UnicodeDecodeError, LookupError):
        return None


def _acted(status: int) -> bool | None:
    """Whether the request took effect: an error below 500 is a refusal, one above says nothing."""
    if _FIRST_ERROR <= status < _FIRST_FAILURE:
        return False
    return True if status < _FIRST_REDIRECT else None


def _retry_after(answer: HttpAnswer) -> float | None:
    """Give the seconds a server wants to be left alone."""
    asked = answer.headers.get("retry-after", "")
    if asked.isascii() and asked.isdigit():
        return min(float(asked), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(asked)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((aware - datetime.now(UTC)).total_seconds(), 0.0), _LONGEST_WAIT)
