import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from workers.client import ConnectionFailedError, connect
from workers.connection import Connection
from workers.ports import free_ports
from workers.server import ServerConfig
from workers.settings import Settings


def settings_for(state: Path, address: str, namespace: str = "default") -> Settings:
    return Settings.located(state, temporal=Connection(address=address, namespace=namespace))


async def test_nobody_at_the_address_is_said_at_once_with_a_remedy(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_ports(1)[0]}"

    async with asyncio.timeout(30):
        with pytest.raises(ConnectionFailedError, match=f"{address}.*nothing listens there.*aether dev"):
            await connect(settings_for(tmp_path, address), patience=timedelta(minutes=1))


async def test_an_unknown_host_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailedError, match=r"'no-such-host\.invalid:7233': the host name is unknown"):
        await connect(settings_for(tmp_path, "no-such-host.invalid:7233"))


async def test_a_missing_namespace_is_named(server: ServerConfig, tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailedError, match="has no namespace 'nowhere'"):
        await connect(settings_for(tmp_path, server.address, "nowhere"))


async def test_a_server_brings_its_namespace_and_is_reached(server: ServerConfig, tmp_path: Path) -> None:
    client = await connect(settings_for(tmp_path, server.address), identity="robot-1")

    assert ("default", "robot-1") == (client.namespace, client.identity)
