"""What tests of programs share."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.drivers.script.scripts import ScriptDriver
from tests.support.script import rules
from tests.support.steps import Steps


@pytest.fixture
def driver(tmp_path: Path) -> ScriptDriver:
    return ScriptDriver(rules(tmp_path))


@pytest.fixture
def steps(tmp_path: Path, driver: ScriptDriver) -> Steps:
    """One run's steps on a robot that runs programs."""
    return Steps(tmp_path, driver.provider())
