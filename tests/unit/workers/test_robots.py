"""Robots as people see them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cards import card
from workers.robots import Robot, unknown
from workflows.fleet import Busy, BusyStep, RobotEntry, RobotView

STEP = BusyStep(run="pay/1", place="fill", node="browser.fill", since=1.0)


def robot(*, busy: Busy | None = None, attended: bool = True, **entry: Any) -> Robot:
    known = RobotEntry.model_validate({"card": card(), "presence": "here", "since": 1.0, **entry})
    return Robot(RobotView(entry=known), busy, attended=attended)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (robot(), "idle"),
        (robot(busy=Busy(cpu=0.1, memory=0.1)), "idle"),
        (robot(busy=Busy(cpu=0.1, memory=0.1, steps=(STEP,))), "busy"),
        (robot(busy=Busy(cpu=0.1, memory=0.1, sessions=("s",))), "busy"),
        (robot(failing="the disk is full"), "failing"),
        (robot(mode="paused", failing="the disk is full"), "paused"),
        (robot(mode="draining"), "draining"),
        (robot(presence="lost"), "lost"),
        (robot(presence="offline", mode="paused"), "offline"),
        (robot(attended=False), "lost"),
    ],
)
def test_a_robot_has_a_status(seen: Robot, expected: str) -> None:
    assert expected == seen.status


def test_an_unknown_robot_is_refused_with_the_names_of_similar_ones() -> None:
    assert "no robot 'ana'; did you mean 'anna'?" == unknown("ana", ["anna", "bert"])


def test_without_a_similar_one_one_learns_what_to_do() -> None:
    assert "`aether robot list` shows all" in unknown("zoe", ["anna"])
    assert "start one with `aether robot start`" in unknown("zoe", [])
