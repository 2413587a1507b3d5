"""What a letter says of the message that it answers or passes on."""

from __future__ import annotations

import re

from activities.formats.message import Content

_ANSWER = re.compile(r"(re|aw|antw|sv|vs|r|odp|ynt)(\[\d+\])?:", re.IGNORECASE)
_PASSED_ON = re.compile(r"(fwd?|wg|tr|vb|rv|pd):", re.IGNORECASE)


def answer_subject(subject: str) -> str:
    """The subject of an answer."""
    return subject if _ANSWER.match(subject) else f"Re: {subject}"


def forward_subject(subject: str) -> str:
    """The subject of a message that is passed on."""
    return subject if _PASSED_ON.match(subject) else f"Fwd: {subject}"


def with_quote(text: str, message: Content) -> str:
    """A text, and below it what it answers."""
    headers = message.headers
    lines = "\n".join(f"> {line}".rstrip() for line in message.text.strip().splitlines())
    return f"{text.rstrip()}\n\nOn {headers.get('Date') or 'some day'}, {headers.get('From')} wrote:\n\n{lines}\n"


def with_message(text: str, message: Content) -> str:
    """A text, and below it the message that is passed on."""
    shown = ((name, message.headers.get(name)) for name in ("From", "Date", "Subject", "To", "Cc"))
    head = "\n".join(f"{name}: {value}" for name, value in shown if value)
    return f"{text.rstrip()}\n\n---------- Forwarded message ----------\n{head}\n\n{message.text.strip()}\n".lstrip()
