"""What tests of databases share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from activities.drivers.database.databases import Databases
from activities.drivers.database.place import Named
from tests.support.postgres import USER, Postgres
from tests.support.steps import KnownSecrets, Steps

Rows = Callable[[str], Awaitable[list[Any]]]


@pytest.fixture(scope="session")
async def databases(postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Databases]:
    """A robot that knows a database as `shop`, and a file as `kept`."""
    address = f"postgresql://{USER}@127.0.0.1:{postgres_server.port}/postgres"
    named = {
        "shop": Named(address, password="shop-password"),
        "looked_at": Named(address, password="shop-password", read_only=True),
        "kept": Named(f"sqlite://{tmp_path_factory.mktemp('kept') / 'kept.db'}"),
    }
    made = Databases(named, KnownSecrets({"shop-password": postgres_server.password}))
    provider = made.provider()
    yield made
    assert provider.close is not None
    await provider.close()


@pytest.fixture
def steps(tmp_path: Path, databases: Databases, database: str) -> Steps:  # noqa: ARG001 - empty for each test
    """One run's steps, with its files and these databases."""
    return Steps(tmp_path, databases.provider())


@pytest.fixture
def rows(postgres_server: Postgres, database: str) -> Rows:
    """Looks at the database past the robot."""

    async def look(sql: str) -> list[Any]:
        return [tuple(row) for row in await postgres_server.run(sql, database=database)]

    return look
