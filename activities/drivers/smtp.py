"""Letters given to mail servers: the one place that speaks SMTP."""

from __future__ import annotations

import asyncio
import base64
import math
import re
import smtplib
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, TypeAlias

from workflows.errors import (
    AccessDeniedError,
    AetherError,
    ConfigurationError,
    RequestRefusedError,
    ServerFailedError,
    ServerUnreachableError,
)

Security: TypeAlias = Literal["starttls", "tls", "none"]

_PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
_TAKEN, _FORWARDED, _SIGNED_IN, _GO_ON = 250, 251, 235, 334
_START = 354
_DENIED = {530, 534, 535, 538}
_FOR_GOOD = 500
_CLEAR = {_TAKEN, *range(400, 600)}
"""Answers to a letter that leave no doubt."""
_FAREWELL, _LEAST = 2.0, 0.1
"""Seconds for an answer that changes nothing, and for any."""
_DOT = re.compile(rb"^\.", re.MULTILINE)
_LINE = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Who takes letters, and as whom we give them."""

    host: str
    security: Security = "tls"
    port: int | None = None
    """The usual one by default."""
    user: str | None = None
    password: str | None = None
    token: str | None = None
    """An OAuth2 access token, instead of a password."""
    authorities: Path | None = None
    """A file of certificates of authorities to trust besides those that the system trusts."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A letter, and whom it is for whatever it says."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


async def give(
    server: SmtpServer,
    envelope: Envelope,
    *,
    patience: timedelta,
    partial: bool = False,
    before_end: Callable[[], Awaitable[None]] | None = None,
) -> Mapping[str, str]:
    """Give a letter to a server, and tell the recipients it refuses, with its words.

    Unless it may be `partial`, a letter that some recipient cannot have is given to nobody. What is done
    `before_end` is done when all but the last line has been said: no sooner may the server take the letter.

    Raises:
        AetherError: it was not taken; `acted` is None where nobody can tell.
    """
    exchange = _Exchange(server, envelope, patience=patience, partial=partial)
    if before_end is not None:
        exchange.ends_after(before_end)
    try:
        return await asyncio.to_thread(exchange.make)
    except asyncio.CancelledError:
        exchange.abort()  # the thread waits for nothing any more
        raise


class _Exchange:
    """One conversation with a server, in a thread of its own."""

    def __init__(self, server: SmtpServer, envelope: Envelope, *, patience: timedelta, partial: bool) -> None:
        self._server = server
        self._envelope = envelope
        self._seconds = patience.total_seconds()
        self._ends = time.monotonic() + self._seconds
        self._partial = partial
        self._connection: smtplib.SMTP | None = None
        self._given = False
        """Whether the server may have taken the letter."""
        self._last_thing: Callable[[], Future[None]] | None = None
        self._doing: Future[None] | None = None

    def ends_after(self, work: Callable[[], Awaitable[None]]) -> None:
        """Have something done by the event loop before the last line."""
        loop = asyncio.get_running_loop()

        async def do() -> None:
            await work()

        self._last_thing = lambda: asyncio.run_coroutine_threadsafe(do(), loop)

    def make(self) -> Mapping[str, str]:
        with self._explained(), self._connected() as connection:
            self._sign_in(connection)
            return self._give(connection)

    def abort(self) -> None:
        if self._doing is not None:
            self._doing.cancel()
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(2)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        place = (server.host, server.port or _PORTS[server.security])
        if server.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=self._seconds, context=self._trusted())
        else:
            connection = smtplib.SMTP(*place, timeout=self._seconds)
        self._connection = connection
        try:
            if server.security == "starttls":
                connection.starttls(context=self._trusted())
            connection.ehlo_or_helo_if_needed()
            yield connection
            with suppress(smtplib.SMTPException, OSError):  # the letter is taken, whatever comes of a farewell
                self._hurry(connection, most=_FAREWELL)
                connection.docmd("QUIT")
        finally:
            connection.close()

    def _trusted(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._server.authorities:
            context.load_verify_locations(self._server.authorities)
        return context

    def _sign_in(self, connection: smtplib.SMTP) -> None:
        server = self._server
        if server.user is None:
            return
        offered = connection.esmtp_features.get("auth", "").upper().split()
        if server.token is not None:
            said = [f"user={server.user}\x01auth=Bearer {server.token}\x01\x01", ""]  # empty: it tells why not
            answer = _challenged(connection, "XOAUTH2", said)
        elif "PLAIN" in offered:
            answer = _challenged(connection, "PLAIN", [f"\0{server.user}\0{server.password or ''}"])
        elif "LOGIN" in offered:
            answer = _challenged(connection, "LOGIN", [server.user, server.password or ""])
        else:
            raise smtplib.SMTPNotSupportedError(f"it lets nobody sign in with a password, but offers {offered}")
        if answer[0] != _SIGNED_IN:
            raise smtplib.SMTPAuthenticationError(*answer)

    def _give(self, connection: smtplib.SMTP) -> Mapping[str, str]:
        envelope = self._envelope
        content = _as_sent(envelope.content)
        self._hurry(connection)
        size = [f"SIZE={len(content)}"] if connection.has_extn("size") else []
        _expect(connection.mail(envelope.sender, size), _TAKEN)
        refused = dict(self._refused(connection, envelope.recipients))
        if refused and (not self._partial or len(refused) == len(envelope.recipients)):
            raise _RefusedError(refused)
        _expect(connection.docmd("DATA"), _START)
        connection.send(content)
        self._hurry(connection)
        self._do_last_thing()
        self._given = True
        connection.send(b".\r\n")  # a server takes a letter only when it has seen this line
        answer = connection.getreply()
        if answer[0] not in _CLEAR:
            raise smtplib.SMTPServerDisconnected(f"it answers {_words(answer[1])!r}")  # of that, nobody knows
        self._given = False
        _expect(answer, _TAKEN)
        return {address: words for address, (_, words) in refused.items()}

    def _do_last_thing(self) -> None:
        if self._last_thing is None:
            return
        self._doing = self._last_thing()
        try:
            self._doing.result()
        except AetherError as error:
            error.acted = False  # whatever became of it, the letter's last line is not said
            raise

    def _hurry(self, connection: smtplib.SMTP, *, most: float = math.inf) -> None:
        """Wait for no answer beyond the time that is left."""
        if connection.sock is not None:
            connection.sock.settimeout(min(max(self._ends - time.monotonic(), _LEAST), most))

    def _refused(self, connection: smtplib.SMTP, recipients: Sequence[str]) -> Iterator[tuple[str, tuple[int, str]]]:
        for recipient in recipients:
            code, words = connection.rcpt(recipient)
            if code not in {_TAKEN, _FORWARDED}:
                yield recipient, (code, _words(words))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say what went wrong in the words of the platform."""
        server = self._server
        name = f"the mail server {server.host!r}"
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code < _FOR_GOOD:
                raise ServerFailedError(f"{name} answered {_reason(error)}") from error
            raise AccessDeniedError(f"{name} refuses user {server.user!r}") from error
        except _RefusedError as error:
            raise _refusal(name, error.recipients) from error
        except smtplib.SMTPNotSupportedError as error:
            raise ConfigurationError(
                f"{name} cannot do what is set: {error}; see 'security' (how the connection is encrypted) and 'user'"
            ) from error
        except smtplib.SMTPResponseException as error:
            if self._given:
                raise ServerUnreachableError(f"{name} answered {_reason(error)} to a letter", acted=None) from error
            raise _failure(name, error) from error
        except (smtplib.SMTPException, OSError) as error:
            acted = None if self._given else False
            what = "broke off while it was taking a letter" if self._given else "cannot be reached"
            raise ServerUnreachableError(f"{name} {what}: {_words(error)}", acted=acted) from error


class _RefusedError(Exception):
    """Recipients who get nothing."""

    def __init__(self, recipients: Mapping[str, tuple[int, str]]) -> None:
        super().__init__()
        self.recipients = recipients


def _challenged(connection: smtplib.SMTP, mechanism: str, said: Sequence[str]) -> tuple[int, bytes]:
    """Sign in, saying one thing after the other for as long as the server asks."""
    first, *others = said
    answer = connection.docmd("AUTH", f"{mechanism} {_coded(first)}")
    for text in others:
        if answer[0] == _GO_ON:
            answer = connection.docmd(_coded(text))
    return answer


def _expect(answer: tuple[int, bytes], code: int) -> None:
    if answer[0] != code:
        raise smtplib.SMTPResponseException(*answer)


def _refusal(name: str, refused: Mapping[str, tuple[int, str]]) -> AetherError:
    told = "; ".join(f"{address!r}: {code} {words}" for address, (code, words) in refused.items())
    message = f"{name} takes no letter for {told}; nothing was sent"
    if all(code < _FOR_GOOD for code, _ in refused.values()):
        return ServerFailedError(message)
    if any(code in _DENIED for code, _ in refused.values()):
        return AccessDeniedError(message)
    return RequestRefusedError(message, refused={address: words for address, (_, words) in refused.items()})


def _failure(name: str, error: smtplib.SMTPResponseException) -> AetherError:
    message = f"{name} answered {_reason(error)}"
    if error.smtp_code in _DENIED:
        return AccessDeniedError(f"{message}; sign in with a 'user' and a 'password' or 'token'")
    if error.smtp_code >= _FOR_GOOD:
        return RequestRefusedError(f"{message}; nothing was sent", code=error.smtp_code)
    return ServerFailedError(message)


def _as_sent(content: bytes) -> bytes:
    lines = _DOT.sub(b"..", _LINE.sub(b"\r\n", content))
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _reason(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_words(error.smtp_error)}"


def _words(what: object) -> str:
    said = what.decode(errors="replace") if isinstance(what, bytes) else str(what)
    return " ".join(said.split()) or type(what).__name__
