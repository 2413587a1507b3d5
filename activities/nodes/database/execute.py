"""Do one statement in a database."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, JsonValue, TypeAdapter

from activities.node import Params, Result, node
from activities.rowset import answer, perform
from activities.sessions.database import DATABASE, Connection, Database, Sql, Statement
from activities.table import Record
from workflows.spec import Effect, EffectRule

_MAPPING: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


class Execute(Params):
    """What to do, and where."""

    connection: Connection
    """The database: a connection of the settings by its name, a server, or a SQLite file of the run."""
    sql: Sql
    """The statement, with `:name` where a value of `params` belongs; written out, without expressions."""
    params: dict[str, JsonValue] = Field(default={})
    """The values, by name."""
    expect_count: int | None = Field(default=None, ge=0)
    """How many rows it must write; with any other number nothing is changed, and it is an error."""
    exactly_once: bool = False
    """Keep a record of the step in the database (table `aether_effects`), so that it can be repeated safely."""


class Executed(Result):
    """What the statement did."""

    count: int
    """How many rows it wrote."""
    records: list[Record]
    """What it gives back (`returning`), by column name."""
    repeated: bool
    """Whether an earlier attempt of the step did it, whose result this is."""


@node(
    "database.execute",
    needs=DATABASE,
    effect=Effect.ONCE,
    effects=[EffectRule(param="exactly_once", values=(True,), effect=Effect.IDEMPOTENT)],
    label="sql",
    timeout=timedelta(minutes=1),
)
async def execute(database: Database, params: Execute) -> Executed:
    """Do one statement in a database: insert, update, delete, define.

    What breaks a constraint is a RequestRefusedError (business) that names it; a statement that is wrong an
    InvalidParamsError with its place. With `exactly_once` the step writes its key and its result into a table of the
    same database, in the same transaction: whatever happens to the robot, the statement takes effect once, and a
    repetition gives the first result.

    ```yaml
    - do: database.execute
      with:
        connection: {file: shop.db}
        sql: create table if not exists booking (id integer primary key, amount numeric)
    - id: booked
      do: database.execute
      with:
        connection: {file: shop.db}
        sql: insert into booking (amount) values (:amount) returning id
        params: {amount: 12.5}
        exactly_once: true
    - assert: "${{ booked.records[0].id == 1 }}"
    ```
    """
    async with database.connected(params.connection) as link:
        statement = Statement(params.sql, params.params)
        together = params.exactly_once or params.expect_count is not None

        async def work() -> JsonValue:
            return answer(await link.run(statement), params.expect_count, final=not together)

        if together:
            result, repeated = await perform(link, work, exactly_once=params.exactly_once)
        else:
            result, repeated = await work(), False
    return Executed.model_validate({**_MAPPING.validate_python(result), "repeated": repeated})
