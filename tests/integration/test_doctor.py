"""What `aether doctor` finds, on a real server and a real machine."""

import asyncio
from pathlib import Path

import pytest
from temporalio.client import Client

from activities.drivers.local_secrets import LocalSecrets
from tests.support.server import ROBOTS
from workers.checkup import Check
from workers.connection import Connection
from workers.doctor import examine
from workers.orchestrator import orchestrator
from workers.ports import free_ports
from workers.server import ServerConfig
from workers.settings import Settings
from workflows.run import Run


@pytest.fixture
def settings(server: ServerConfig, tmp_path: Path) -> Settings:
    return Settings.located(
        tmp_path, temporal=Connection(address=server.address, namespace=ROBOTS), secrets_key=tmp_path / "key"
    )


async def findings(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in await examine(settings)}


async def test_a_good_installation_has_nothing_wrong_but_its_missing_processes(settings: Settings) -> None:
    found = await findings(settings)

    wrong = {name for name, check in found.items() if not check.ok}
    assert wrong <= {"orchestrator", "robots for browser", "robots for files", "robots for http"}
    assert {"temporal", "namespace", "search attributes", "dynamic config", "clock"} <= set(found)
    assert {"browser", "fonts", "playwright", "state directory", "disk", "secrets"} <= set(found)


async def test_a_running_orchestrator_is_seen(robots_client: Client, settings: Settings) -> None:
    async with orchestrator(robots_client, [Run]):
        found = await findings(settings)

    assert found["orchestrator"].ok
    assert robots_client.identity in found["orchestrator"].detail


async def test_without_a_server_the_rest_is_checked_all_the_same(settings: Settings) -> None:
    nowhere = Connection(address=f"127.0.0.1:{free_ports(1)[0]}")

    found = await findings(settings.model_copy(update={"temporal": nowhere}))

    assert not found["temporal"].ok
    assert found["temporal"].stops_runs
    assert "aether dev" in found["temporal"].remedy
    assert found["disk"].ok


async def test_the_clock_is_compared_with_the_servers(settings: Settings) -> None:
    found = await findings(settings)

    assert "0.0 s from the server's" == found["clock"].detail


async def test_secrets_that_cannot_be_opened_stop_runs(settings: Settings) -> None:
    await asyncio.to_thread(LocalSecrets(settings.secrets, settings.secrets_key).set, "portal", "hunter2")
    settings.secrets_key.unlink()

    found = await findings(settings)

    assert (False, True) == (found["secrets"].ok, found["secrets"].stops_runs)
    assert "key" in found["secrets"].detail


async def test_a_browser_that_is_not_where_the_settings_say_stops_runs(settings: Settings) -> None:
    robot = settings.robot.model_copy(update={"browser": Path("/nowhere/chrome")})

    found = await findings(settings.model_copy(update={"robot": robot}))

    assert (False, True) == (found["browser"].ok, found["browser"].stops_runs)
    assert found["browser"].remedy
