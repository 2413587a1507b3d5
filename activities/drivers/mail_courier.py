"""Notices as mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from hashlib import sha256

import structlog
from typing_extensions import override

from activities.courier import Courier
from activities.drivers.smtp import Envelope, SmtpServer, give
from activities.letter import subject, text
from activities.secrets import Mask, Secrets
from workflows.notice import Channel, Delivery

MAIL = Channel("mail")

_PATIENCE = timedelta(seconds=20)

log = structlog.get_logger()


class MailCourier(Courier):
    """Sends notices to some people, all in one letter."""

    def __init__(  # noqa: PLR0913 - what a letter needs, all but three by keyword
        self,
        server: SmtpServer,
        sender: str,
        recipients: Sequence[str],
        *,
        password: str | None,
        secrets: Secrets,
        mask: Mask,
    ) -> None:
        self._server = server
        self._sender = sender
        self._recipients = tuple(recipients)
        self._password = password
        """The name of the secret."""
        self._secrets = secrets
        self._mask = mask

    @property
    @override
    def channel(self) -> Channel:
        return MAIL

    @override
    async def deliver(self, delivery: Delivery) -> None:
        server = self._server
        if self._password is not None:
            value = await self._secrets.resolve(self._password)
            self._mask.register(value)
            server = replace(server, password=value)
        content = self._letter(delivery).as_bytes()
        envelope = Envelope(parseaddr(self._sender)[1], self._recipients, content)
        refused = await give(server, envelope, patience=_PATIENCE, partial=True)
        if refused:
            log.warning("mail.refused", recipients=sorted(refused))

    def _letter(self, delivery: Delivery) -> EmailMessage:
        letter = EmailMessage()
        letter["Subject"] = f"[aether] {subject(delivery)}"
        letter["From"] = self._sender
        letter["To"] = ", ".join(self._recipients)
        letter["Date"] = format_datetime(delivery.notice.at)
        letter["Message-ID"] = self._message_id(delivery)
        letter["Auto-Submitted"] = "auto-generated"
        letter["X-Aether-Incident"] = delivery.notice.incident
        letter.set_content(text(delivery), cte="quoted-printable")
        return letter

    def _message_id(self, delivery: Delivery) -> str:
        """Name the letter such that mail servers and readers know it again when it comes twice."""
        domain = parseaddr(self._sender)[1].rpartition("@")[2]
        return f"<{sha256(delivery.id.encode()).hexdigest()[:32]}@{domain or self._server.host}>"
