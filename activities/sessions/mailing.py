"""What steps of mail have in common: accounts, what to look for, and messages as records."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias
from urllib.parse import quote, unquote

from pydantic import AwareDatetime, Field, SecretStr, field_validator, model_validator
from typing_extensions import override

from activities.node import Params, Result
from workflows.errors import InvalidParamsError

_REFERENCE = re.compile(
    r"(?P<folder>[^;]+);UIDVALIDITY=(?P<validity>\d+)/;UID=(?P<uid>\d+)(;ID=(?P<id>.*))?", re.DOTALL
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_KEPT = " /.@&'()+,-_~"
"""What stands in references as it is, besides letters and digits."""


Keyword: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9$_.:~-]{1,80}$")]
"""A word that people and programs mark messages with."""


class Server(Params):
    """Where one of an account's servers is."""

    host: str
    """Its name."""
    port: int | None = Field(default=None, ge=1, le=65535)
    """Its port; the usual one by default."""
    security: Literal["tls", "starttls", "none"] = "tls"
    """How the connection is encrypted."""


class Account(Params):
    """A mail account: its servers, and as whom to sign in."""

    user: str | None = None
    """As whom to sign in."""
    password: SecretStr | None = None
    """What to sign in with, e.g. `${{ secret('office-mail') }}`."""
    token: SecretStr | None = None
    """An OAuth2 access token, instead of a password."""
    sender: str | None = None
    """The address its mail comes from; the user's by default."""
    smtp: Server | None = None
    """Who takes its mail."""
    imap: Server | None = None
    """Who keeps its mail."""
    sent_folder: str | None = None
    """Where what it sent is kept."""
    server_keeps_sent: bool = False
    """Whether the server keeps what it sent there by itself, as Gmail and Microsoft 365 do."""

    @model_validator(mode="after")
    def _one_key(self) -> Account:
        if self.password is not None and self.token is not None:
            msg = "expected a 'password' or a 'token', found both"
            raise ValueError(msg)
        return self


AccountChoice: TypeAlias = str | Account | None
"""The name of an account of the settings, or all of one."""


class WithAccount(Params):
    """What all steps of mail are told."""

    account: AccountChoice = None
    """The name of an account of the settings, or all of one; the only one of the settings by default."""


class Criteria(WithAccount):
    """Which messages are meant: all that is given must be true of them."""

    folder: str = "INBOX"
    """The folder, with `/` between its parts."""
    unseen: bool | None = None
    """Whether it must be unread (true) or read (false)."""
    flagged: bool | None = None
    """Whether it must have a flag."""
    sender: str | None = Field(default=None, alias="from")
    """Part of the sender's name or address."""
    to: str | None = None
    """Part of a recipient's name or address."""
    subject: str | None = None
    """Part of the subject."""
    text: str | None = None
    """Part of the header or the text."""
    since: AwareDatetime | dt.date | None = None
    """When it arrived at the earliest; a date, or a time with its zone."""
    before: AwareDatetime | dt.date | None = None
    """When it arrived at the latest, that day or moment excluded."""
    keyword: Keyword | None = None
    """A keyword that it must have."""
    message_id: str | None = None
    """Its Message-ID."""

    @field_validator("sender", "to", "subject", "text", "message_id", "folder")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        return one_line(value)


class Found(Result):
    """One message, without its content."""

    ref: str
    """What other steps are told: names this message for ever, and never another one."""
    folder: str
    """The folder it is in."""
    uid: int
    """Its number there."""
    message_id: str | None
    """Its Message-ID."""
    sender: str = Field(alias="from")
    """The sender's address."""
    from_name: str
    """The sender's name, empty if there is none."""
    to: list[str]
    """The recipients' addresses."""
    cc: list[str]
    """The addresses of those who got a copy."""
    subject: str
    """The subject."""
    date: str | None
    """When it was written, as an ISO time; null if it does not say."""
    received: str | None
    """When it arrived, as an ISO time."""
    size: int
    """Bytes, attachments and all."""
    seen: bool
    """Whether it was read."""
    flagged: bool
    """Whether it has a flag."""
    answered: bool
    """Whether it was answered."""
    keywords: list[str]
    """Its keywords."""
    has_attachments: bool | None
    """Whether there are files with it; null if the server does not tell."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Names one message of an account for ever."""

    folder: str
    """The folder it was found in."""
    validity: int
    """The folder's UIDVALIDITY then: with another one, its numbers mean other messages."""
    uid: int
    """Its number."""
    message_id: str | None = None
    """Tells the message again when it has been moved."""

    @override
    def __str__(self) -> str:
        """Write it as steps pass it on: much as RFC 5092 has it."""
        folder = "".join(mark if mark.isalnum() or mark in _KEPT else quote(mark) for mark in self.folder)
        known = f";ID={self.message_id}" if self.message_id else ""
        return f"{folder};UIDVALIDITY={self.validity}/;UID={self.uid}{known}"


def read_reference(text: str) -> Reference:
    """Read the reference of a message.

    Raises:
        InvalidParamsError: it is none.
    """
    found = _REFERENCE.fullmatch(text)
    if found is None or _CONTROL.search(text):
        raise InvalidParamsError(
            f"expected the 'ref' of a message, as mail.search, mail.wait and mail.take give it, found {text!r}"
        )
    return Reference(unquote(found["folder"]), int(found["validity"]), int(found["uid"]), found["id"] or None)


def references(written: str | list[str]) -> list[Reference]:
    """Read the references of one or several messages.

    Raises:
        InvalidParamsError: one of them is none.
    """
    return [read_reference(each) for each in ([written] if isinstance(written, str) else written)]


def one_line(value: str | None) -> str | None:
    """Refuse what would end a line of a header or a command."""
    if value is not None and _CONTROL.search(value):
        msg = "expected one line, found a line break or another control character"
        raise ValueError(msg)
    return value
