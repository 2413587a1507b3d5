"""What nodes need of mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from activities.node import Capability
from activities.sessions.files import Workspace
from activities.sessions.mailing import AccountChoice, Criteria, Found, Reference


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Letter:
    """What to send."""

    to: tuple[str, ...]
    subject: str
    text: str | None = None
    html: str | None = None
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    sender: str | None = None
    """The account's by default."""
    reply_to: tuple[str, ...] = ()
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    message_id: str | None = None
    """Made of the step's key by default, so that a repeated attempt sends the same letter."""
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class Sending:
    """How a letter was sent."""

    message_id: str
    recipients: tuple[str, ...]
    """Who gets it."""
    refused: Mapping[str, str]
    """Who does not, and why in the server's words."""
    already: bool = False
    """Whether an earlier attempt had sent it."""
    kept: bool = False
    """Whether there is a copy in the folder of what was sent."""


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of a mailbox."""

    name: str
    messages: int | None
    unseen: int | None
    special: str | None
    """What it is for, e.g. `sent`; None for one that people made."""


class Mailbox(Protocol):
    """An account's mail, over one connection.

    A message that is not there any more, and a folder that was made anew, are RequestRefusedErrors with status 410.
    """

    async def folders(self) -> Sequence[Folder]:
        """List all folders."""

    async def create(self, folder: str) -> bool:
        """Have a folder; whether it was missing."""

    async def search(self, criteria: Criteria, limit: int | None, *, newest: bool = False) -> Sequence[Found]:
        """Give the messages that are meant: the oldest or the newest first."""

    async def look(self, reference: Reference) -> Found:
        """Give one message."""

    async def fetch(self, reference: Reference, to: Path) -> None:
        """Write all of a message to a file.

        Raises:
            ResultTooLargeError: it is larger than the settings allow.
        """

    async def move(self, reference: Reference, to: str) -> Reference:
        """Move a message and tell its new name; one that is there already stays."""

    async def flag(self, reference: Reference, add: Sequence[str], remove: Sequence[str]) -> None:
        """Set and clear flags."""

    async def delete(self, reference: Reference) -> bool:
        """Remove a message for good; whether it was there."""

    async def discard(self, reference: Reference, trash: str) -> bool:
        """Move a message into the trash; whether it was there."""

    async def trash(self) -> str | None:
        """The folder for what is thrown away."""

    async def arrival(self, folder: str, within: timedelta) -> None:
        """Wait until something happens in a folder, at most for so long."""

    async def take(self, criteria: Criteria, into: str) -> Found | None:
        """Move the oldest message that is meant, and that nobody else takes, to a place of this step alone."""


class Mail(Protocol):
    """Mail, for one step."""

    @property
    def key(self) -> str:
        """The step's idempotency key: the same for all its attempts, and for no other step."""

    @property
    def workspace(self) -> Workspace:
        """The files of the run."""

    @property
    def largest(self) -> int:
        """The largest message that is sent or read, in bytes."""

    async def address(self, account: AccountChoice) -> str:
        """The address that an account's mail comes from."""

    def mailbox(self, account: AccountChoice) -> AbstractAsyncContextManager[Mailbox]:
        """Open an account's mail.

        Raises:
            ConfigurationError: there is no such account, or it has no IMAP server.
            AccessDeniedError: the server does not accept its password or token.
            ServerUnreachableError: there is no connection.
        """

    async def send(self, account: AccountChoice, letter: Letter, *, partial: bool, check_sent: bool) -> Sending:
        """Send a letter.

        With `partial`, those who can have it get it although others cannot. With `check_sent`, it is looked for first
        where the account keeps what it sent, and traces are left there, so that no repeated attempt sends it again.

        Raises:
            AetherError: it was not sent; `acted` is None where nobody can tell.
            OutcomeUnknownError: an earlier attempt may have sent it.
        """


MAIL: Capability[Mail] = Capability("mail")
"""Mail that is sent by SMTP and kept by IMAP."""
