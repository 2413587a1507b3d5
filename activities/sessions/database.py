"""What nodes need of databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Protocol, TypeAlias

from pydantic import Field, JsonValue

from activities.node import Capability, Params
from activities.sessions.files import Workspace
from activities.table import Row

Sql: TypeAlias = Annotated[str, Field(min_length=1, json_schema_extra={"format": "written-out"})]
"""A statement: written out in the document, so that no value can ever become part of it."""

Tls: TypeAlias = Literal["off", "prefer", "require", "verify"]


class Server(Params):
    """A database server that a step names itself."""

    url: str
    """Where it is, e.g. `postgresql://user@db.example.com/shop`."""
    password: str | None = None
    """The password; write `${{ secret('name') }}`."""
    tls: Tls = "prefer"
    """How the connection is encrypted: not at all, if the server can, always, or by a certificate that is checked."""


class DatabaseFile(Params):
    """A SQLite database among the run's files."""

    file: str
    """The file, relative to the run's workspace; a step that writes makes it where it is missing."""


Connection: TypeAlias = str | Server | DatabaseFile
"""A connection of the settings by its name, or a database that the step names itself."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement with the values of its `:names`."""

    sql: str
    values: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a statement came to."""

    count: int
    """How many rows it wrote, or gave."""
    columns: tuple[str, ...]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Csv:
    """A CSV file on this machine, and how it is written."""

    path: Path
    shown_as: str
    delimiter: str = ","
    header: bool = True
    encoding: str = "utf-8"


class Cursor(Protocol):
    """The rows of a query, some at a time."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns as the database has them."""

    async def fetch(self, count: int) -> Sequence[Row]:
        """Give the next rows; none at the end."""


class Link(Protocol):
    """One connection to a database, for one step.

    What a database refuses is an error that says who must act: RequestRefusedError for what the data breaks,
    InvalidParamsError for what is wrong with a statement, AccessDeniedError for who asks, ServerFailedError and
    ServerUnreachableError for the server. Each tells whether anything was changed.
    """

    def reading(self, statement: Statement) -> AbstractAsyncContextManager[Cursor]:
        """Ask for rows; the database refuses to change anything."""

    async def run(self, statement: Statement) -> Outcome:
        """Do a statement; it may give rows."""

    async def run_many(self, sql: str, records: Sequence[Mapping[str, JsonValue]]) -> int:
        """Do one statement for many records."""

    async def load(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        """Add rows to a table; how many there were."""

    async def copy_in(self, table: str, columns: Sequence[str], source: Csv) -> int:
        """Add the rows of a CSV file to a table; how many there were."""

    async def copy_out(self, table: str, columns: Sequence[str], target: Csv) -> int:
        """Write the rows of a table to a CSV file; how many there were."""

    async def atomically(self, work: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        """Do several things or, where one of them fails, nothing."""

    async def once(self, work: Callable[[], Awaitable[JsonValue]]) -> tuple[JsonValue, bool]:
        """Do several things or nothing, and never again for the same step.

        Gives the first result, and whether it is of an earlier attempt.
        """


class Database(Protocol):
    """Databases, for one step."""

    @property
    def workspace(self) -> Workspace:
        """The files of the run."""

    def connected(self, connection: Connection, *, reading: bool = False) -> AbstractAsyncContextManager[Link]:
        """Have a connection for as long as the block lasts; nothing is done to a database that is read only."""


DATABASE: Capability[Database] = Capability("database", workspace=True)
"""Databases."""
