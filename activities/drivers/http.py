"""The web through httpx."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path

import httpcore
import httpx
from typing_extensions import override

from activities.drivers.local_file import local_file
from activities.drivers.network import GuardedBackend
from activities.provider import Provider
from activities.sessions.files import Workspace
from activities.sessions.http import HTTP, Http, HttpAnswer, HttpRequest
from workflows.call import StepCall
from workflows.duration import format_duration
from workflows.errors import InvalidParamsError, ResultTooLargeError, ServerUnreachableError, SessionLostError
from workflows.spec import Effect

_LARGEST_OUTPUT = 4 * 1024 * 1024
"""More than any step's output can hold, in bytes."""
_CONNECTING = 10.0
"""Seconds, at most; never more than half of what a step has."""
_MOST_REDIRECTS = 10
_PIECE = 256 * 1024
_FIRST_ERROR = 400


class HttpDriver:
    """Sends requests, each step on connections of its own: a kept one may be gone just when an order is sent."""

    def __init__(self, *, private_addresses: bool = True, max_response: int = 100 * 1024 * 1024) -> None:
        self._private = private_addresses
        self._largest = max_response

    def provider(self) -> Provider[Http]:
        """Lend the web to steps."""
        return Provider(HTTP, self._open)

    @asynccontextmanager
    async def _open(self, call: StepCall, workspace: Workspace | None) -> AsyncIterator[Http]:
        if workspace is None:
            raise SessionLostError(f"step {call.step!r} came without the files of its run")
        yield _StepHttp(call, workspace, private_addresses=self._private, largest=self._largest)


class _StepHttp(Http):
    def __init__(self, call: StepCall, workspace: Workspace, *, private_addresses: bool, largest: int) -> None:
        self._call = call
        self._workspace = workspace
        self._private = private_addresses
        self._largest = largest

    @property
    @override
    def key(self) -> str:
        return self._call.key

    @property
    @override
    def harmless(self) -> bool:
        return self._call.effect is Effect.READ

    @property
    @override
    def workspace(self) -> Workspace:
        return self._workspace

    @override
    async def send(self, request: HttpRequest, *, save: Path | None = None) -> HttpAnswer:
        context = await asyncio.to_thread(_tls, verify=request.verify_tls)
        async with self._client(request, context) as client:
            exchange = _Exchange(client, request, save=save, largest=self._largest, harmless=self.harmless)
            return await exchange.make()

    def _client(self, request: HttpRequest, context: ssl.SSLContext) -> httpx.AsyncClient:
        seconds = self._call.timeout
        return httpx.AsyncClient(
            transport=_GuardedTransport(context, GuardedBackend(private_addresses=self._private)),
            timeout=httpx.Timeout(seconds, connect=min(_CONNECTING, seconds / 2)),
            follow_redirects=request.follow_redirects,
            max_redirects=_MOST_REDIRECTS,
            headers={"User-Agent": "aether"},
            trust_env=False,  # a proxy would connect in our place, past the guard
        )


class _GuardedTransport(httpx.AsyncHTTPTransport):
    def __init__(self, context: ssl.SSLContext, network: httpcore.AsyncNetworkBackend) -> None:
        self._pool = httpcore.AsyncConnectionPool(ssl_context=context, network_backend=network)


class _Exchange:
    """One request and its answer, redirects included."""

    def __init__(
        self, client: httpx.AsyncClient, request: HttpRequest, *, save: Path | None, largest: int, harmless: bool
    ) -> None:
        self._client = client
        self._request = request
        self._save = save
        self._largest = largest
        self._harmless = harmless
        self._sent = False
        """Whether a server may have seen anything of it."""

    async def make(self) -> HttpAnswer:
        """Send and read.

        Raises:
            ServerUnreachableError: no whole answer came.
        """
        request = self._request
        try:
            async with asyncio.timeout(request.timeout.total_seconds() if request.timeout else None):
                return await self._exchange()
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError) as error:
            raise InvalidParamsError(f"{_place(request.url)!r} cannot be asked like this: {error}") from error
        except httpx.TooManyRedirects as error:
            raise self._unreachable(f"redirects more than {_MOST_REDIRECTS} times") from error
        except httpx.ConnectError as error:
            raise self._unreachable(f"cannot be reached: {_told(error)}") from error
        except httpx.ConnectTimeout as error:
            raise self._unreachable("cannot be reached: no connection in time") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            limit = format_duration(request.timeout) if request.timeout else "the time of its step"
            raise self._unreachable(f"gave no whole answer within {limit}") from error
        except httpx.HTTPError as error:
            raise self._unreachable(f"broke the connection: {_told(error)}") from error

    async def _exchange(self) -> HttpAnswer:
        request, started = self._request, time.monotonic()
        credentials = request.credentials
        async with self._client.stream(
            request.method,
            _url(request),
            content=request.content,
            data=dict(request.form) if request.form is not None else None,
            headers=dict(request.headers),
            auth=(credentials.username, credentials.password) if credentials else None,
            extensions={"trace": self._trace},
        ) as response:
            content = await self._read(response)
        return HttpAnswer(
            status=response.status_code,
            reason=response.reason_phrase,
            url=str(response.url.copy_with(userinfo=b"")),
            headers=dict(response.headers.items()),
            content=content,
            charset=response.charset_encoding,
            seconds=round(time.monotonic() - started, 3),
        )

    async def _read(self, response: httpx.Response) -> bytes:
        if self._save is None or response.status_code >= _FIRST_ERROR:
            return b"".join([piece async for piece in self._pieces(response, min(self._largest, _LARGEST_OUTPUT))])
        async with local_file(self._save, "wb") as file:
            async for piece in self._pieces(response, self._largest):
                await file.write(piece)
        return b""

    async def _pieces(self, response: httpx.Response, limit: int) -> AsyncIterator[bytes]:
        """Give the content up to a limit; what an error page has beyond it is of no interest."""
        size = 0
        async for piece in response.aiter_bytes(_PIECE):
            size += len(piece)
            if size > limit and response.status_code >= _FIRST_ERROR:
                return
            if size > limit:
                raise ResultTooLargeError(
                    f"the answer of {_place(self._request.url)!r} is longer than {limit} bytes; "
                    + ("ask for less" if self._save else "save it to a file with 'save_as', or ask for less"),
                    acted=not self._harmless,
                )
            yield piece

    async def _trace(self, event: str, _facts: Mapping[str, object]) -> None:
        self._sent = self._sent or event.endswith(".send_request_headers.started")

    def _unreachable(self, what: str) -> ServerUnreachableError:
        acted = None if self._sent and not self._harmless else False
        return ServerUnreachableError(f"{_place(self._request.url)!r} {what}", acted=acted)


def _told(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__


def _url(request: HttpRequest) -> httpx.URL:
    url = httpx.URL(request.url)
    if url.scheme not in {"http", "https"} or not url.host:
        raise httpx.UnsupportedProtocol("expected an address that begins with 'https://' or 'http://'")
    for name, value in request.query:
        url = url.copy_add_param(name, value)
    return url


def _place(url: str) -> str:
    """Name a server for people: without user, query and the like."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        return url
    return str(parsed.copy_with(userinfo=b"", query=None, fragment=None))


@lru_cache(maxsize=2)
def _tls(*, verify: bool) -> ssl.SSLContext:
    """Trust what the system trusts, and what browsers trust where the system has nothing."""
    context = httpx.create_ssl_context(verify=verify)
    if verify:
        context.load_default_certs()
    return context
