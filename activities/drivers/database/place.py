"""Where databases are: named in the settings, or written in a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from activities.sessions.database import Tls
from workflows.duration import format_duration
from workflows.errors import ConfigurationError, ServerFailedError

EFFECTS_TABLE = "aether_effects"
SQLITE = "sqlite://"
"""What the address of a file begins with."""
SIZE = 10
"""How many connections to one database a robot holds at most."""
_EXAMPLE = "'postgresql://user@db.example.com/shop'"


class InvalidAddressError(ConfigurationError):
    """The address of a database cannot be read; the message does not repeat it, since it may hold a password."""


@dataclass(frozen=True, slots=True)
class Named:
    """A connection of the settings."""

    url: str
    password: str | None = None
    """The name of the secret."""
    size: int = SIZE
    statement_timeout: timedelta | None = None
    read_only: bool = False
    tls: Tls = "prefer"
    authorities: Path | None = None
    """A file of certificates to trust besides those that the system trusts."""
    effects_table: str = EFFECTS_TABLE

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database (`sqlite:///var/lib/shop.db`); None for a server."""
        if not self.url.startswith(SQLITE):
            return None
        return Path(unquote(self.url.removeprefix(SQLITE)))


@dataclass(frozen=True, slots=True)
class Target:
    """A database server, and how to speak to it; connections are shared between steps that ask for the same."""

    scheme: str
    shown_as: str
    host: str
    port: int | None
    user: str
    password: str = field(repr=False)
    database: str
    tls: Tls = "prefer"
    authorities: Path | None = None
    size: int = SIZE
    statement_timeout: timedelta | None = None
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """What the address of a database says."""

    scheme: str
    host: str
    port: int | None
    user: str
    password: str | None = field(repr=False)
    database: str

    @property
    def shown_as(self) -> str:
        """The address without what is secret."""
        port = f":{self.port}" if self.port else ""
        return f"{self.host}{port}/{self.database}"


def read_address(url: str, schemes: Sequence[str]) -> Address:
    """Read the address of a database server.

    Raises:
        InvalidAddressError: it is none, or of a database that is not known here.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidAddressError(f"the address of the database cannot be read; expected such as {_EXAMPLE}") from error
    if parts.scheme not in schemes:
        known = " or ".join(f"'{scheme}://'" for scheme in schemes)
        raise InvalidAddressError(
            f"expected the address of a database that begins with {known}, found {parts.scheme + ':'!r}"
        )
    host = _host(parts)
    if not host or not parts.username or not parts.path.strip("/"):
        raise InvalidAddressError(f"the address of a database needs a user, a host and a name, such as {_EXAMPLE}")
    password = unquote(parts.password) if parts.password is not None else None
    database = unquote(parts.path.removeprefix("/"))
    return Address(parts.scheme, host, port, unquote(parts.username), password, database)


def all_in_use(target: Target, patience: float) -> ServerFailedError:
    """Say that a step got no connection."""
    return ServerFailedError(
        f"all {target.size} connections to the database {target.shown_as!r} were in use for "
        f"{format_duration(timedelta(seconds=patience))}; let less run at once, or raise its 'pool'"
    )


def _host(parts: SplitResult) -> str:
    """The host, or the folder of a socket (`?host=/run/postgresql`)."""
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    folder = asked.pop("host", None)
    if asked:
        names = ", ".join(map(repr, asked))
        raise InvalidAddressError(f"the address of a database cannot say {names}; see what else can be set beside it")
    return folder or parts.hostname or ""
