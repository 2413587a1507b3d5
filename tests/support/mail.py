"""A real mail server that keeps what it takes."""

from __future__ import annotations

import asyncio
import base64
import ssl
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Mailbox:
    """A server on a free local port."""

    user: str = "robot"
    password: str = "hunter22-mail"
    token: str = "t0ken-of-the-mailbox"
    """What may be said instead of the password."""
    port: int = 0
    at_once: bool = False
    """Whether connections are encrypted from their beginning."""
    letters: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    """Whether each letter came over an encrypted connection."""
    refusals: list[str] = field(default_factory=list)
    """Answers to the next letters; they are not taken."""
    unknown: set[str] = field(default_factory=set)
    """Recipients that are refused."""
    drops: int = 0
    """How many of the next letters are taken without an answer: the connection is lost instead."""
    keeps: str | None = None
    """The folder in which it keeps what it is given by itself, as some do."""
    envelopes: list[tuple[str, ...]] = field(default_factory=list)
    """To whom each letter went, whatever it says."""
    on_letter: Callable[[bytes, Sequence[str]], Awaitable[None]] | None = None
    """What is done with each letter."""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient or not."""
        if address in self.unknown:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        """Take a letter or not."""
        if self.refusals:
            return self.refusals.pop(0)
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.encrypted.append(self.at_once or session.ssl is not None)
        self.envelopes.append(tuple(envelope.rcpt_tos))
        if self.on_letter is not None:
            await self.on_letter(envelope.content, envelope.rcpt_tos)
        if self.drops:
            self.drops -= 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 OK"

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802 - the same
        """Know the one user by a token."""
        said = base64.b64decode(arguments[1]).decode()
        if said == f"user={self.user}\x01auth=Bearer {self.token}\x01\x01":
            return AuthResult(success=True)
        await server.push("334 eyJzdGF0dXMiOiI0MDAifQ==")  # as the mechanism has it: why not, then an empty line
        return AuthResult(success=False, handled=False)

    def authenticate(self, *given: object) -> AuthResult:
        """Know the one user."""
        login = given[-1]
        assert isinstance(login, LoginPassword)
        known = (self.user.encode(), self.password.encode()) == (login.login, login.password)
        return AuthResult(success=known, handled=False)


@asynccontextmanager
async def mailbox(
    tls: ssl.SSLContext | None = None, *, at_once: bool = False, signed_in: bool = False
) -> AsyncIterator[Mailbox]:
    """Serve for as long as the block lasts; with TLS, ask for STARTTLS (or begin with it) and for a password."""
    kept = Mailbox(at_once=at_once)
    loop = asyncio.get_running_loop()

    def conversation() -> SMTP:
        starttls = None if at_once else tls
        with warnings.catch_warnings(action="ignore"):  # it does not know that the connection is encrypted already
            return SMTP(
                kept,
                hostname="mail.test",
                tls_context=starttls,
                require_starttls=starttls is not None,
                auth_required=tls is not None or signed_in,
                auth_require_tls=starttls is not None,
                authenticator=kept.authenticate if tls or signed_in else None,
                loop=loop,
            )

    server = await loop.create_server(conversation, "127.0.0.1", 0, ssl=tls if at_once else None)
    kept.port = server.sockets[0].getsockname()[1]
    try:
        yield kept
    finally:
        server.close()
        await server.wait_closed()
