"""How a robot lends mail to steps: each has connections of its own."""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from email.utils import parseaddr
from functools import partial
from hashlib import sha256
from pathlib import Path

from typing_extensions import override

from activities.drivers.mail.accounts import Accounts, OpenAccount
from activities.drivers.mail.connection import Connection
from activities.drivers.mail.mailbox import ImapMailbox
from activities.drivers.mail.sending import Post, domain_of
from activities.drivers.oauth import Grant
from activities.drivers.smtp import Envelope
from activities.formats.letter import addresses, compose, recipients
from activities.provider import Provider
from activities.secrets import Secrets
from activities.sessions.files import Workspace
from activities.sessions.mail import MAIL, Letter, Mail, Sending
from activities.sessions.mailing import Account, AccountChoice, Server
from workflows.call import StepCall
from workflows.errors import ConfigurationError, InvalidParamsError, SessionLostError

_AT_ONCE = 8


class MailDriver:
    """Opens the accounts of the installation, and those that steps bring along."""

    def __init__(
        self,
        accounts: Mapping[str, Account] | None = None,
        *,
        grants: Mapping[str, Grant] | None = None,
        secrets: Secrets,
        authorities: Path | None = None,
        largest: int = 50 * 1024 * 1024,
    ) -> None:
        self.accounts = Accounts(accounts or {}, grants=grants, secrets=secrets)
        self.authorities = authorities
        self.largest = largest
        self.turns: defaultdict[tuple[str, str | None], asyncio.Semaphore] = defaultdict(_turns)
        """How many connections there may be by server and user: servers refuse more than ten or fifteen."""

    def provider(self) -> Provider[Mail]:
        """Lend mail to steps."""
        return Provider(MAIL, self._open)

    @asynccontextmanager
    async def _open(self, call: StepCall, workspace: Workspace | None) -> AsyncIterator[Mail]:
        yield _StepMail(self, call, workspace)


class _StepMail(Mail):
    def __init__(self, driver: MailDriver, call: StepCall, workspace: Workspace | None) -> None:
        self._driver = driver
        self._call = call
        self._workspace = workspace
        self._began = asyncio.get_running_loop().time()

    @property
    @override
    def key(self) -> str:
        return self._call.key

    @property
    def _patience(self) -> float:
        """Seconds to wait for answers: less than the step has left, so that it can say what it knows of its letter."""
        return max(self._ends(0.8) - asyncio.get_running_loop().time(), self._call.timeout * 0.1)

    def _ends(self, share: float) -> float:
        """When this share of the step's time is over, by the clock of the event loop."""
        return self._began + self._call.timeout * share

    @property
    @override
    def workspace(self) -> Workspace:
        if self._workspace is None:
            raise SessionLostError(f"step {self._call.step!r} came without the files of its run")
        return self._workspace

    @property
    @override
    def largest(self) -> int:
        return self._driver.largest

    @override
    async def address(self, account: AccountChoice) -> str:
        return parseaddr(_sender((await self._driver.accounts.open(account)).account))[1]

    @override
    @asynccontextmanager
    async def mailbox(self, account: AccountChoice) -> AsyncIterator[ImapMailbox]:
        async with self._opened(await self._driver.accounts.open(account)) as mailbox:
            yield mailbox

    @override
    async def send(self, account: AccountChoice, letter: Letter, *, partial: bool, check_sent: bool) -> Sending:
        post = await self._post(await self._driver.accounts.open(account), letter, all_or_none=not partial)
        if check_sent:
            return await post.send_checked(again=self._call.attempt > 1)
        return await post.send()

    async def _post(self, opened: OpenAccount, letter: Letter, *, all_or_none: bool) -> Post:
        sender = letter.sender or _sender(opened.account)
        if "@" not in sender:
            raise ConfigurationError("nothing says which address the letter comes from; set the account's 'sender'")
        if not recipients(letter):
            raise InvalidParamsError("the letter goes to nobody; say who gets it in 'to', 'cc' or 'bcc'")
        digest = sha256(self.key.encode()).hexdigest()[:32]
        message_id = f"<{(letter.message_id or f'{digest}@{domain_of(sender)}').strip('<> ')}>"
        content = await asyncio.to_thread(compose, letter, sender=sender, message_id=message_id)
        if len(content) > self.largest:
            raise InvalidParamsError(
                f"the letter has {len(content)} bytes, and at most {self.largest} are sent; the setting 'mail.largest' "
                "says how many"
            )
        return Post(
            opened=opened,
            message_id=message_id,
            envelope=Envelope(addresses([sender])[0].addr_spec, recipients(letter), content),
            partial=not all_or_none,
            patience=timedelta(seconds=self._patience),
            ends=self._ends(0.9),
            authorities=self._driver.authorities,
            open=lambda: self._opened(opened),
        )

    @asynccontextmanager
    async def _opened(self, opened: OpenAccount) -> AsyncIterator[ImapMailbox]:
        server = opened.account.imap
        if server is None:
            raise ConfigurationError("the account has no IMAP server, so that nothing can be read; set its 'imap'")
        async with self._driver.turns[server.host, opened.account.user]:
            connection = await opened.signed_in(lambda account: self._connected(server, account))
            try:
                yield ImapMailbox(connection, key=self.key, largest=self.largest)
            except asyncio.CancelledError:
                connection.abort()
                raise
            finally:
                await asyncio.shield(asyncio.to_thread(connection.close))

    async def _connected(self, server: Server, account: Account) -> Connection:
        trust = partial(_trusting, self._driver.authorities)
        connection = Connection(server, account, trust, seconds=self._patience)
        try:
            await asyncio.to_thread(connection.open)
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):
                connection.abort()
            await asyncio.shield(asyncio.to_thread(connection.close))
            raise
        return connection


def _turns() -> asyncio.Semaphore:
    return asyncio.Semaphore(_AT_ONCE)


def _sender(account: Account) -> str:
    return account.sender or account.user or ""


def _trusting(authorities: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if authorities is not None:
        context.load_verify_locations(authorities)
    return context
