"""A mail server as an office has one: what is sent to it by SMTP is found in a mailbox by IMAP."""

from __future__ import annotations

import asyncio
import ssl
from argparse import Namespace
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, DictBackend, Identity, Login
from pymap.backend.dict.mailbox import MailboxSet, Message
from pymap.config import BackendCapability
from pymap.context import connection_exit
from pymap.exceptions import InvalidAuth
from pymap.imap import IMAPConnection, IMAPServer
from pymap.imap.state import ConnectionState
from pymap.parsing.command.select import IdleCommand
from pymap.parsing.message import AppendMessage
from pymap.parsing.response import CommandResponse, ResponseCode, ResponseNo
from pymap.parsing.specials.flag import Flag
from pysasl import SASLAuth
from pysasl.creds.external import ExternalCredentials, ExternalVerificationRequired
from pysasl.creds.server import ServerCredentials
from pysasl.hashing import Cleartext
from typing_extensions import override

from activities.sessions.mailing import Account
from tests.support.mail import Mailbox, mailbox

DOMAIN = "mail.test"


@dataclass(frozen=True)
class Kept:
    """One message of a mailbox."""

    uid: int
    flags: frozenset[str]
    content: bytes

    @property
    def letter(self) -> EmailMessage:
        """It, read."""
        letter = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        return letter

    @property
    def subject(self) -> str:
        return str(self.letter["Subject"])


@dataclass
class MailServer:
    """One user's mail, by SMTP and IMAP on free local ports."""

    smtp: Mailbox
    """What came by SMTP, wherever it was addressed to, and what the server shall answer next."""
    imap_port: int
    password: str
    token: str
    user: str = "office"
    host: str = "127.0.0.1"
    _folders: MailboxSet = field(kw_only=True)
    _config: _Config = field(kw_only=True)
    _imap: _Server = field(kw_only=True)

    @property
    def smtp_port(self) -> int:
        return self.smtp.port

    @property
    def address(self) -> str:
        """The user's; mail that is sent there lands in the INBOX."""
        return f"{self.user}@{DOMAIN}"

    @property
    def sent(self) -> list[EmailMessage]:
        """All that came by SMTP, in order."""
        return self.smtp.letters

    async def deliver(self, message: EmailMessage | bytes, folder: str = "INBOX", *, flags: Sequence[str] = ()) -> int:
        """Put a message into a folder, which is made where it is missing; gives its UID."""
        self._config.apply_context()
        if folder not in await self.folders():
            await self._folders.add_mailbox(folder)
        content = message if isinstance(message, bytes) else message.as_bytes(policy=policy.SMTP)
        kept = await self._folders.get_mailbox(folder)
        said = frozenset(Flag(flag.encode()) for flag in flags)
        return (await kept.append(AppendMessage(content, flag_set=said))).uid

    async def mailbox(self, folder: str = "INBOX") -> list[Kept]:
        """What a folder holds, in the order of arrival."""
        self._config.apply_context()
        kept = await self._folders.get_mailbox(folder)
        return [_kept(message) async for message in kept.messages()]

    async def folders(self) -> list[str]:
        """The names of all."""
        self._config.apply_context()
        return [entry.name for entry in (await self._folders.list_mailboxes()).list() if entry.exists]

    async def listened(self) -> None:
        """Wait until somebody waits for news, or looks at a server that tells of none."""
        await asyncio.wait_for(self._imap.listening.wait(), 60)

    def know_ascii_only(self) -> None:
        """Look for ASCII only, as Exchange does."""
        self._imap.ascii_only = True

    async def copy(self, folder: str, to: str) -> None:
        """Copy all messages of a folder into another one, which is made."""
        self._config.apply_context()
        await self._folders.add_mailbox(to)
        kept, other = [await self._folders.get_mailbox(name) for name in (folder, to)]
        for message in await self.mailbox(folder):
            await kept.copy(message.uid, other)

    def know_no_moving(self) -> None:
        """Let messages be copied and removed only."""
        self._config.moves = False

    def break_off(self) -> None:
        """Lose all connections to mailboxes."""
        for writer in self._imap.writers:
            writer.transport.abort()

    def refuse_appends(self) -> None:
        """Have no room for any more messages."""
        self._imap.full = True

    async def renew(self, folder: str) -> None:
        """Lose a folder and have an empty one of its name, as a restored backup does."""
        self._config.apply_context()
        await self._folders.delete_mailbox(folder)
        await self._folders.add_mailbox(folder)

    async def _take(self, content: bytes, recipients: Sequence[str]) -> None:
        if self.address in recipients:
            await self.deliver(content)
        if self.smtp.keeps is not None:
            await self.deliver(content, self.smtp.keeps, flags=["\\Seen"])


def letter(  # noqa: PLR0913 - what people see of one
    subject: str = "Invoice 17",
    text: str = "Please pay.",
    *,
    sender: str = "Ann Example <ann@example.com>",
    to: str = f"office@{DOMAIN}",
    message_id: str | None = None,
    files: Sequence[tuple[str, bytes]] = (),
) -> EmailMessage:
    """Write a message as a person's program would."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = "Sat, 21 Nov 2026 10:30:00 +0100"
    message["Message-ID"] = message_id or f"<{abs(hash((subject, text)))}@example.com>"
    message.set_content(text)
    for name, content in files:
        main, _, sub = ("application/pdf" if name.endswith(".pdf") else "application/octet-stream").partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message


def account_of(server: MailServer, **others: Any) -> Account:
    """The account as the settings name it, opened with the secret `mail`."""
    facts: dict[str, Any] = {
        "user": server.user,
        "password": "mail",
        "sender": f"The Office <{server.address}>",
        "smtp": {"host": server.host, "port": server.smtp_port, "security": "none"},
        "imap": {"host": server.host, "port": server.imap_port, "security": "none"},
        "sent_folder": "Sent",
    }
    return Account.model_validate(facts | others)


@asynccontextmanager
async def mail_server(
    tls: ssl.SSLContext | None = None, *, at_once: bool = False, listens: bool = True
) -> AsyncIterator[MailServer]:
    """Serve for as long as the block lasts; with TLS, ask for STARTTLS, or begin with it.

    One that does not listen cannot tell of news.
    """
    async with mailbox(tls, at_once=at_once, signed_in=True) as smtp:
        smtp.user = "office"
        backend, config = await _backend(smtp, tls if not at_once else None)
        config.listens = listens
        config.apply_context()
        server_of_mail = _Server(backend.login, config)
        callback = ProxyProtocolReader(config.proxy_protocol).get_callback(server_of_mail)
        imap = await asyncio.start_server(callback, "127.0.0.1", 0, ssl=tls if at_once else None)
        async with Identity(smtp.user, backend.login, None, frozenset()).new_session() as session:
            server = MailServer(
                smtp,
                imap.sockets[0].getsockname()[1],
                smtp.password,
                smtp.token,
                smtp.user,
                _folders=session.mailbox_set,
                _config=config,
                _imap=server_of_mail,
            )
        smtp.on_letter = server._take  # noqa: SLF001 - its own
        try:
            yield server
        finally:
            imap.close()
            await imap.wait_closed()


async def _backend(smtp: Mailbox, tls: ssl.SSLContext | None) -> tuple[DictBackend, _Config]:
    arguments = Namespace(passlib_cfg=None, proxy_protocol="noop", inherited_sockets=None)
    config = _Config(
        arguments,
        host="127.0.0.1",
        port=0,
        demo_data=False,
        demo_user=smtp.user,
        demo_password=smtp.password,
        hash_context=Cleartext(),
        ssl_context=tls,
        tls_enabled=tls is not None,
        reject_dnsbl=False,
        invalid_user_sleep=0.0,
    )
    login = _Login(config, smtp)
    await DictBackend._add_demo_user(config, login)  # noqa: SLF001 - as its command line does
    return DictBackend(login, config), config


class _Server(IMAPServer):
    """A server that tells when somebody waits for news (IDLE)."""

    __slots__ = ("ascii_only", "full", "listening", "writers")

    def __init__(self, login: Login, config: Config) -> None:
        super().__init__(login, config)
        self.full = False
        self.writers: set[StreamWriter] = set()
        self.listening = asyncio.Event()
        self.ascii_only = False

    @override
    async def __call__(self, reader: StreamReader, writer: StreamWriter, sock_info: SocketInfo) -> None:
        connection = _Connection(self.commands, self._config, reader, writer, sock_info)
        connection.listening = self.listening
        connection.ascii_only = self.ascii_only
        connection.full = self.full
        self.writers.add(writer)
        async with AsyncExitStack() as stack:
            connection_exit.set(stack)
            stack.enter_context(closing(connection))
            await connection.run(ConnectionState(self._login, self._config))


class _Connection(IMAPConnection):
    """One connection."""

    __slots__ = ("ascii_only", "full", "listening")
    listening: asyncio.Event
    ascii_only: bool
    full: bool

    @override
    async def readline(self) -> memoryview:
        line = await super().readline()
        if b"IDLE" not in self.config.login_capability and b" SEARCH " in bytes(line):
            self.listening.set()
        while self.full and b" APPEND " in bytes(line):
            await self.write_response(ResponseNo(bytes(line).split()[0], b"no room", ResponseCode.of(b"OVERQUOTA")))
            line = await super().readline()
        while self.ascii_only and b"UTF-8" in bytes(line):
            code = ResponseCode.of(b"BADCHARSET (US-ASCII)")
            await self.write_response(ResponseNo(bytes(line).split()[0], b"not supported", code))
            line = await super().readline()
        return line

    @override
    async def idle(self, state: ConnectionState, cmd: IdleCommand) -> CommandResponse:
        self.listening.set()
        return await super().idle(state, cmd)


class _Config(Config):
    """A server that knows tokens too, and may be one that tells of nothing."""

    listens = True
    moves = True

    @property
    @override
    def login_capability(self) -> Sequence[bytes]:
        return [each for each in super().login_capability if self.moves or each != b"MOVE"]

    @property
    @override
    def backend_capability(self) -> BackendCapability:
        return BackendCapability(idle=self.listens, object_id=True, multi_append=True)

    @property
    @override
    def tls_auth(self) -> SASLAuth:
        return SASLAuth.named([b"PLAIN", b"LOGIN", b"XOAUTH2"])


class _Login(Login):
    """Knows the one user by password or token."""

    def __init__(self, config: Config, smtp: Mailbox) -> None:
        super().__init__(config)
        self._smtp = smtp

    @override
    async def authenticate(self, credentials: ServerCredentials) -> Identity:
        if not isinstance(credentials, ExternalCredentials):
            return await super().authenticate(credentials)
        try:
            credentials.verify(None)
        except ExternalVerificationRequired as asked:
            if (credentials.authzid, asked.token) == (self._smtp.user, self._smtp.token):
                return Identity(self._smtp.user, self, None, frozenset())
        raise InvalidAuth


def _kept(message: Message) -> Kept:
    flags = frozenset(bytes(flag).decode() for flag in message.permanent_flags)
    content = message._content  # noqa: SLF001 - it has no other way
    assert content is not None
    return Kept(message.uid, flags, bytes(content))
