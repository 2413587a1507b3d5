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

from pydantic import SecretStr
from typing_extensions import override

from activities.drivers.mail.connection import Connection
from activities.drivers.mail.mailbox import ImapMailbox
from activities.drivers.mail.sending import Post, domain_of
from activities.drivers.smtp import Envelope
from activities.formats.letter import addresses, compose, recipients
from activities.provider import Provider
from activities.secrets import Secrets, conceal
from activities.sessions.files import Workspace
from activities.sessions.mail import MAIL, Letter, Mail, Sending
from activities.sessions.mailing import Account, AccountChoice
from workflows.call import StepCall
from workflows.errors import ConfigurationError, InvalidParamsError, SessionLostError, UnknownSecretError

_AT_ONCE = 8


class MailDriver:
    """Knows the accounts of the installation; what they are opened with are names of its secrets."""

    def __init__(
        self,
        accounts: Mapping[str, Account] | None = None,
        *,
        secrets: Secrets,
        authorities: Path | None = None,
        largest: int = 50 * 1024 * 1024,
    ) -> None:
        self._accounts = dict(accounts or {})
        self._secrets = secrets
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

    async def account(self, choice: AccountChoice) -> Account:
        """Give an account with what it is opened with.

        Raises:
            ConfigurationError: there is none of this name, or what it is opened with is missing.
        """
        if isinstance(choice, Account):
            return choice
        name = choice if choice is not None else self._only()
        if name not in self._accounts:
            raise ConfigurationError(
                f"there is no mail account {name!r}; the settings have {self._named()}: add a table "
                f"[mail.accounts.{name}] to aether.toml"
            )
        account = self._accounts[name]
        return account.model_copy(
            update={
                "password": await self._secret(name, "password", account.password),
                "token": await self._secret(name, "token", account.token),
            }
        )

    def _only(self) -> str:
        if len(self._accounts) != 1:
            raise ConfigurationError(
                f"the step does not say which mail account it uses, and the settings have {self._named()}; name one "
                "with 'account'"
            )
        return next(iter(self._accounts))

    def _named(self) -> str:
        return ", ".join(map(repr, sorted(self._accounts))) or "none"

    async def _secret(self, account: str, field: str, name: SecretStr | None) -> SecretStr | None:
        if name is None:
            return None
        try:
            value = await self._secrets.resolve(name.get_secret_value())
        except UnknownSecretError:  # without the name, which may well be the password itself
            raise UnknownSecretError(
                f"the setting 'mail.accounts.{account}.{field}' must be the name of a secret, and there is none "
                "of that name; set it with: aether secret set NAME"
            ) from None
        conceal(value)
        return SecretStr(value)


class _StepMail(Mail):
    def __init__(self, driver: MailDriver, call: StepCall, workspace: Workspace | None) -> None:
        self._driver = driver
        self._call = call
        self._workspace = workspace

    @property
    @override
    def key(self) -> str:
        return self._call.key

    @property
    def _patience(self) -> float:
        """Seconds to wait for an answer: less than the step has, so that it can say what it knows of its letter."""
        return self._call.timeout * 0.8

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
        return parseaddr(_sender(await self._driver.account(account)))[1]

    @override
    @asynccontextmanager
    async def mailbox(self, account: AccountChoice) -> AsyncIterator[ImapMailbox]:
        async with self._opened(await self._driver.account(account)) as mailbox:
            yield mailbox

    @override
    async def send(self, account: AccountChoice, letter: Letter, *, partial: bool, check_sent: bool) -> Sending:
        post = await self._post(await self._driver.account(account), letter, all_or_none=not partial)
        if check_sent:
            return await post.send_checked(again=self._call.attempt > 1)
        return await post.send()

    async def _post(self, account: Account, letter: Letter, *, all_or_none: bool) -> Post:
        sender = letter.sender or _sender(account)
        if "@" not in sender:
            raise ConfigurationError("nothing says which address the letter comes from; set the account's 'sender'")
        digest = sha256(self.key.encode()).hexdigest()[:32]
        message_id = f"<{(letter.message_id or f'{digest}@{domain_of(sender)}').strip('<> ')}>"
        content = await asyncio.to_thread(compose, letter, sender=sender, message_id=message_id)
        if len(content) > self.largest:
            raise InvalidParamsError(
                f"the letter has {len(content)} bytes, and at most {self.largest} are sent; the setting 'mail.largest' "
                "says how many"
            )
        return Post(
            account=account,
            message_id=message_id,
            envelope=Envelope(addresses([sender])[0].addr_spec, recipients(letter), content),
            partial=not all_or_none,
            patience=timedelta(seconds=self._patience),
            authorities=self._driver.authorities,
            open=lambda: self._opened(account),
        )

    @asynccontextmanager
    async def _opened(self, account: Account) -> AsyncIterator[ImapMailbox]:
        if account.imap is None:
            raise ConfigurationError("the account has no IMAP server, so that nothing can be read; set its 'imap'")
        trust = partial(_trusting, self._driver.authorities)
        connection = Connection(account.imap, account, trust, seconds=self._patience)
        async with self._driver.turns[account.imap.host, account.user]:
            try:
                await asyncio.to_thread(connection.open)
                yield ImapMailbox(connection, key=self.key, largest=self.largest)
            except asyncio.CancelledError:
                connection.abort()
                raise
            finally:
                await asyncio.shield(asyncio.to_thread(connection.close))


def _turns() -> asyncio.Semaphore:
    return asyncio.Semaphore(_AT_ONCE)


def _sender(account: Account) -> str:
    return account.sender or account.user or ""


def _trusting(authorities: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if authorities is not None:
        context.load_verify_locations(authorities)
    return context
