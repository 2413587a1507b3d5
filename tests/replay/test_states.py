"""Runs that were handed on by an older build go on with this one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.replay.record_states import MOMENTS, STATES, go_on
from tests.support.machine import World
from workflows.plan import Plan
from workflows.protocol import CallNode
from workflows.saved import load

SAMPLES = sorted(STATES.glob("*.json"))


def test_every_moment_has_its_state() -> None:
    assert set(MOMENTS) == {path.stem.partition("-")[2] for path in SAMPLES}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_state_still_goes_on(path: Path) -> None:
    sample = json.loads(path.read_text(encoding="utf-8"))
    world = World(Plan.model_validate(sample["plan"]))
    world.state = load(sample["state"])
    world.now = world.state.now

    go_on(world)

    assert sample["calls"] == [command.place for command in world.commands if isinstance(command, CallNode)]
    assert tuple(sample["end"]) == world.result
