"""Settings and a client of Temporal, as the caller's options say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeVar

from temporalio.client import Client

from cli.caller import Caller
from workers.layers import read_settings
from workers.places import attach
from workers.settings import Settings

T = TypeVar("T")


def settings_of(caller: Caller, flags: Mapping[str, object] | None = None, *, config: Path | None = None) -> Settings:
    """Read the settings, from the given file instead of the nearest `aether.toml`."""
    return read_settings(flags, connection=caller.connection, config=config)


def with_client(caller: Caller, work: Callable[[Settings, Client], Awaitable[T]]) -> T:
    """Do something with a client of Temporal."""
    settings = settings_of(caller)

    async def connected() -> T:
        return await work(*await attach(settings))

    return asyncio.run(connected())
