"""Write the rows of a table of a database to a file."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from activities.node import Params, Result, node
from activities.sessions.database import DATABASE, Connection, Csv, Database
from activities.table import DELIMITER
from workflows.spec import Effect

TABLE = r"^[^.\x00]+(\.[^.\x00]+)?$"


class CopyOut(Params):
    """Which table, and where to."""

    connection: Connection
    """The database: a connection of the settings by its name, a server, or a SQLite file of the run."""
    table: str = Field(pattern=TABLE)
    """The table, as `table` or `schema.table`."""
    path: str
    """The CSV file, relative to the run's workspace; one that is there is replaced."""
    columns: tuple[str, ...] = ()
    """Which columns, in which order; by default all."""
    delimiter: str = Field(default=",", pattern=DELIMITER)
    """What stands between two values."""
    header: bool = True
    """Whether the first row names the columns."""


class Copied(Result):
    """What was written."""

    path: str
    """The file."""
    count: int
    """How many rows it holds."""


@node(
    "database.copy_out",
    needs=DATABASE,
    effect=Effect.READ,
    label="table",
    timeout=timedelta(minutes=10),
)
async def copy_out(database: Database, params: CopyOut) -> Copied:
    """Write all rows of a table to a CSV file, by the fastest way the database has.

    Values are written as the database itself writes them, so that `database.copy_in` takes them again; an empty value
    is null. `database.query` with `save_as` writes the rows of any query.

    ```yaml
    - do: database.transaction
      with:
        connection: {file: shop.db}
        statements:
          - sql: create table stock (article text, pieces integer)
          - sql: insert into stock values ('Pen', 10), ('Ink', 4)
    - id: copied
      do: database.copy_out
      with: {connection: {file: shop.db}, table: stock, path: stock.csv}
    - assert: "${{ copied.count == 2 }}"
    ```
    """
    async with (
        database.workspace.writing(params.path) as place,
        database.connected(params.connection, reading=True) as link,
    ):
        count = await link.copy_out(
            params.table, params.columns, Csv(place, params.path, params.delimiter, params.header)
        )
    return Copied(path=params.path, count=count)
