"""Access tokens that are got from a token server, and got anew before they end: RFC 6749."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NoReturn, TypeAlias
from urllib.parse import quote_plus, urlsplit

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from activities.secrets import conceal, forget
from workflows.errors import AccessDeniedError, ConfigurationError, ServerFailedError, ServerUnreachableError

_TIMEOUT = 20.0
"""Seconds for one answer."""
_LARGEST = 256 * 1024
_SHARE, _EARLIEST = 0.2, 300.0
"""A token is got anew when this share of its life is left, or this many seconds if that is less."""
_MASKED = 6
"""How many of the last tokens are masked: steps may still use one that was replaced."""
_LATER = frozenset({"server_error", "temporarily_unavailable", "slow_down"})
_TOO_MANY, _FAILED = 429, 500
_LONGEST_WORDS = 300

SecretName: TypeAlias = Literal["client_secret", "refresh_token"]


@dataclass(frozen=True, slots=True)
class Grant:
    """Where an account's tokens are got, and as whom."""

    place: str
    """Where settings say so, e.g. `mail.accounts.office.oauth`."""
    token_url: str
    client_id: str
    scope: str | None = None
    secrets: Mapping[SecretName, str] = field(default_factory=dict)
    """The names of what there is to sign in with: without a refresh token, the client signs in as itself."""
    client_authentication: Literal["body", "basic"] = "body"
    authorities: Path | None = None
    """A file of certificates of authorities to trust besides those that the system trusts."""


class _Answer(BaseModel):
    """What token servers say."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    access_token: str | None = None
    token_type: str = "bearer"  # noqa: S105 - a kind of tokens
    expires_in: float | None = None
    refresh_token: str | None = None
    error: str | None = None
    error_description: str | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    good_until: float | None
    """None where the server does not say how long it is good: until somebody refuses it."""


class Tokens:
    """The access token of one account, for all steps that need it: they share one renewal.

    Nothing is stored: another process gets tokens of its own. A refresh token that the server gives in place of the one
    it was shown is used from then on, for as long as this process lives and nobody sets the secret anew.
    """

    def __init__(
        self,
        grant: Grant,
        secret: Callable[[SecretName], Awaitable[str]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._grant = grant
        self._secret = secret
        self._clock = clock
        self._token: _Token | None = None
        self._given: str | None = None
        """The refresh token of the secret, as it was last read."""
        self._rotated: str | None = None
        """The one that the server gave in its place."""
        self._masked: deque[str] = deque()
        self._renewal: asyncio.Task[str] | None = None

    async def current(self) -> str:
        """Give a token that is good for a while.

        Raises:
            AccessDeniedError: the server gives none, and will not.
            ServerUnreachableError: there is no connection to it.
            ServerFailedError: it cannot now.
        """
        token = self._token
        if token is None or (token.good_until is not None and self._clock() >= token.good_until):
            return await self._renewed()
        return token.value

    async def instead_of(self, refused: str) -> str:
        """Give another token than one that a mail server refused, as `current` does."""
        if self._token is not None and self._token.value != refused:
            return await self.current()
        return await self._renewed()

    async def _renewed(self) -> str:
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew())
        return await asyncio.shield(self._renewal)  # a step that ends must not cost others a rotated refresh token

    async def _renew(self) -> str:
        given = await self._secret("refresh_token") if "refresh_token" in self._grant.secrets else None
        if given != self._given:
            self._given, self._rotated = given, None
        answer = await self._ask(self._rotated or given)
        if self._rotated is not None and answer.error == "invalid_grant":
            self._rotated = None
            answer = await self._ask(given)
        if answer.access_token is None:
            self._refuse(answer)
        self._rotated = answer.refresh_token or self._rotated
        self._mask(*filter(None, (answer.access_token, answer.refresh_token)))
        self._token = _Token(answer.access_token, self._end_of(answer.expires_in))
        return answer.access_token

    def _end_of(self, seconds: float | None) -> float | None:
        return None if seconds is None else self._clock() + seconds - min(seconds * _SHARE, _EARLIEST)

    def _mask(self, *values: str) -> None:
        for value in values:
            conceal(value)
            if value in self._masked:
                self._masked.remove(value)
            self._masked.append(value)
        while len(self._masked) > _MASKED:
            forget(self._masked.popleft())

    async def _ask(self, refresh_token: str | None) -> _Answer:
        grant = self._grant
        form = {"grant_type": "refresh_token" if refresh_token else "client_credentials"}
        form |= {"refresh_token": refresh_token} if refresh_token else {}
        form |= {"scope": grant.scope} if grant.scope else {}
        secret = await self._secret("client_secret") if "client_secret" in grant.secrets else ""
        if grant.client_authentication == "basic":
            return await self._post(form, httpx.BasicAuth(quote_plus(grant.client_id), quote_plus(secret)))
        form |= {"client_id": grant.client_id} | ({"client_secret": secret} if secret else {})
        return await self._post(form, None)

    async def _post(self, form: dict[str, str], auth: httpx.Auth | None) -> _Answer:
        grant = self._grant
        context = await asyncio.to_thread(_trusting, grant.authorities)
        try:
            async with (
                asyncio.timeout(_TIMEOUT),
                httpx.AsyncClient(verify=context, timeout=_TIMEOUT) as client,
                client.stream(
                    "POST", grant.token_url, data=form, auth=auth, headers={"Accept": "application/json"}
                ) as response,
            ):
                content = await _beginning(response)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            raise ServerUnreachableError(f"{self._name} cannot be reached: {reason}") from error
        return self._read(response.status_code, content)

    def _read(self, status: int, content: bytes) -> _Answer:
        try:
            answer = _Answer.model_validate_json(content)
        except ValidationError:
            answer = _Answer()
        if status == _TOO_MANY or status >= _FAILED or answer.error in _LATER:
            raise ServerFailedError(f"{self._name} answered {status} {_words(answer)}".rstrip())
        if answer.error is None and (answer.access_token is None or answer.token_type.lower() != "bearer"):
            raise ConfigurationError(
                f"{self._name} answered {status} without a token; expected the address of a token server of OAuth2 in "
                f"the setting '{self._grant.place}.token_url'"
            )
        return answer

    def _refuse(self, answer: _Answer) -> NoReturn:
        grant, said = self._grant, f"{self._name} refuses {_words(answer)}"
        match answer.error:
            case "invalid_grant" if "refresh_token" in grant.secrets:
                advice = (
                    "the refresh token has ended, was withdrawn (as by a new password) or belongs to another client: "
                    "let the account's owner sign in again, and put the new one into the secret that the setting "
                    f"'{grant.place}.refresh_token' names, with: aether secret set NAME"
                )
            case "invalid_client" | "unauthorized_client" | "invalid_grant":
                advice = (
                    f"see 'client_id' of the setting '{grant.place}', what the client may do, and whether the secret "
                    "that 'client_secret' names has ended"
                )
            case "invalid_scope":
                advice = f"see the setting '{grant.place}.scope'"
            case _:
                advice = f"see the setting '{grant.place}'"
        raise AccessDeniedError(f"{said}; {advice}")

    @property
    def _name(self) -> str:
        return f"the token server {urlsplit(self._grant.token_url).hostname!r}"


async def _beginning(response: httpx.Response) -> bytes:
    """Read an answer, but no endless one."""
    content = b""
    async for piece in response.aiter_bytes():
        content += piece
        if len(content) > _LARGEST:
            break
    return content


def _words(answer: _Answer) -> str:
    told = " ".join((answer.error_description or "").split())[:_LONGEST_WORDS]
    return f"({answer.error}: {told})" if answer.error and told else f"({answer.error})" if answer.error else ""


def _trusting(authorities: Path | None) -> ssl.SSLContext:
    """Trust what the system trusts, what browsers trust where the system has nothing, and what the settings say."""
    context = httpx.create_ssl_context()
    context.load_default_certs()
    if authorities is not None:
        context.load_verify_locations(authorities)
    return context
