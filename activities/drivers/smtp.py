"""Notices as mail."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeAlias

import structlog
from typing_extensions import override

from activities.courier import Courier
from activities.letter import subject, text
from activities.secrets import Mask, Secrets
from workflows.errors import AccessDeniedError, ConfigurationError, ServerFailedError, ServerUnreachableError
from workflows.notice import Channel, Delivery

MAIL = Channel("mail")

Security: TypeAlias = Literal["starttls", "tls", "none"]

_PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
_TIMEOUT = timedelta(seconds=20)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class MailServer:
    """Who takes mail, and as whom we give it."""

    host: str
    sender: str
    security: Security = "starttls"
    port: int | None = None
    """The usual one by default."""
    user: str | None = None
    password: str | None = None
    """The name of the secret."""
    authorities: Path | None = None
    """A file of certificates of authorities to trust besides those that the system trusts."""


class Mail(Courier):
    """Sends notices to some people, all in one letter."""

    def __init__(self, server: MailServer, recipients: Sequence[str], *, secrets: Secrets, mask: Mask) -> None:
        self._server = server
        self._recipients = tuple(recipients)
        self._secrets = secrets
        self._mask = mask

    @property
    @override
    def channel(self) -> Channel:
        return MAIL

    @override
    async def deliver(self, delivery: Delivery) -> None:
        password = await self._password()
        host = self._server.host
        try:
            await asyncio.to_thread(self._send, self._letter(delivery), password)
        except smtplib.SMTPAuthenticationError as error:
            raise AccessDeniedError(f"the mail server {host!r} refuses user {self._server.user!r}") from error
        except smtplib.SMTPRecipientsRefused as error:
            raise ConfigurationError(f"the mail server {host!r} takes mail for none of the recipients") from error
        except smtplib.SMTPNotSupportedError as error:
            raise ConfigurationError(
                f"the mail server {host!r} cannot do what is set: {error}; see the settings 'smtp.security' and "
                "'smtp.user'"
            ) from error
        except smtplib.SMTPResponseException as error:
            reason = f"{error.smtp_code} {_words(error.smtp_error)}"
            raise ServerFailedError(f"the mail server {host!r} answered {reason}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise ServerUnreachableError(f"the mail server {host!r} cannot be reached: {_words(error)}") from error

    def _letter(self, delivery: Delivery) -> EmailMessage:
        letter = EmailMessage()
        letter["Subject"] = f"[aether] {subject(delivery)}"
        letter["From"] = self._server.sender
        letter["To"] = ", ".join(self._recipients)
        letter["Date"] = format_datetime(delivery.notice.at)
        letter["Message-ID"] = self._message_id(delivery)
        letter["Auto-Submitted"] = "auto-generated"
        letter["X-Aether-Incident"] = delivery.notice.incident
        letter.set_content(text(delivery))
        return letter

    def _message_id(self, delivery: Delivery) -> str:
        """Name the letter such that mail servers and readers know it again when it comes twice."""
        domain = parseaddr(self._server.sender)[1].rpartition("@")[2]
        return f"<{sha256(delivery.id.encode()).hexdigest()[:32]}@{domain or self._server.host}>"

    async def _password(self) -> str | None:
        if self._server.password is None:
            return None
        value = await self._secrets.resolve(self._server.password)
        self._mask.register(value)
        return value

    def _send(self, letter: EmailMessage, password: str | None) -> None:
        with self._connected() as connection:
            if self._server.security == "starttls":
                connection.starttls(context=self._trusted())
            if self._server.user is not None:
                connection.login(self._server.user, password or "")
            refused = connection.send_message(letter)
        if refused:
            log.warning("mail.refused", recipients=sorted(refused))

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        place = (server.host, server.port or _PORTS[server.security])
        if server.security == "tls":
            return smtplib.SMTP_SSL(*place, timeout=_TIMEOUT.total_seconds(), context=self._trusted())
        return smtplib.SMTP(*place, timeout=_TIMEOUT.total_seconds())

    def _trusted(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._server.authorities:
            context.load_verify_locations(self._server.authorities)
        return context


def _words(what: object) -> str:
    said = what.decode(errors="replace") if isinstance(what, bytes) else str(what)
    return " ".join(said.split()) or type(what).__name__
