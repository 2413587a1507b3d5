"""Letters written so that every mail program reads them."""

from __future__ import annotations

import datetime as dt
import mimetypes
import re
from collections.abc import Iterable
from contextlib import suppress
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses

from activities.sessions.mail import Letter
from workflows.errors import InvalidParamsError

_POLICY = policy.SMTP.clone(cte_type="7bit")
_OWN = frozenset({"bcc", "cc", "date", "from", "in-reply-to", "message-id", "mime-version", "references", "reply-to",
                  "sender", "subject", "to"})  # fmt: skip
_BINARY = "application/octet-stream"
_LINE_ENDS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_HEADER = re.compile(r"[!-9;-~]{1,76}")
"""What a header can be called: a colon or a line break would begin another one."""


def compose(letter: Letter, *, sender: str, message_id: str) -> bytes:
    """Write a letter; those who get a blind copy are not named.

    Raises:
        InvalidParamsError: an address, a header or a text cannot be written.
    """
    try:
        return _composed(letter, sender=sender, message_id=message_id)
    except (ValueError, MessageError) as error:
        raise InvalidParamsError(f"the letter cannot be written: {error}") from error


def _composed(letter: Letter, *, sender: str, message_id: str) -> bytes:
    message = EmailMessage(policy=_POLICY)
    message["From"] = addresses([sender])
    for name, people in (("To", letter.to), ("Cc", letter.cc), ("Reply-To", letter.reply_to)):
        if people:
            message[name] = addresses(people)
    message["Subject"] = _LINE_ENDS.sub(" ", letter.subject)  # that of an answer is a stranger's
    message["Date"] = format_datetime(dt.datetime.now(dt.UTC))
    message["Message-ID"] = message_id
    if letter.in_reply_to:
        message["In-Reply-To"] = letter.in_reply_to
    if letter.references:
        message["References"] = " ".join(letter.references)
    for name, value in letter.headers.items():
        _set(message, name, value)
    _fill(message, letter)
    return message.as_bytes()


def addresses(written: Iterable[str]) -> tuple[Address, ...]:
    """Read addresses; one text may hold several, with commas between them.

    Raises:
        InvalidParamsError: one of them is none.
    """
    texts = list(written)
    for text in texts:
        if _LINE_ENDS.search(text):
            raise InvalidParamsError(f"expected mail addresses on one line, found {text!r}")
    return tuple(_address(name, address) for name, address in getaddresses(texts))


def recipients(letter: Letter) -> tuple[str, ...]:
    """Everybody who gets a letter, each once."""
    everybody = addresses((*letter.to, *letter.cc, *letter.bcc))
    return tuple(dict.fromkeys(each.addr_spec for each in everybody))


def _address(name: str, address: str) -> Address:
    user, _, domain = address.rpartition("@")
    made: Address | None = None
    with suppress(ValueError, MessageError):
        made = Address(name, user.encode("ascii").decode(), domain.encode("idna").decode("ascii"))
    if made is None or not (made.username and made.domain):
        raise InvalidParamsError(
            f"expected a mail address such as 'ann@example.com' or 'Ann <ann@example.com>', found {address or name!r}"
        )
    return made


def _set(message: EmailMessage, name: str, value: str) -> None:
    if name.lower() in _OWN or name.lower().startswith("content-"):
        raise InvalidParamsError(f"header {name!r} is written by the step itself; use the field that is for it")
    if _HEADER.fullmatch(name) is None:
        raise InvalidParamsError(f"expected a header's name such as 'X-Invoice', found {name!r}")
    try:
        message[name] = value
        message.as_bytes()
    except (ValueError, IndexError, MessageError) as error:
        raise InvalidParamsError(f"header {name!r} cannot be {value!r}: {error}") from error


def _fill(message: EmailMessage, letter: Letter) -> None:
    if letter.html is None:
        message.set_content(letter.text or "")
    elif letter.text is None:
        message.set_content(letter.html, subtype="html")
    else:
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
    for each in letter.enclosures:
        kind, encoding = mimetypes.guess_type(each.name)
        main, _, sub = (kind if kind and not encoding else _BINARY).partition("/")
        if main in {"message", "multipart"}:  # such a thing is no file of bytes to mail programs
            main, sub = _BINARY.split("/")
        message.add_attachment(each.path.read_bytes(), maintype=main, subtype=sub, filename=each.name)
