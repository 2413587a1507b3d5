"""Add many rows to a table of a database."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, JsonValue, TypeAdapter, model_validator

from activities.encoding import Encoding
from activities.node import Params, Result, node
from activities.rowset import perform
from activities.sessions.database import DATABASE, Connection, Csv, Database
from activities.table import DELIMITER, Records, rows_of
from workflows.spec import Effect, EffectRule

TABLE = r"^[^.\x00]+(\.[^.\x00]+)?$"
_COUNT: TypeAdapter[int] = TypeAdapter(int)


class CopyIn(Params):
    """Which rows, and where they belong."""

    connection: Connection
    """The database: a connection of the settings by its name, a server, or a SQLite file of the run."""
    table: str = Field(pattern=TABLE)
    """The table, as `table` or `schema.table`."""
    records: Records | None = None
    """The rows: mappings by column name, or lists."""
    path: str | None = None
    """The CSV file with the rows, relative to the run's workspace; empty values are null."""
    columns: tuple[str, ...] = ()
    """The columns, in the order of the values; by default as records or the file's header name them."""
    delimiter: str = Field(default=",", pattern=DELIMITER)
    """What stands between two values of the file."""
    header: bool = True
    """Whether the first row of the file names the columns."""
    encoding: Encoding = "utf-8"
    """How the text of the file is written."""
    exactly_once: bool = False
    """Keep a record of the step in the database (table `aether_effects`), so that it can be repeated safely."""

    @model_validator(mode="after")
    def _one_source(self) -> CopyIn:
        if (self.records is None) == (self.path is None):
            msg = "expected 'records' or 'path'"
            raise ValueError(msg)
        return self


class Copied(Result):
    """What was added."""

    count: int
    """How many rows."""
    repeated: bool
    """Whether an earlier attempt of the step did it."""


@node(
    "database.copy_in",
    needs=DATABASE,
    effect=Effect.ONCE,
    effects=[EffectRule(param="exactly_once", values=(True,), effect=Effect.IDEMPOTENT)],
    label="table",
    timeout=timedelta(minutes=10),
)
async def copy_in(database: Database, params: CopyIn) -> Copied:
    r"""Add records or the rows of a CSV file to a table, all of them or none, by the fastest way the database has.

    PostgreSQL takes them by COPY: millions of rows, which never are in the robot's memory at once.

    ```yaml
    - do: files.write
      with: {path: stock.csv, content: "article,pieces\nPen,10\nInk,4\n"}
    - do: database.execute
      with: {connection: {file: shop.db}, sql: "create table stock (article text, pieces integer)"}
    - do: database.copy_in
      with: {connection: {file: shop.db}, table: stock, path: stock.csv}
    ```
    """
    async with database.connected(params.connection) as link:

        async def work() -> JsonValue:
            if params.path is None:
                columns, rows = rows_of(params.records or [], params.columns or None)
                return await link.load(params.table, columns or (), rows)
            async with database.workspace.reading(params.path) as place:
                source = Csv(place, params.path, params.delimiter, params.header, params.encoding)
                return await link.copy_in(params.table, params.columns, source)

        count, repeated = await perform(link, work, exactly_once=params.exactly_once)
    return Copied(count=_COUNT.validate_python(count), repeated=repeated)
