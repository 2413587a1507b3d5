"""Notices as signed HTTP requests, in the manner of the Standard Webhooks specification."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx
from typing_extensions import override

from activities.courier import Courier
from activities.letter import text
from activities.secrets import Mask, Secrets
from workflows.errors import ConfigurationError, SecretStoreError, ServerFailedError, ServerUnreachableError
from workflows.notice import Channel, Delivery

SECRET = "secret:"  # noqa: S105 - a prefix
"""Begins an address that is kept as a secret: many addresses of chats are keys."""

_KEY = "whsec_"
"""Begins a key that is written as Base64."""
_TIMEOUT = timedelta(seconds=15)
_CONTENT = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "aether"}


class Webhook(Courier):
    """Posts notices as JSON to one address."""

    def __init__(self, address: str, *, key: str | None, secrets: Secrets, mask: Mask) -> None:
        self._address = address
        self._key = key
        self._secrets = secrets
        self._mask = mask

    @property
    @override
    def channel(self) -> Channel:
        return Channel(f"webhook-{hashlib.sha256(self._address.encode()).hexdigest()[:8]}")

    @override
    async def deliver(self, delivery: Delivery) -> None:
        url = await self._url()
        body = json.dumps(message(delivery), ensure_ascii=False).encode()
        headers = {**_CONTENT, **_identity(delivery), **await self._signature(delivery, body)}
        try:
            answer = await self._post(url, body, headers)
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise ServerUnreachableError(f"the webhook at {url.host!r} cannot be reached: {reason}") from error
        if not answer.is_success:
            raise ServerFailedError(f"the webhook at {url.host!r} answered {answer.status_code}, expected 2xx")

    async def _url(self) -> httpx.URL:
        address = self._address
        if address.startswith(SECRET):
            address = await self._secret(address.removeprefix(SECRET))
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL:
            url = httpx.URL()
        if url.scheme not in {"http", "https"} or not url.host:
            raise ConfigurationError(
                f"the webhook {self._address!r} has no address that begins with 'https://' or 'http://'; "
                "mend the setting 'notify.webhooks'"
            )
        return url

    async def _signature(self, delivery: Delivery, body: bytes) -> Mapping[str, str]:
        if self._key is None:
            return {}
        moment = str(int(datetime.now(UTC).timestamp()))
        signature = sign(await self._secret(self._key), delivery.id, moment, body)
        return {"Webhook-Timestamp": moment, "Webhook-Signature": signature}

    async def _secret(self, name: str) -> str:
        value = (await self._secrets.resolve(name)).strip()
        self._mask.register(value)
        return value

    @staticmethod
    async def _post(url: httpx.URL, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        context = await asyncio.to_thread(_tls)
        async with httpx.AsyncClient(verify=context, timeout=_TIMEOUT.total_seconds()) as client:
            return await client.post(url, content=body, headers=headers)


def message(delivery: Delivery) -> Mapping[str, object]:
    """Write a notice for programs; chats that take Slack's format show its `text`."""
    notice = delivery.notice
    facts = {**notice.model_dump(mode="json"), "incident": notice.incident}
    counted = {"count": delivery.count, "since": delivery.since.isoformat()}
    return {
        "type": f"run.{notice.kind}",
        "timestamp": notice.at.isoformat(),
        "text": text(delivery),
        "data": facts | counted,
    }


def sign(key: str, identity: str, moment: str, body: bytes) -> str:
    """Sign a message as the specification says: a receiver that knows the key can tell it from others.

    Raises:
        SecretStoreError: the key says that it is Base64, and is not.
    """
    try:
        secret = base64.b64decode(key.removeprefix(_KEY), validate=True) if key.startswith(_KEY) else key.encode()
    except binascii.Error as error:
        raise SecretStoreError(
            f"the key of webhooks begins with {_KEY!r}, and the rest is not Base64; set the secret anew"
        ) from error
    signed = b".".join((identity.encode(), moment.encode(), body))
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def _identity(delivery: Delivery) -> Mapping[str, str]:
    return {"Webhook-Id": delivery.id, "Idempotency-Key": delivery.id}


def _tls() -> ssl.SSLContext:
    """Trust what the system trusts, and what browsers trust where the system has nothing."""
    context = httpx.create_ssl_context()
    context.load_default_certs()
    return context
