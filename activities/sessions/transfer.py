"""What nodes need of servers that keep files: SFTP and FTP."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import Field, StringConstraints

from activities.node import Capability, Params
from activities.sessions.files import Workspace

A_contra = TypeVar("A_contra", contravariant=True)

RemotePath = Annotated[str, StringConstraints(min_length=1, max_length=4096, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A path on a server: from its root, or from the folder where the user begins."""
Host = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\s\x00-\x1f/@]+$")]
Port = Annotated[int, Field(ge=1, le=65535)]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file, a folder or something else on a server."""

    path: str
    """How the server is asked for it."""
    kind: Literal["file", "folder", "other"]
    """A link is what it leads to where a single one is asked for, and `other` in lists: links may lead in circles."""
    size: int = 0
    modified: datetime | None = None

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rstrip("/").rpartition("/")[2]


class RemoteFiles(Protocol):
    """The files of a server, while a connection lasts.

    A file that is missing or in the way is a RequestRefusedError, one that the user may not touch an
    AccessDeniedError, a server that cannot now a ServerFailedError, and one that is gone a ServerUnreachableError;
    each tells whether anything was changed.
    """

    async def look(self, path: str) -> RemoteFile | None:
        """Tell what is at a path; None if nothing is."""

    async def inside(self, folder: str) -> Sequence[RemoteFile]:
        """What is directly in a folder."""

    async def fetch(self, path: str, to: Path) -> None:
        """Copy a file to this machine, a piece at a time."""

    async def store(self, file: Path, to: str) -> None:
        """Write a file to the server as it is, a piece at a time; what was there is gone."""

    async def replace(self, path: str, to: str) -> None:
        """Give a file another path, in place of what is there; at once where the server can."""

    async def rename(self, path: str, to: str) -> None:
        """Give a file or folder another path, where nothing may be."""

    async def delete(self, path: str) -> None:
        """Remove a file."""

    async def make_folder(self, path: str) -> None:
        """Make one folder."""

    async def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""


class FileServer(Protocol[A_contra]):
    """Servers of one kind, for one step."""

    @property
    def key(self) -> str:
        """The step's idempotency key."""

    @property
    def again(self) -> bool:
        """Whether an earlier attempt of the step may have come to something."""

    @property
    def patience(self) -> float:
        """Seconds the step may take."""

    @property
    def workspace(self) -> Workspace:
        """The files of the run."""

    def connect(self, address: A_contra) -> AbstractAsyncContextManager[RemoteFiles]:
        """Log in; nothing was done if that fails.

        A server that does not answer is a ServerUnreachableError, one that does not let the user in an
        AccessDeniedError, and one that may be another than meant an UntrustedServerError.
        """


class OnSftp(Params):
    """What all steps with an SFTP server share."""

    host: Host
    """The server's name or address."""
    port: Port = 22
    """Where it listens."""
    username: str
    """Who logs in."""
    password: str | None = None
    """The user's password; write it as `${{ secret('name') }}`."""
    private_key: str | None = None
    """The user's private key as a key file holds it; write it as `${{ secret('name') }}`."""
    passphrase: str | None = None
    """What the private key is locked with."""
    host_key: str | None = None
    """The server's own key: its fingerprint (`SHA256:…`), or lines of a `known_hosts` file."""
    verify_host: bool = True
    """Whether the server must prove to be the one that is meant; without that, anybody may take its place."""


class OnFtp(Params):
    """What all steps with an FTP server share."""

    host: Host
    """The server's name or address."""
    port: Port | None = None
    """Where it listens; by default 21, or 990 with `tls: implicit`."""
    username: str = "anonymous"
    """Who logs in."""
    password: str = ""
    """The user's password; write it as `${{ secret('name') }}`."""
    tls: Literal["explicit", "implicit", "off"] = "explicit"
    """How the connection is encrypted; `off` sends the password and all files so that anybody on the way reads them."""
    verify_tls: bool = True
    """Whether the server must have a valid certificate."""
    encoding: str = "utf-8"
    """How the server writes names, e.g. `latin-1` on old ones."""


SFTP: Capability[FileServer[OnSftp]] = Capability("sftp")
"""Files on servers, by SSH."""
FTP: Capability[FileServer[OnFtp]] = Capability("ftp")
"""Files on servers, by FTP."""
