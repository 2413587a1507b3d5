"""One connection to an IMAP server, used by one thread at a time."""

from __future__ import annotations

import imaplib
import re
import selectors
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeAlias

from activities.drivers.mail.names import decoded, encoded, quoted
from activities.sessions.mailing import Account, Server
from workflows.errors import (
    AccessDeniedError,
    AetherError,
    ConfigurationError,
    RequestRefusedError,
    ServerFailedError,
    ServerUnreachableError,
)

Answer: TypeAlias = Sequence[bytes | tuple[bytes, bytes] | None]
"""What a server says of a command: lines, and lines with what is too long for them."""

_PORTS = {"tls": 993, "starttls": 143, "none": 143}
_CONNECTING = 20.0
"""Seconds, at most."""
_FAREWELL = 2.0
"""Seconds for an answer that changes nothing."""
_SOON = re.compile(rb"\[(UNAVAILABLE|SERVERBUG|INUSE|LIMIT|CONTACTADMIN)\]", re.IGNORECASE)
_LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?P<delimiter>"(?:[^"\\]|\\.)"|NIL) (?P<name>.*)', re.DOTALL)
_ASCII_ONLY = "[BADCHARSET"
_MISSING = re.compile(rb"\[(TRYCREATE|NONEXISTENT)\]", re.IGNORECASE)


class NotDoneError(Exception):
    """A server's answer that it does not do something."""

    def __init__(self, words: bytes) -> None:
        super().__init__(words.decode(errors="replace"))
        self.words = " ".join(words.decode(errors="replace").split())
        self.missing = bool(_MISSING.search(words))
        self.ascii = _ASCII_ONLY in self.words
        self.soon = bool(_SOON.search(words))


class Connection:
    """A signed-in connection."""

    def __init__(
        self, server: Server, account: Account, trust: Callable[[], ssl.SSLContext], *, seconds: float
    ) -> None:
        self._server = server
        self._account = account
        self._trust = trust
        self._seconds = seconds
        self._opened: imaplib.IMAP4 | None = None
        self._delimiter: str | None = None
        self.changed = False
        """Whether something may have been changed."""
        self.selected: str | None = None
        """The open folder."""

    @property
    def name(self) -> str:
        """The server, for people."""
        return f"the mail server {self._server.host!r}"

    @property
    def _client(self) -> imaplib.IMAP4:
        if self._opened is None:
            msg = "expected an open connection"
            raise RuntimeError(msg)
        return self._opened

    def open(self) -> None:
        """Connect and sign in."""
        with self.explained():
            self._opened = self._connected()
            self.code("CAPABILITY")  # forgets what it offered to strangers
            self._sign_in()
            offered = self.code("CAPABILITY") or _joined(self._told(*self._opened.capability()))
            self._opened.capabilities = tuple(offered.decode().upper().split())

    def close(self) -> None:
        """Take leave."""
        if self._opened is not None:
            with suppress(imaplib.IMAP4.error, OSError):
                self._opened.sock.settimeout(_FAREWELL)
                self._opened.logout()
            with suppress(OSError):
                self._opened.shutdown()  # which it leaves out where the server does not answer

    def abort(self) -> None:
        """End whatever waits for the server; another thread may say so."""
        if self._opened is not None:
            with suppress(OSError):
                self._opened.sock.shutdown(2)

    def offers(self, capability: str) -> bool:
        """Whether the server can do something."""
        return capability in self._client.capabilities

    def command(self, name: str, *arguments: str | bytes, changing: bool = False) -> Answer:
        """Do a command on messages of the selected folder, named by their UIDs.

        Raises:
            NotDoneError: the server does not.
        """
        self.changed = self.changed or changing
        return self._told(*self._client.uid(name, *arguments))  # type: ignore[arg-type] # bytes are fine

    def code(self, name: str) -> bytes | None:
        """What the server said in brackets since it was asked for it last."""
        _, said = self._client.response(name)
        return next((each for each in reversed(said) if isinstance(each, bytes)), None)

    def select(self, folder: str, *, readonly: bool) -> int:
        """Open a folder and tell its UIDVALIDITY.

        Raises:
            NotDoneError: there is none.
        """
        self.selected = None
        self._told(*self._client.select(self._named(folder), readonly))
        self.selected = folder
        return int(self.code("UIDVALIDITY") or 0)

    def permanent(self) -> list[str]:
        """The flags that can be set in the selected folder, and what stands for any keyword."""
        said = _joined(self._client.untagged_responses.get("PERMANENTFLAGS", []))
        return said.decode().strip("()").split()

    def search(self, keys: str) -> list[int]:
        """Give the UIDs of the messages that are meant, in order.

        Raises:
            NotDoneError: the server does not; `ascii` tells whether it would, if it were for ASCII alone.
        """
        if keys.isascii():
            found = self.command("SEARCH", keys)
        else:
            found = self.command("SEARCH", "CHARSET", "UTF-8", keys.encode())
        return sorted(int(uid) for line in found if isinstance(line, bytes) for uid in line.split())

    def folders(self) -> list[tuple[str, frozenset[str]]]:
        """Give the names of all folders, and what the server says of each."""
        listed = self._told(*self._client.list())
        return [(self._spoken(each["name"]), _words(each["flags"])) for each in _listed(listed)]

    def status(self, folder: str) -> tuple[int, int]:
        """Count a folder's messages, and those that were not read."""
        said = self._told(*self._client.status(self._named(folder), "(MESSAGES UNSEEN)"))
        counts = {name: int(number) for name, number in re.findall(rb"(MESSAGES|UNSEEN) (\d+)", _joined(said))}
        return counts.get(b"MESSAGES", 0), counts.get(b"UNSEEN", 0)

    def create(self, folder: str) -> None:
        """Make a folder."""
        self.changed = True
        self._told(*self._client.create(self._named(folder)))

    def remove(self, folder: str) -> None:
        """Remove a folder and all that is in it."""
        self.changed = True
        self._told(*self._client.delete(self._named(folder)))

    def append(self, folder: str, flags: str, content: bytes) -> None:
        """Put a message into a folder."""
        self.changed = True
        self._told(*self._client.append(self._named(folder), flags, "", content))

    def transfer(self, command: str, uid: int, folder: str) -> None:
        """Move or copy a message into another folder."""
        self.command(command, str(uid), self._named(folder), changing=True)

    def expunge(self) -> None:
        """Remove all messages of the selected folder that are marked for it."""
        self.changed = True
        self._told(*self._client.expunge())

    def idle(self, seconds: float) -> None:
        """Wait until the server tells of something in the open folder, at most for so long.

        What it has told of since the folder was opened counts.
        """
        client = self._client
        if len(client.untagged_responses.get("EXISTS", [])) > 1:
            return
        tag = client._new_tag()  # noqa: SLF001 - it cannot do this one command
        client.tagged_commands[tag] = None  # as its own commands do
        client.send(tag + b" IDLE\r\n")
        told = False
        while client.tagged_commands[tag] is None and client._get_response() is not None:  # noqa: SLF001
            told = True  # before it began to wait, or that it will not
        if client.tagged_commands[tag] is None:
            with selectors.DefaultSelector() as selector:
                selector.register(client.sock, selectors.EVENT_READ)
                selector.select(0 if told else seconds)
            client.send(b"DONE\r\n")
        client._command_complete("IDLE", tag)  # noqa: SLF001

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Say what went wrong in the words of the platform."""
        try:
            yield
        except NotDoneError as error:
            raise self._refusal(error) from error
        except ssl.SSLCertVerificationError as error:
            raise ServerUnreachableError(f"{self.name} cannot be trusted: {error.verify_message}") from error
        except (imaplib.IMAP4.abort, OSError) as error:
            what = "cannot be reached" if self._opened is None else "broke off"
            raise ServerUnreachableError(f"{self.name} {what}: {_told_of(error)}", acted=self._acted) from error
        except imaplib.IMAP4.error as error:
            raise ServerFailedError(f"{self.name} answered: {_told_of(error)}", acted=self._acted) from error

    @property
    def _acted(self) -> bool | None:
        return None if self.changed else False

    def _refusal(self, error: NotDoneError) -> AetherError:
        message = f"{self.name} answered {error.words!r}"
        if error.soon:
            return ServerFailedError(message, acted=self._acted)
        return RequestRefusedError(message, acted=self._acted)

    def _connected(self) -> imaplib.IMAP4:
        server = self._server
        place = (server.host, server.port or _PORTS[server.security])
        seconds = min(_CONNECTING, self._seconds)
        if server.security == "tls":
            client: imaplib.IMAP4 = imaplib.IMAP4_SSL(*place, ssl_context=self._trust(), timeout=seconds)
        else:
            client = imaplib.IMAP4(*place, timeout=seconds)
        if server.security == "starttls":
            if "STARTTLS" not in client.capabilities:
                client.shutdown()
                raise ConfigurationError(
                    f"{self.name} offers no encryption; set 'security' to 'tls', or to 'none' on a network you trust"
                )
            client.starttls(self._trust())
        client.sock.settimeout(self._seconds)
        return client

    def _sign_in(self) -> None:
        account, client = self._account, self._client
        user, password = account.user or "", account.password.get_secret_value() if account.password else ""
        try:
            if account.token is not None:
                said = f"user={user}\x01auth=Bearer {account.token.get_secret_value()}\x01\x01".encode()
                client.authenticate("XOAUTH2", lambda challenge: b"" if challenge else said)
            elif "AUTH=PLAIN" in client.capabilities:
                client.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
            else:
                client.login(_plain(user), _plain(password))
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            if _SOON.search(str(error).encode()):
                raise ServerFailedError(f"{self.name} answered {_told_of(error)!r}") from None
            raise AccessDeniedError(f"{self.name} refuses user {user!r}: {_told_of(error)}") from None

    def _told(self, status: str, answer: Answer) -> Answer:
        """Give a good answer, and take another one for a refusal."""
        if status != "OK":
            raise NotDoneError(_joined(answer))
        return answer

    def _named(self, folder: str) -> str:
        """A folder's name as the server writes it."""
        return quoted(encoded(folder.replace("/", self.delimiter)))

    def _spoken(self, name: bytes) -> str:
        return decoded(name).replace(self.delimiter, "/")

    @property
    def delimiter(self) -> str:
        """What stands between the parts of a folder's name on this server."""
        if self._delimiter is None:
            roots = _listed(self._told(*self._client.list('""', '""')))
            said = next((each["delimiter"] for each in roots), b"NIL")
            self._delimiter = "/" if said == b"NIL" else said.decode().strip('"').replace("\\\\", "\\")
        return self._delimiter


def _plain(text: str) -> str:
    """Write a user's name or password for servers that know of nothing but letters.

    Raises:
        ConfigurationError: it has others.
    """
    if not (text.isascii() and text.isprintable()):
        raise ConfigurationError("this mail server takes only ASCII in user names and passwords; choose others")
    return text.replace("\\", "\\\\").replace('"', '\\"') if " " in text else text


def _listed(answer: Answer) -> Iterator[dict[str, bytes]]:
    for line in answer:
        whole = line[0].rpartition(b"{")[0] + quoted(line[1].decode()).encode() if isinstance(line, tuple) else line
        found = _LISTED.fullmatch(whole.strip()) if whole else None
        if found is not None:
            name = found["name"]
            if name.startswith(b'"'):
                name = re.sub(rb"\\(.)", rb"\1", name[1:-1])
            yield {"flags": found["flags"], "delimiter": found["delimiter"], "name": name}


def _words(flags: bytes) -> frozenset[str]:
    return frozenset(flags.decode().lower().split())


def _joined(answer: Answer) -> bytes:
    return b" ".join(each if isinstance(each, bytes) else b"".join(each) for each in answer if each)


def _told_of(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
