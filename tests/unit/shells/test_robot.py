"""Robots as workflows: which process is a robot's, what they refuse, and what is told once only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from temporalio.exceptions import ApplicationError

from tests.support.cards import card
from tests.support.play import Play, playing
from workflows.fleet import (
    LEAVE_SIGNAL,
    MODE_UPDATE,
    ORDER_ACTIVITY,
    PRESENCE_ACTIVITY,
    REGISTER_UPDATE,
    REPORT_SIGNAL,
    ROBOT_SIGNAL,
    TAGS_UPDATE,
    VIEW_QUERY,
    ModeRequest,
    RobotReport,
    RobotView,
    TagsRequest,
)
from workflows.ids import RobotId, robot_queue, robot_workflow
from workflows.presence import TAKEN, came
from workflows.robot import Robot, RobotState

NAME = robot_workflow(RobotId("anna"))


@pytest.fixture
def robot() -> Iterator[Play]:
    """One that has never been here."""
    with playing(Robot, RobotState(), name=NAME) as play:
        yield play


def presences(robot: Play) -> list[str]:
    """What its pool was told of it, the first first."""
    return [said.message["presence"] for said in robot.told(ROBOT_SIGNAL)]


def test_of_a_robot_that_has_never_been_here_nothing_is_known(robot: Play) -> None:
    robot.signal(REPORT_SIGNAL, RobotReport(incarnation="one", load="high"))
    robot.signal(LEAVE_SIGNAL, "one")

    assert robot.query(VIEW_QUERY, kind=RobotView) is None
    assert [] == robot.said


def test_a_robot_that_has_come_is_known(robot: Play) -> None:
    robot.update(REGISTER_UPDATE, card())

    view = robot.query(VIEW_QUERY, kind=RobotView)
    assert view is not None
    assert ("here", "one") == (view.entry.presence, view.entry.card.incarnation)
    assert [robot_queue(RobotId("anna"))] == [work.queue for work in robot.at_work(PRESENCE_ACTIVITY)]


def test_a_process_that_registers_again_is_still_attended_as_before_and_nothing_new_is_told(robot: Play) -> None:
    robot.update(REGISTER_UPDATE, card())
    before = robot.at_work(PRESENCE_ACTIVITY)

    robot.update(REGISTER_UPDATE, card())

    assert before == robot.at_work(PRESENCE_ACTIVITY)
    assert ["here"] == presences(robot)


def test_a_second_process_is_refused_while_the_first_one_is_here_and_is_told_which_that_is(robot: Play) -> None:
    robot.update(REGISTER_UPDATE, card(incarnation="one"))

    with pytest.raises(ApplicationError, match="is running already: process 42") as refused:
        robot.update(REGISTER_UPDATE, card(incarnation="two"))

    assert (TAKEN, "one") == (refused.value.type, refused.value.details[0]["incarnation"])


def test_the_goodbye_of_a_predecessor_says_nothing_of_the_process_that_is_here(robot: Play) -> None:
    robot.update(REGISTER_UPDATE, card(incarnation="one"))
    robot.update(REGISTER_UPDATE, card(incarnation="two", replaces="one"))

    robot.signal(LEAVE_SIGNAL, "one")

    assert ["here", "here"] == presences(robot)


def test_a_robot_that_is_not_here_cannot_be_drained(robot: Play) -> None:
    robot.update(REGISTER_UPDATE, card())
    robot.signal(LEAVE_SIGNAL, "one")

    with pytest.raises(ApplicationError, match="'anna' is offline: there is nothing to drain"):
        robot.update(MODE_UPDATE, ModeRequest(mode="draining", by="ada"))


def test_what_cannot_be_a_tag_is_refused(robot: Play) -> None:
    robot.update(REGISTER_UPDATE, card())

    with pytest.raises(ApplicationError, match="'GPU 1' cannot be a tag"):
        robot.update(TAGS_UPDATE, TagsRequest(add=("GPU 1",), by="ada"))


def test_a_robot_gets_a_tag_and_its_process_is_told(robot: Play) -> None:
    robot.update(REGISTER_UPDATE, card())

    robot.update(TAGS_UPDATE, TagsRequest(add=("gpu",), by="ada"))

    assert [["gpu"]] == [work.args[0]["tags"] for work in robot.at_work(ORDER_ACTIVITY)]


def test_a_new_history_of_a_robot_that_is_away_attends_to_nobody() -> None:
    away = came(None, card(), at=1.0).gone("offline", at=2.0)

    with playing(Robot, RobotState(known=away), name=NAME) as robot:
        assert ["offline"] == presences(robot)
        assert {} == robot.activities


def test_a_new_history_of_a_robot_that_is_here_goes_on_attending_to_its_process() -> None:
    with playing(Robot, RobotState(known=came(None, card(), at=1.0)), name=NAME) as robot:
        assert ["one"] == [work.args[0]["incarnation"] for work in robot.at_work(PRESENCE_ACTIVITY)]


def test_a_robot_begins_a_new_history_when_its_presence_is_to_be_renewed(robot: Play) -> None:
    robot.update(REGISTER_UPDATE, card())

    robot.done(robot.at_work(PRESENCE_ACTIVITY)[0])

    known = robot.handed_on(RobotState).known
    assert known is not None
    assert "here" == known.presence
