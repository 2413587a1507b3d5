"""Letters that are sent once.

SMTP has no word for "did you get this?": when a connection is lost after a letter was given to a server, nobody knows
whether it was taken. What an account keeps of what it sent can tell. Either the server keeps that by itself; or the
step leaves a draft there just before it says the last line, and makes a letter of it when the server has answered: a
draft that is found by a repeated attempt means that nobody knows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import parseaddr
from functools import partial
from pathlib import Path

import structlog

from activities.drivers.mail.accounts import OpenAccount
from activities.drivers.mail.mailbox import ImapMailbox
from activities.drivers.smtp import Envelope, SmtpServer, give
from activities.sessions.mail import Sending
from activities.sessions.mailing import Account
from workflows.errors import AetherError, ConfigurationError, OutcomeUnknownError

_DRAFT = "\\Draft"
_LOOKS = 5
"""How often a server is asked whether it has kept a letter."""
_PAUSE = 2.0
"""Seconds between."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Post:
    """A written letter, and where it goes."""

    opened: OpenAccount
    message_id: str
    envelope: Envelope
    partial: bool
    patience: timedelta
    ends: float
    """Until when what is left to do may take, by the clock of the event loop, once the letter is sent."""
    authorities: Path | None
    open: Callable[[], AbstractAsyncContextManager[ImapMailbox]]
    """Opens the account's mail."""

    @property
    def account(self) -> Account:
        """Whom it comes from."""
        return self.opened.account

    async def send(self) -> Sending:
        """Send it, and keep a copy where the account keeps what it sent."""
        sending = await self._give()
        folder = self.account.sent_folder
        if folder is None or self.account.imap is None or self.account.server_keeps_sent:
            return replace(sending, kept=folder is not None and self.account.server_keeps_sent)

        async def keep() -> None:
            async with self.open() as mailbox:
                await mailbox.append(folder, self.envelope.content, "(\\Seen)")

        return replace(sending, kept=await self._afterwards(keep, folder))

    async def send_checked(self, *, again: bool) -> Sending:
        """Send it unless that was done, and leave traces for attempts to come.

        Raises:
            OutcomeUnknownError: nobody knows whether it was done.
        """
        folder = self.account.sent_folder
        if folder is None:
            raise ConfigurationError(
                "the step looks for what was sent ('check_sent'), but its account does not say where that is kept; set "
                "'sent_folder' of the account"
            )
        if self.account.server_keeps_sent:
            return await self._send_beside_server(folder, again=again)
        return await self._send_with_draft(folder)

    async def _send_beside_server(self, folder: str, *, again: bool) -> Sending:
        async with self.open() as mailbox:
            if await self._kept(mailbox, folder, looks=_LOOKS if again else 1):
                return self._sent_before()
        try:
            sending = await self._give()
        except AetherError as error:
            if error.acted is False:
                raise
            if await self._found(folder):
                return self._sent_before(already=False)
            raise
        return replace(sending, kept=True)

    async def _send_with_draft(self, folder: str) -> Sending:
        placed = False
        try:
            async with self.open() as mailbox:
                if await self._sent(mailbox, folder):
                    return self._sent_before()

                async def place() -> None:
                    nonlocal placed
                    placed = True
                    await mailbox.append(folder, self.envelope.content, f"(\\Seen {_DRAFT})")

                sending = await self._give(before_end=place)
                kept = await self._afterwards(partial(self._accept_draft, mailbox, folder), folder)
        except AetherError as error:
            if placed and error.acted is False:  # surely not sent, so that nothing may say that it might be
                await self._afterwards(partial(self._anew, self._remove_draft, folder), folder)
            raise
        kept = kept or await self._afterwards(partial(self._anew, self._accept_draft, folder), folder)
        return replace(sending, kept=kept)

    async def _sent(self, mailbox: ImapMailbox, folder: str) -> bool:
        """Whether it was sent, by what is kept of that.

        Raises:
            OutcomeUnknownError: an attempt was cut off in the very moment.
        """
        found = [_is_draft(flags) for _, flags in await mailbox.named(folder, self.message_id)]
        if found and all(found):
            raise OutcomeUnknownError(
                f"an earlier attempt was cut off while it sent the letter {self.message_id}, and may have sent it; ask "
                f"a recipient, then remove the draft from folder {folder!r} to have it sent (again), or clear its "
                "draft flag if it has arrived",
                acted=None,
            )
        return bool(found)

    async def _accept_draft(self, mailbox: ImapMailbox, folder: str) -> None:
        for reference, _ in await mailbox.named(folder, self.message_id):
            await mailbox.flag(reference, [], [_DRAFT])

    async def _remove_draft(self, mailbox: ImapMailbox, folder: str) -> None:
        for reference, flags in await mailbox.named(folder, self.message_id):
            if _is_draft(flags):
                await mailbox.delete(reference)

    async def _anew(self, work: Callable[[ImapMailbox, str], Awaitable[None]], folder: str) -> None:
        """Do it over another connection."""
        async with self.open() as mailbox:
            await work(mailbox, folder)

    async def _afterwards(self, work: Callable[[], Awaitable[None]], folder: str) -> bool:
        """Do what belongs to a letter of which all is known; whether it came off.

        A step that fails now would say that nobody knows.
        """
        try:
            async with asyncio.timeout_at(self.ends):
                await work()
        except (AetherError, TimeoutError) as error:
            log.warning("mail.copy_lost", folder=folder, error=str(error) or "no answer in time")
            return False
        return True

    async def _found(self, folder: str) -> bool:
        """Whether the server has kept a letter that it may have taken; also false where it does not tell."""
        try:
            async with self.open() as mailbox:
                return await self._kept(mailbox, folder, looks=_LOOKS)
        except AetherError:
            return False

    async def _kept(self, mailbox: ImapMailbox, folder: str, *, looks: int) -> bool:
        for left in range(looks, 0, -1):
            if await mailbox.named(folder, self.message_id):
                return True
            if left > 1:
                await asyncio.sleep(_PAUSE)
        return False

    async def _give(self, *, before_end: Callable[[], Awaitable[None]] | None = None) -> Sending:
        smtp = self.account.smtp
        if smtp is None:
            raise ConfigurationError("the account has no SMTP server, so that nothing can be sent; set its 'smtp'")

        async def given(account: Account) -> Mapping[str, str]:
            server = SmtpServer(
                smtp.host,
                smtp.security,
                smtp.port,
                user=account.user,
                password=account.password.get_secret_value() if account.password else None,
                token=account.token.get_secret_value() if account.token else None,
                authorities=self.authorities,
            )
            return await give(
                server, self.envelope, patience=self.patience, partial=self.partial, before_end=before_end
            )

        refused = await self.opened.signed_in(given)
        taken = tuple(each for each in self.envelope.recipients if each not in refused)
        return Sending(self.message_id, taken, refused)

    def _sent_before(self, *, already: bool = True) -> Sending:
        return Sending(self.message_id, self.envelope.recipients, {}, already=already, kept=True)


def _is_draft(flags: Sequence[str]) -> bool:
    return _DRAFT.lower() in {flag.lower() for flag in flags}


def domain_of(sender: str) -> str:
    """What stands behind the @ of an address."""
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"
