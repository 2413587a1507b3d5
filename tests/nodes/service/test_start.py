from __future__ import annotations

from pathlib import Path

import pytest

from activities.drivers.system.driver import Allowed, system_provider
from activities.nodes.service import restart, start, stop
from tests.support.steps import Steps, failure_of


async def test_a_service_runs_whether_or_not_it_did(steps: Steps) -> None:
    await steps.do(stop.stop, {"service": "office-sync", "scope": "user"})

    first = await steps.do(start.start, {"service": "office-sync", "scope": "user"})
    again = await steps.do(start.start, {"service": "office-sync", "scope": "user"})

    assert (True, False) == (first["changed"], again["changed"])
    assert "running" == first["service"]["state"]
    assert first["service"] == again["service"]


async def test_what_stays_when_its_work_is_done_counts_as_running(steps: Steps) -> None:
    await steps.do(stop.stop, {"service": "office-kept", "scope": "user"})

    started = await steps.do(start.start, {"service": "office-kept", "scope": "user"})

    assert ("running", "active (exited)", None) == tuple(started["service"][key] for key in ("state", "detail", "pid"))


@pytest.mark.parametrize(("service", "words"), [("office-crash", "did not stay"), ("office-nothing", "(exit-code)")])
async def test_a_service_that_ends_at_once_was_not_started(steps: Steps, service: str, words: str) -> None:
    error = await failure_of(steps.do(start.start, {"service": service, "scope": "user"}))

    assert ("MachineError", "robot", True) == (error.type, error.kind, error.acted)
    assert words in error.message


@pytest.mark.parametrize("node", [start.start, restart.restart])
async def test_a_service_that_does_its_work_and_ends_is_refused(steps: Steps, node: object) -> None:
    error = await failure_of(steps.do(node, {"service": "office-once", "scope": "user"}))  # type: ignore[arg-type] # any

    assert ("ConfigurationError", False) == (error.type, error.acted)
    assert "does its work and ends ('oneshot')" in error.message


@pytest.mark.parametrize(("node", "verb"), [(start.start, "start"), (stop.stop, "stop"), (restart.restart, "restart")])
async def test_a_service_that_the_settings_do_not_name_is_left_alone(tmp_path: Path, node: object, verb: str) -> None:
    steps = Steps(tmp_path, system_provider(Allowed(services=("postgresql", "cron.service"))))

    error = await failure_of(steps.do(node, {"service": "ssh"}))  # type: ignore[arg-type] # any

    assert ("ConfigurationError", False) == (error.type, error.acted)
    expected = f"this robot may not {verb} service 'ssh'; its setting 'system.services' names those that it may: "
    assert f"{expected}'postgresql', 'cron.service'" == error.message
