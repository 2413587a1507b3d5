"""Do several statements in a database, all of them or none."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, JsonValue, TypeAdapter

from activities.node import Params, Result, node
from activities.rowset import answer, perform
from activities.sessions.database import DATABASE, Connection, Database, Sql, Statement
from activities.table import Record
from workflows.spec import Effect, EffectRule


class Part(Params):
    """One statement of a transaction."""

    sql: Sql
    """The statement, with `:name` where a value of `params` belongs; written out, without expressions."""
    params: dict[str, JsonValue] = Field(default={})
    """The values, by name."""
    expect_count: int | None = Field(default=None, ge=0)
    """How many rows it must write; with any other number nothing at all is changed, and it is an error."""


Written = Annotated[Part, Field(json_schema_extra={"format": "written-out"})]


class Transaction(Params):
    """What to do, and where."""

    connection: Connection
    """The database: a connection of the settings by its name, a server, or a SQLite file of the run."""
    statements: list[Written] = Field(min_length=1, json_schema_extra={"format": "written-out"})
    """What belongs together, in order."""
    exactly_once: bool = False
    """Keep a record of the step in the database (table `aether_effects`), so that it can be repeated safely."""


class Done(Result):
    """What one statement did."""

    count: int
    """How many rows it wrote, or gave."""
    records: list[Record]
    """What it gives back, by column name."""


class Committed(Result):
    """What the transaction did."""

    results: list[Done]
    """What each statement did, in order."""
    repeated: bool
    """Whether an earlier attempt of the step did it, whose results these are."""


_DONE: TypeAdapter[list[Done]] = TypeAdapter(list[Done])


@node(
    "database.transaction",
    needs=DATABASE,
    effect=Effect.ONCE,
    effects=[EffectRule(param="exactly_once", values=(True,), effect=Effect.IDEMPOTENT)],
    timeout=timedelta(minutes=1),
)
async def transaction(database: Database, params: Transaction) -> Committed:
    """Do several statements in a database as one step: all of them, or none where one fails.

    A transaction never waits for other steps: what is decided between two statements belongs into SQL, or into
    `expect_count`.

    ```yaml
    - do: database.transaction
      with:
        connection: {file: bank.db}
        statements:
          - sql: create table if not exists account (owner text primary key, amount integer)
          - sql: insert into account (owner, amount) values ('Ann', 100), ('Bob', 0)
          - sql: update account set amount = amount - :amount where owner = :owner and amount >= :amount
            params: {owner: Ann, amount: 30}
            expect_count: 1
          - sql: update account set amount = amount + :amount where owner = :owner
            params: {owner: Bob, amount: 30}
            expect_count: 1
        exactly_once: true
    ```
    """
    async with database.connected(params.connection) as link:

        async def work() -> JsonValue:
            return [
                answer(await link.run(Statement(part.sql, part.params)), part.expect_count)
                for part in params.statements
            ]

        results, repeated = await perform(link, work, exactly_once=params.exactly_once)
    return Committed(results=_DONE.validate_python(results), repeated=repeated)
