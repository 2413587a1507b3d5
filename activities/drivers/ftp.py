"""FTP through Python's own library, with and without TLS."""

from __future__ import annotations

import asyncio
import ftplib
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from typing_extensions import override

from activities.drivers.ftp_listing import from_facts, from_line
from activities.drivers.servers import PIECE, ForStep, exchange, joined
from activities.provider import Provider
from activities.sessions.files import Workspace
from activities.sessions.transfer import FTP, FileServer, OnFtp, RemoteFile, RemoteFiles
from workflows.call import StepCall
from workflows.errors import (
    AccessDeniedError,
    InvalidParamsError,
    RequestRefusedError,
    ServerFailedError,
    ServerUnreachableError,
    UntrustedServerError,
)

T = TypeVar("T")

_NOT_LOGGED_IN = "530"
_UNAVAILABLE = "550"
_ITSELF = frozenset({"cdir", "pdir"})
"""How lists name the folder they are of, and the one above."""
_ENDING = "421"
_NOT_ENCRYPTED = ("502", "504", "534", "500")
_LEAVING = 1.0
"""Seconds a server may take to say goodbye."""
_GONE = (EOFError, ConnectionError, TimeoutError, ssl.SSLError, socket.gaierror)


def ftp_provider() -> Provider[FileServer[OnFtp]]:
    """Lend FTP to steps, each on a connection of its own."""
    return Provider(FTP, _open)


@asynccontextmanager
async def _open(call: StepCall, workspace: Workspace | None) -> AsyncIterator[FileServer[OnFtp]]:
    yield _Ftp(call, workspace)


class _Ftp(ForStep, FileServer[OnFtp]):
    @override
    @asynccontextmanager
    async def connect(self, address: OnFtp) -> AsyncIterator[RemoteFiles]:
        port = address.port or (990 if address.tls == "implicit" else ftplib.FTP_PORT)
        place = f"{address.host}:{port}"
        client = _client(address)
        files = _FtpFiles(client, place)
        try:
            with _let_in(address, place):
                await files.do(partial(_log_in, client, address, port, self.connecting, self.patience))
            await files.learn()
            yield files
        finally:
            await files.leave()


class _Tls(ftplib.FTP_TLS):
    """FTP on TLS, from the first byte on if it is implicit."""

    def __init__(self, context: ssl.SSLContext, *, implicit: bool, encoding: str) -> None:
        super().__init__(context=context, encoding=encoding)
        self._implicit = implicit

    def open(self, host: str, port: int, timeout: float) -> None:
        """Connect, encrypted at once where that is implicit."""
        if not self._implicit:
            self.connect(host, port, timeout)
            return
        self.host, self.port, self.timeout = host, port, timeout
        self.sock = self.context.wrap_socket(socket.create_connection((host, port), timeout), server_hostname=host)
        self.af = self.sock.family
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()

    @override
    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """Many servers take a connection for data only if it goes on with the session of the control connection."""
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - it is wrapped in the next line
        session = self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None
        return self.context.wrap_socket(connection, server_hostname=self.host, session=session), size


class _FtpFiles(RemoteFiles):
    """One connection; calls are made on other threads, one after the other."""

    def __init__(self, client: ftplib.FTP, place: str) -> None:
        self._client = client
        self._place = place
        self._turn = asyncio.Lock()
        self._features = ""

    async def do(self, call: Callable[[], T]) -> T:
        """Make a call on another thread; one that nobody waits for any more ends with the connection."""
        async with self._turn:
            try:
                return await asyncio.to_thread(call)
            except asyncio.CancelledError:
                self._cut()
                raise

    async def learn(self) -> None:
        """Ask what the server can do beyond the oldest commands."""
        with suppress(ftplib.Error):
            self._features = (await self.do(lambda: self._client.sendcmd("FEAT"))).upper()

    async def leave(self) -> None:
        """End the connection."""
        if self._client.sock is not None:
            with suppress(*ftplib.all_errors, TimeoutError):
                async with asyncio.timeout(_LEAVING):
                    await self.do(self._client.quit)
        self._cut()
        with suppress(OSError):
            await asyncio.to_thread(self._client.close)

    @override
    async def look(self, path: str) -> RemoteFile | None:
        with self._meant(path, acted=False):
            return await self.do(lambda: self._look(path))

    @override
    async def inside(self, folder: str) -> Sequence[RemoteFile]:
        with self._meant(folder, acted=False):
            return await self.do(lambda: self._list(folder))

    @override
    async def fetch(self, path: str, to: Path) -> None:
        with self._meant(path, acted=False):
            await self.do(lambda: self._fetch(path, to))

    @override
    async def store(self, file: Path, to: str) -> None:
        with self._meant(to, acted=False):  # whoever gives it its real name has acted
            await self.do(lambda: self._store(file, to))

    @override
    async def replace(self, path: str, to: str) -> None:
        try:
            await self.rename(path, to)  # servers on Unix replace what is there
        except (RequestRefusedError, AccessDeniedError):
            await exchange(self, path, to)

    @override
    async def rename(self, path: str, to: str) -> None:
        with self._meant(to, acted=None):
            await self.do(lambda: self._client.rename(path, to))

    @override
    async def delete(self, path: str) -> None:
        with self._meant(path, acted=None):
            await self.do(lambda: self._client.delete(path))

    @override
    async def make_folder(self, path: str) -> None:
        with self._meant(path, acted=None):
            await self.do(lambda: self._client.mkd(path))

    @override
    async def remove_folder(self, path: str) -> None:
        with self._meant(path, acted=None):
            await self.do(lambda: self._client.rmd(path))

    def _look(self, path: str) -> RemoteFile | None:
        if path.strip("/") in {"", "."}:
            return RemoteFile(path, "folder")
        if "MLST" in self._features:
            return self._asked(path)
        above, _, name = path.rstrip("/").rpartition("/")
        folder = above or ("/" if path.startswith("/") else ".")
        try:
            inside = self._list(folder)
        except ftplib.error_perm as error:
            if _code(error) != _UNAVAILABLE:
                raise
            return self._unlisted(path)
        found = next((each for each in inside if each.name == name), None)
        if found is None:
            return self._unlisted(path) if name.startswith(".") else None
        return RemoteFile(path, found.kind, found.size, found.modified)

    def _unlisted(self, path: str) -> RemoteFile | None:
        """What is in a folder that shows nobody its list; many leave out of it what begins with a dot."""
        with suppress(ftplib.error_perm):
            self._client.voidcmd("TYPE I")  # in text, a size is none
            return RemoteFile(path, "file", self._client.size(path) or 0)
        before = self._client.pwd()
        with suppress(ftplib.error_perm):
            self._client.cwd(path)
            self._client.cwd(before)
            return RemoteFile(path, "folder")
        return None

    def _asked(self, path: str) -> RemoteFile | None:
        try:
            answer = self._client.sendcmd(f"MLST {path}").splitlines()
        except ftplib.error_perm as error:
            if _code(error) != _UNAVAILABLE:
                raise
            return None
        facts = answer[1].strip().partition(" ")[0] if len(answer) > 1 else ""
        return from_facts(path, dict(_facts(facts)))

    def _list(self, folder: str) -> list[RemoteFile]:
        if "MLST" not in self._features:
            return self._written(folder)
        entries = self._client.mlsd("" if folder == "." else folder, ["type", "size", "modify"])
        found = [
            from_facts(joined(folder, name), facts)
            for name, facts in entries
            if facts.get("type", "").lower() not in _ITSELF and name not in {".", ".."}
        ]
        if any(each.kind == "folder" for each in found):
            links = {each.path for each in self._written(folder) if each.kind == "other"}
            found = [replace(each, kind="other") if each.path in links else each for each in found]
        return found

    def _written(self, folder: str) -> list[RemoteFile]:
        """The list made for people: the only one in which a link to a folder does not pass for a folder."""
        lines: list[str] = []
        before = self._client.pwd()
        if folder != ".":
            self._client.cwd(folder)
        try:
            self._client.retrlines("LIST", lines.append)
        finally:
            self._client.cwd(before)
        found = [entry for line in lines if (entry := from_line(line)) is not None]
        return [replace(each, path=joined(folder, each.path)) for each in found]

    def _fetch(self, path: str, to: Path) -> None:
        with to.open("wb") as file, self._heard():
            self._client.retrbinary(f"RETR {path}", file.write, blocksize=PIECE)

    def _store(self, file: Path, to: str) -> None:
        with file.open("rb") as content, self._heard():
            self._client.storbinary(f"STOR {to}", content, blocksize=PIECE)

    @contextmanager
    def _heard(self) -> Iterator[None]:
        """A server that breaks off a file says on the other connection why."""
        try:
            yield
        except (ConnectionResetError, BrokenPipeError):
            self._client.voidresp()
            raise

    def _cut(self) -> None:
        """End what a thread may still be waiting for."""
        connection = self._client.sock
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def _meant(self, path: str, *, acted: bool | None) -> Iterator[None]:
        """Say what an error means; the server's own refusals say that it has done nothing."""
        try:
            yield
        except ftplib.error_perm as error:
            if _code(error) == _NOT_LOGGED_IN or _is_about_rights(error):
                raise AccessDeniedError(f"{self._place} does not let this user at {path!r}: {error}") from error
            raise RequestRefusedError(f"{self._place} refuses {path!r}: {error}") from error
        except ftplib.error_temp as error:
            if _code(error) == _ENDING:
                raise ServerUnreachableError(f"{self._place} ends the connection: {error}", acted=acted) from error
            raise ServerFailedError(f"{self._place} fails at {path!r}: {error}") from error
        except ftplib.Error as error:
            raise ServerFailedError(f"{self._place} answers what is no FTP: {error}", acted=acted) from error
        except _GONE as error:
            told = str(error) or "it is closed"
            raise ServerUnreachableError(f"{self._place} broke the connection: {told}", acted=acted) from error
        except UnicodeError as error:
            raise InvalidParamsError(
                f"field 'encoding': {path!r}, or a name there, cannot be told in {self._client.encoding!r}: newer "
                "servers have 'utf-8', older ones often 'latin-1'"
            ) from error


def _client(address: OnFtp) -> ftplib.FTP:
    for field, value in (("username", address.username), ("password", address.password)):
        if not set(value).isdisjoint("\r\n"):
            raise InvalidParamsError(
                f"field {field!r}: expected one line, found a line break; was the secret saved with one at its end?"
            )
    try:
        "".encode(address.encoding)
    except LookupError as error:
        raise InvalidParamsError(f"field 'encoding': there is none called {address.encoding!r}") from error
    if address.tls == "off":
        return ftplib.FTP(encoding=address.encoding)  # noqa: S321 - the document says so
    context = ssl.create_default_context()
    if not address.verify_tls:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return _Tls(context, implicit=address.tls == "implicit", encoding=address.encoding)


def _log_in(client: ftplib.FTP, address: OnFtp, port: int, connecting: float, patience: float) -> None:
    if isinstance(client, _Tls):
        client.open(address.host, port, connecting)
    else:
        client.connect(address.host, port, connecting)
    client.login(address.username, address.password)
    if isinstance(client, _Tls):
        client.prot_p()
    client.timeout = patience
    if client.sock is not None:
        client.sock.settimeout(patience)


@contextmanager
def _let_in(address: OnFtp, place: str) -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise UntrustedServerError(
            f"{place} has a certificate that does not prove it is {address.host!r}: {error.verify_message}"
        ) from error
    except ftplib.error_perm as error:
        if address.tls == "explicit" and _code(error) in _NOT_ENCRYPTED:
            raise AccessDeniedError(
                f"{place} does not encrypt: {error}; 'tls: implicit' may be what it has, and 'tls: off' is for servers "
                "where everybody on the way may know the password"
            ) from error
        raise AccessDeniedError(f"{place} does not let user {address.username!r} in: {error}") from error
    except ftplib.Error as error:
        raise ServerFailedError(f"{place} does not let anybody in now: {error}") from error
    except UnicodeError as error:
        raise InvalidParamsError(
            f"fields 'username' and 'password': {place} cannot be told them in {address.encoding!r}"
        ) from error
    except (*_GONE, OSError) as error:
        raise ServerUnreachableError(f"{place} cannot be reached by FTP: {error}") from error


def _facts(text: str) -> Iterator[tuple[str, str]]:
    for fact in text.rstrip(";").split(";"):
        name, _, value = fact.partition("=")
        yield name.lower(), value


def _code(error: ftplib.Error) -> str:
    return str(error)[:3]


def _is_about_rights(error: ftplib.Error) -> bool:
    """Servers say with the same number that a file is not there and that it is not to be had."""
    words = str(error).lower()
    return any(word in words for word in ("permission", "privilege", "denied", "not allowed", "forbidden"))
