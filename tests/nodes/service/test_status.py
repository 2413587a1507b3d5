from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from activities.drivers.system.driver import Allowed, system_provider
from activities.nodes.service import list as list_node
from activities.nodes.service import start, status
from tests.support.steps import Steps, failure_of


async def test_a_service_tells_how_it_is(steps: Steps) -> None:
    await steps.do(start.start, {"service": "office-sync", "scope": "user"})

    seen = await steps.do(status.status, {"service": "office-sync.service", "scope": "user"})

    assert ("running", "active (running)", "Keeps the office in step") == (
        seen["state"],
        seen["detail"],
        seen["description"],
    )
    assert "sleep" == psutil.Process(seen["pid"]).name()


async def test_a_service_that_is_not_there_is_the_authors_mistake(steps: Steps) -> None:
    error = await failure_of(steps.do(status.status, {"service": "nothing", "scope": "user"}))

    assert ("ConfigurationError", False) == (error.type, error.acted)
    assert (
        "has no service of the robot's user 'nothing': systemd calls it 'not-found'; see service.list" in error.message
    )


@pytest.mark.parametrize("name", ["-H", "--host=x", "/etc/passwd", "a\nb", ""])
async def test_a_name_that_is_none_is_refused(steps: Steps, name: str) -> None:
    error = await failure_of(steps.do(status.status, {"service": name, "scope": "user"}))

    assert "InvalidParamsError" == error.type


async def test_a_target_cannot_be_named(steps: Steps) -> None:
    error = await failure_of(steps.do(status.status, {"service": "basic.target", "scope": "user"}))

    assert "'not-found'" in error.message


@pytest.mark.parametrize("node", [status.status, list_node.list_services])
async def test_a_machine_without_a_manager_of_services_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node: object
) -> None:
    (tmp_path / "own").mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "own"))
    steps = Steps(tmp_path / "own", system_provider(Allowed()))
    params = {"service": "office-sync"} if node is status.status else {}

    error = await failure_of(steps.do(node, params | {"scope": "user"}))  # type: ignore[arg-type] # either

    assert ("ConfigurationError", False) == (error.type, error.acted)
    assert "nothing on this robot's machine knows of a service" in error.message


async def test_a_machine_without_systemd_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    steps = Steps(tmp_path, system_provider(Allowed()))

    error = await failure_of(steps.do(status.status, {"service": "office-sync"}))

    assert ("ConfigurationError", True) == (error.type, "'systemctl' is missing" in error.message)
