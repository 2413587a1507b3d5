"""What steps that send letters have in common."""

from __future__ import annotations

from typing import TypeAlias

from pydantic import Field

from activities.node import Params, Result
from activities.sessions.mail import Letter, Mail
from activities.sessions.mailing import WithAccount

People: TypeAlias = str | list[str]
"""Addresses."""


class Attachment(Params):
    """A file to send along under a name of its own."""

    path: str
    """Where it is in the run's workspace."""
    name: str
    """What the recipients see."""


class Writing(WithAccount):
    """What a letter says besides its subject, and how it is sent."""

    text: str | None = None
    """What it says, in plain text."""
    html: str | None = None
    """What it says, as HTML; with `text` for programs that show none."""
    attachments: list[str | Attachment] = Field(default=[])
    """Files of the run's workspace that go along."""
    cc: People = Field(default=[])
    """Who gets a copy."""
    bcc: People = Field(default=[])
    """Who gets a copy that nobody else knows of."""
    sender: str | None = Field(default=None, alias="from")
    """The address it comes from; the account's by default."""
    partial: bool = False
    """Whether those who can have it get it although the server refuses others; by default nobody does then."""
    check_sent: bool = False
    """Whether to look first whether an attempt has sent it before, in the folder that keeps what the account sent."""


class Sent(Result):
    """How it went."""

    message_id: str
    """Its Message-ID."""
    recipients: list[str]
    """Who gets it."""
    refused: dict[str, str]
    """Whom the server refused, and why in its words."""
    already: bool
    """Whether an earlier attempt had sent it."""
    kept: bool
    """Whether there is a copy in the folder of what was sent."""


async def sent(mail: Mail, letter: Letter, params: Writing) -> Sent:
    """Send a letter as a step says, and tell how it went."""
    sending = await mail.send(params.account, letter, partial=params.partial, check_sent=params.check_sent)
    return Sent(
        message_id=sending.message_id,
        recipients=list(sending.recipients),
        refused=dict(sending.refused),
        already=sending.already,
        kept=sending.kept,
    )


def listed(people: People) -> tuple[str, ...]:
    """One or several."""
    return (people,) if isinstance(people, str) else tuple(people)
