"""Real servers that keep files, on loopback: SFTP by asyncssh, FTP by pyftpdlib."""

from __future__ import annotations

import asyncio
import errno
import re
import threading
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import asyncssh
from typing_extensions import override

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it brings along what later Pythons have no more
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.filesystems import AbstractedFS
    from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
    from pyftpdlib.servers import FTPServer

USER, PASSWORD = "robot", "open sesame"


@cache
def key_of(name: str) -> asyncssh.SSHKey:
    """A key that is the same for all of one test run."""
    return asyncssh.generate_private_key("ssh-ed25519", comment=name)


@dataclass
class Served:
    """One server, and the folder it shows."""

    root: Path
    port: int = 0
    fail_with: asyncssh.SFTPError | None = None
    """What to answer to whoever writes."""
    full: bool = False
    """Whether the disk is full after the first piece of a file."""
    held: str = "/"
    """How names end that nobody can change, as if a program had the files open."""
    logins: list[str] = field(default_factory=list)

    def put(self, path: str, content: bytes | str = b"") -> Path:
        """Have a file on the server."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    @property
    def files(self) -> dict[str, bytes]:
        """All files of the server."""
        return {str(each.relative_to(self.root)): each.read_bytes() for each in self.root.rglob("*") if each.is_file()}


class _Door(asyncssh.SSHServer):
    def __init__(self, served: Served) -> None:
        self._served = served

    @override
    def begin_auth(self, username: str) -> bool:
        self._served.logins.append(username)
        return True

    @override
    def password_auth_supported(self) -> bool:
        return True

    @override
    def validate_password(self, username: str, password: str) -> bool:
        return (USER, PASSWORD) == (username, password)

    @override
    def public_key_auth_supported(self) -> bool:
        return True

    @override
    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == USER and key == key_of("user").convert_to_public()


class _Files(asyncssh.SFTPServer):
    served: Served

    @override
    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if self.served.fail_with is not None and pflags & asyncssh.FXF_WRITE:
            raise self.served.fail_with
        return super().open(path, pflags, attrs)


@asynccontextmanager
async def sftp_server(root: Path) -> AsyncIterator[Served]:
    """Serve a folder by SFTP to whoever has the password or the key `user`."""
    served = Served(root)

    def files(channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
        server = _Files(channel, chroot=str(root).encode())
        server.served = served
        return server

    async with asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[key_of("host")],
        server_factory=lambda: _Door(served),
        sftp_factory=files,
        gss_host=None,
    ) as server:
        served.port = server.get_port()
        yield served


class _Full:
    """A file on a disk that is full after its first piece."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._file = Path(name).open("wb")  # noqa: SIM115 - the server closes it

    @property
    def closed(self) -> bool:
        return self._file.closed

    def write(self, piece: bytes) -> int:
        if self._file.tell():
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._file.write(piece)

    def close(self) -> None:
        self._file.close()


def _disk(served: Served, *, old: bool) -> type[Any]:
    """The files as a server shows them; an old one hides some from lists and puts no file in the place of another."""

    class Disk(AbstractedFS):  # type: ignore[misc] # an untyped library
        def open(self, filename: str, mode: str) -> Any:
            return _Full(filename) if served.full and "w" in mode else super().open(filename, mode)

        def listdir(self, path: str) -> list[str]:
            return [name for name in super().listdir(path) if not (old and name.startswith(".") and ".." not in name)]

        def rename(self, src: str, dst: str) -> None:
            if src.endswith(served.held) or (old and Path(dst).exists()):
                raise FileExistsError(errno.EEXIST, "File exists")
            super().rename(src, dst)

    return Disk


class _Implicit(TLS_FTPHandler):  # type: ignore[misc] # an untyped library
    """Speaks TLS from the first byte on."""

    def handle(self) -> None:
        self.secure_connection(self.get_ssl_context())
        super().handle()


@contextmanager
def ftp_server(
    root: Path, *, certificate: Path | None = None, old: bool = False, tls: str = "explicit"
) -> Iterator[Served]:
    """Serve a folder by FTP, with TLS if there is a certificate; an old one tells of its files for people only."""
    users = DummyAuthorizer()
    users.add_user(USER, PASSWORD, str(root), perm="elradfmwMT")
    served = Served(root)
    kind: Any = FTPHandler if certificate is None else _Implicit if tls == "implicit" else TLS_FTPHandler
    commands = {name: facts for name, facts in kind.proto_cmds.items() if not old or name not in {"MLSD", "MLST"}}
    facts: dict[str, Any] = {
        "authorizer": users,
        "abstracted_fs": _disk(served, old=old),
        "proto_cmds": commands,
        "use_gmt_times": True,
        "use_sendfile": False,
        "auth_failed_timeout": 0,
    }
    if certificate:
        facts |= {"certfile": str(certificate), "tls_control_required": tls == "explicit", "tls_data_required": True}
    server = FTPServer(("127.0.0.1", 0), type("Handler", (kind,), facts))
    stopping = threading.Event()
    thread = threading.Thread(target=_serve, args=(server, stopping), daemon=True)
    thread.start()
    try:
        served.port = server.address[1]
        yield served
    finally:
        stopping.set()
        thread.join(60)


def _serve(server: FTPServer, stopping: threading.Event) -> None:
    """Serve until told otherwise, and close everything in the thread that uses it."""
    while not stopping.is_set():
        server.serve_forever(timeout=0.02, blocking=False, handle_exit=False)
    server.close_all()


async def silent_server() -> tuple[asyncio.Server, int]:
    """Take connections and say nothing."""
    server = await asyncio.start_server(_say_nothing, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


@asynccontextmanager
async def example_server(family: str, example: str, directory: Path) -> AsyncIterator[str]:
    """Have the server that the examples of a family speak of; gives the example with its address."""
    if family not in {"sftp", "ftp"}:
        yield example
        return
    root = directory / "served"
    for path in ("out/may.csv", "out/draft.tmp", "archive/2019/a.csv", "done/x"):
        Served(root).put(path, "id\n1\n")
    async with AsyncExitStack() as stack:
        if family == "sftp":
            served = await stack.enter_async_context(sftp_server(root))
        else:
            served = stack.enter_context(ftp_server(root))
        lines = ["host: 127.0.0.1", f"port: {served.port}"] + ["tls: off"] * (family == "ftp")
        here = re.sub(
            r"( +)host: files\.example\.com\n", lambda found: "".join(f"{found[1]}{line}\n" for line in lines), example
        )
        yield re.sub(r"SHA256:\w{43}", key_of("host").get_fingerprint(), here)


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()
