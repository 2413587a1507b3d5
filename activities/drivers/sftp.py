"""SFTP through asyncssh."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

import asyncssh
from typing_extensions import override

from activities.drivers.local_file import local_file
from activities.drivers.servers import PIECE, ForStep, exchange, joined
from activities.provider import Provider
from activities.sessions.files import Workspace
from activities.sessions.transfer import SFTP, FileServer, OnSftp, RemoteFile, RemoteFiles
from workflows.call import StepCall
from workflows.errors import (
    AccessDeniedError,
    AetherError,
    InvalidParamsError,
    RequestRefusedError,
    ServerFailedError,
    ServerUnreachableError,
    UntrustedServerError,
)

_REFUSED = (
    asyncssh.SFTPFileAlreadyExists,
    asyncssh.SFTPDirNotEmpty,
    asyncssh.SFTPNotADirectory,
    asyncssh.SFTPFileIsADirectory,
    asyncssh.SFTPInvalidFilename,
    asyncssh.SFTPCannotDelete,
)
_KEEPALIVE = 10
"""Seconds between questions whether the server is still there; three without an answer end the connection."""
_GONE = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.DisconnectError, ConnectionError)


def sftp_provider() -> Provider[FileServer[OnSftp]]:
    """Lend SFTP to steps, each on a connection of its own."""
    return Provider(SFTP, _open)


@asynccontextmanager
async def _open(call: StepCall, workspace: Workspace | None) -> AsyncIterator[FileServer[OnSftp]]:
    yield _Sftp(call, workspace)


class _Sftp(ForStep, FileServer[OnSftp]):
    @override
    @asynccontextmanager
    async def connect(self, address: OnSftp) -> AsyncIterator[RemoteFiles]:
        place = f"{address.host}:{address.port}"
        keys = await asyncio.to_thread(_private_keys, address)  # to unlock one takes its time on purpose
        asked = _Host(address)
        try:
            async with asyncio.timeout(self.connecting):
                connection = await asyncssh.connect(
                    address.host,
                    address.port,
                    username=address.username,
                    password=address.password,
                    client_keys=keys,
                    known_hosts=asked.known if address.verify_host else None,
                    client_factory=lambda: asked,
                    config=None,
                    agent_path=None,
                    gss_host=None,
                    x509_trusted_certs=None,
                    keepalive_interval=_KEEPALIVE,
                )
        except asyncssh.HostKeyNotVerifiable as error:
            raise asked.untrusted(place) from error
        except asyncssh.PermissionDenied as error:
            by = "the key" if address.private_key else "the password" if address.password else "no password"
            raise AccessDeniedError(f"{place} does not let user {address.username!r} in with {by}") from error
        except TimeoutError as error:
            raise ServerUnreachableError(f"{place} does not answer within {self.connecting:g} s") from error
        except (asyncssh.Error, OSError) as error:
            raise ServerUnreachableError(f"{place} cannot be reached by SSH: {error}") from error
        except ValueError as error:
            raise InvalidParamsError(
                f"fields 'username' and 'password': {place} cannot be told them: {error}"
            ) from error
        async with connection:
            try:
                client = await connection.start_sftp_client(path_errors="replace")
            except (asyncssh.Error, OSError) as error:
                raise ServerFailedError(f"{place} lets {address.username!r} in, but not to files: {error}") from error
            async with client:
                yield _SftpFiles(client, place)


class _Host(asyncssh.SSHClient):
    """The server that is meant, as far as the document says."""

    def __init__(self, address: OnSftp) -> None:
        self._told = (address.host_key or "").strip()
        self._found: asyncssh.SSHKey | None = None

    @property
    def known(self) -> asyncssh.SSHKnownHosts:
        """The keys that are told in whole."""
        lines = "" if self._is_fingerprint else self._told
        try:
            return asyncssh.import_known_hosts(lines)
        except ValueError as error:
            raise InvalidParamsError(
                "field 'host_key': expected a fingerprint such as 'SHA256:…', or lines of a known_hosts file such as "
                f"'files.example.com ssh-ed25519 AAAA…': {error}"
            ) from error

    @override
    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        self._found = key
        return self._is_fingerprint and key.get_fingerprint().rstrip("=") == self._told.rstrip("=")

    def untrusted(self, place: str) -> AetherError:
        """Say which key was found instead."""
        if self._found is None:
            return UntrustedServerError(f"{place} has a key that was revoked, or none that can be read")
        found = f"the key {self._found.get_fingerprint()} ({self._found.get_algorithm()})"
        if not self._told:
            return UntrustedServerError(
                f"{place} has {found}, and the step does not say which one is right: compare it with what the server's "
                "owner says, then write it as 'host_key'"
            )
        return UntrustedServerError(
            f"{place} has {found}, which is not the one in 'host_key': the server has got another key, or somebody is "
            "in its place; ask its owner"
        )

    @property
    def _is_fingerprint(self) -> bool:
        return self._told.startswith("SHA256:")


def _private_keys(address: OnSftp) -> list[asyncssh.SSHKey] | None:
    if address.private_key is None:
        return None
    try:
        return [asyncssh.import_private_key(address.private_key, address.passphrase)]
    except asyncssh.KeyEncryptionError as error:
        raise InvalidParamsError("field 'passphrase': it does not unlock the private key") from error
    except asyncssh.KeyImportError as error:
        raise InvalidParamsError(
            f"field 'private_key': expected what a private key's file holds, all its lines; {error}"
        ) from error


class _SftpFiles(RemoteFiles):
    def __init__(self, client: asyncssh.SFTPClient, place: str) -> None:
        self._client = client
        self._place = place

    @override
    async def look(self, path: str) -> RemoteFile | None:
        try:
            with self._meant(path, acted=False):
                return _described(path, await self._client.stat(path))
        except RequestRefusedError:
            return None

    @override
    async def inside(self, folder: str) -> Sequence[RemoteFile]:
        found = []
        with self._meant(folder, acted=False):
            async for each in self._client.scandir(folder):
                name = _text(each.filename)
                if name not in {".", ".."}:
                    found.append(_described(joined(folder, name), each.attrs))
        return found

    @override
    async def fetch(self, path: str, to: Path) -> None:
        with self._meant(path, acted=False):
            async with self._client.open(path, "rb", encoding=None) as remote, local_file(to, "wb") as local:
                while piece := await remote.read(PIECE):
                    await local.write(cast("bytes", piece))

    @override
    async def store(self, file: Path, to: str) -> None:
        with self._meant(to, acted=False):  # whoever gives it its real name has acted
            async with self._client.open(to, "wb") as remote, local_file(file, "rb") as local:
                while piece := await local.read(PIECE):
                    await remote.write(piece)

    @override
    async def replace(self, path: str, to: str) -> None:
        with self._meant(to, acted=None):
            try:
                await self._client.posix_rename(path, to)
            except asyncssh.SFTPOpUnsupported:
                await exchange(self, path, to)

    @override
    async def rename(self, path: str, to: str) -> None:
        with self._meant(to, acted=None):
            await self._client.rename(path, to)

    @override
    async def delete(self, path: str) -> None:
        with self._meant(path, acted=None):
            await self._client.remove(path)

    @override
    async def make_folder(self, path: str) -> None:
        with self._meant(path, acted=None):
            await self._client.mkdir(path)

    @override
    async def remove_folder(self, path: str) -> None:
        with self._meant(path, acted=None):
            await self._client.rmdir(path)

    @contextmanager
    def _meant(self, path: str, *, acted: bool | None) -> Iterator[None]:
        """Say what an error means; the server's own refusals say that it has done nothing."""
        try:
            yield
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath) as error:
            raise RequestRefusedError(f"{self._place} has no {path!r}") from error
        except (asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect) as error:
            raise AccessDeniedError(f"{self._place} does not let this user at {path!r}: {error.reason}") from error
        except _REFUSED as error:
            raise RequestRefusedError(f"{self._place} refuses {path!r}: {error.reason}") from error
        except _GONE as error:
            raise ServerUnreachableError(f"{self._place} broke the connection: {error}", acted=acted) from error
        except asyncssh.SFTPError as error:
            raise ServerFailedError(f"{self._place} fails at {path!r}: {error.reason or error}") from error


def _described(path: str, attributes: asyncssh.SFTPAttrs) -> RemoteFile:
    modified = datetime.fromtimestamp(attributes.mtime, UTC) if attributes.mtime is not None else None
    kind = _kind(attributes)
    return RemoteFile(path, kind, (attributes.size or 0) if kind == "file" else 0, modified)


def _kind(attributes: asyncssh.SFTPAttrs) -> Literal["file", "folder", "other"]:
    mode = attributes.permissions
    if mode is not None and stat.S_IFMT(mode):
        return "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else "other"
    match attributes.type:
        case asyncssh.FILEXFER_TYPE_DIRECTORY:
            return "folder"
        case asyncssh.FILEXFER_TYPE_REGULAR:
            return "file"
        case _:
            return "other"


def _text(name: str | bytes) -> str:
    return name if isinstance(name, str) else name.decode(errors="replace")
