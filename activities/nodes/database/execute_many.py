"""Do one statement in a database for many records."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, JsonValue

from activities.node import Params, Result, node
from activities.rowset import perform
from activities.sessions.database import DATABASE, Connection, Database, Sql
from workflows.spec import Effect, EffectRule


class ExecuteMany(Params):
    """What to do, where, and for which records."""

    connection: Connection
    """The database: a connection of the settings by its name, a server, or a SQLite file of the run."""
    sql: Sql
    """The statement, with `:name` where a record's value belongs; written out, without expressions."""
    records: list[dict[str, JsonValue]] = Field(min_length=1)
    """The values by name, one mapping per repetition; those that the statement does not name are left out."""
    exactly_once: bool = False
    """Keep a record of the step in the database (table `aether_effects`), so that it can be repeated safely."""


class Executed(Result):
    """What was done."""

    count: int
    """For how many records."""
    repeated: bool
    """Whether an earlier attempt of the step did it."""


@node(
    "database.execute_many",
    needs=DATABASE,
    effect=Effect.ONCE,
    effects=[EffectRule(param="exactly_once", values=(True,), effect=Effect.IDEMPOTENT)],
    label="sql",
    timeout=timedelta(minutes=5),
)
async def execute_many(database: Database, params: ExecuteMany) -> Executed:
    """Do one statement for every record, all of them or none.

    ```yaml
    - do: database.execute
      with:
        connection: {file: shop.db}
        sql: create table if not exists stock (article text primary key, pieces integer)
    - do: database.execute_many
      with:
        connection: {file: shop.db}
        sql: insert into stock (article, pieces) values (:article, :pieces)
        records: [{article: Pen, pieces: 10}, {article: Ink, pieces: 4}]
        exactly_once: true
    ```
    """
    async with database.connected(params.connection) as link:

        async def work() -> JsonValue:
            return await link.run_many(params.sql, params.records)

        _, repeated = await perform(link, work, exactly_once=params.exactly_once)
    return Executed(count=len(params.records), repeated=repeated)
