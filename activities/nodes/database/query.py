"""Ask a database for rows."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta

from pydantic import Field, JsonValue

from activities.node import Params, Result, node
from activities.rowset import gathered, records_of, saved
from activities.sessions.database import DATABASE, Connection, Database, Sql, Statement
from activities.table import Record, column_names
from workflows.spec import Effect


class Query(Params):
    """What to ask, and where."""

    connection: Connection
    """The database: a connection of the settings by its name, a server, or a SQLite file of the run."""
    sql: Sql
    """The statement, with `:name` where a value of `params` belongs; written out, without expressions."""
    params: dict[str, JsonValue] = Field(default={})
    """The values, by name."""
    limit: int = Field(default=10_000, ge=1)
    """How many rows may come; more are an error."""
    save_as: str | None = None
    """Where to save the rows as a CSV file in the run's workspace; of any number."""


class Found(Result):
    """What the database has."""

    records: list[Record]
    """The rows by column name; none where they were saved."""
    count: int
    """How many there are."""
    columns: tuple[str, ...]
    """The names of the columns, in order."""
    path: str | None
    """The file with the rows, if they were saved."""


@node("database.query", needs=DATABASE, effect=Effect.READ, label="sql", timeout=timedelta(minutes=1))
async def query(database: Database, params: Query) -> Found:
    """Ask a database for rows; the database refuses to change anything.

    Numbers stay numbers as long as those say the same digits, else they are text (more than 15 digits); dates and times
    become ISO text, bytes Base64, JSON and arrays what they hold. A value of `params` is read by the type that the
    statement needs: `"2026-01-31"` is a date where a date belongs, and a list is an array (`any(:ids)`).

    ```yaml
    - do: database.execute
      with:
        connection: {file: shop.db}
        sql: create table if not exists article (id integer primary key, name text, price numeric)
    - do: database.execute
      with:
        connection: {file: shop.db}
        sql: insert into article (name, price) values (:name, :price)
        params: {name: Pen, price: 1.1}
    - id: cheap
      do: database.query
      with:
        connection: {file: shop.db}
        sql: select name, price from article where price < :limit order by id
        params: {limit: 5}
    - assert: "${{ cheap.records == [{'name': 'Pen', 'price': 1.1}] }}"
    ```
    """
    async with AsyncExitStack() as stack:
        link = await stack.enter_async_context(database.connected(params.connection, reading=True))
        place = await stack.enter_async_context(database.workspace.writing(params.save_as)) if params.save_as else None
        cursor = await stack.enter_async_context(link.reading(Statement(params.sql, params.params)))
        columns = tuple(column_names(list(cursor.columns)))
        if place is not None:
            return Found(records=[], count=await saved(cursor, place), columns=columns, path=params.save_as)
        rows = await gathered(cursor, params.limit)
        return Found(records=records_of(columns, rows), count=len(rows), columns=columns, path=None)
