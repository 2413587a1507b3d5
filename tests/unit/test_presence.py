"""What is known of a robot, as its process and people tell."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cards import card
from workflows.fleet import ModeRequest, Order, RobotReport, TagsRequest
from workflows.presence import Known, came, card_refusal, mode_refusal, tags_refusal

DRAIN = ModeRequest(mode="draining", by="ada", why="new disk")
PAUSE = ModeRequest(mode="paused", by="bob", why="lunch")
SERVE = ModeRequest(mode="serving", by="bob")


@pytest.fixture
def known() -> Known:
    return came(None, card(tags=("sap",)), at=1.0)


def test_a_robot_that_comes_for_the_first_time_serves(known: Known) -> None:
    assert ("Online", True, 1.0) == (known.standing, known.entry.takes_work, known.entry.since)
    assert Order(mode="serving", tags=("sap",)) == known.order


@pytest.mark.parametrize(
    ("request_", "standing", "word"),
    [(DRAIN, "Draining", ("ada", "new disk")), (PAUSE, "Paused", ("bob", "lunch")), (SERVE, "Online", ("", ""))],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_who_wants_what_of_it_is_known(
    known: Known, request_: ModeRequest, standing: str, word: tuple[str, str]
) -> None:
    after = known.decided(request_, at=2.0)

    assert (standing, *word) == (after.standing, after.view.by, after.view.why)


def test_what_goes_on_does_not_begin_anew(known: Known) -> None:
    paused = known.decided(PAUSE, at=2.0).heard(RobotReport(incarnation="one", load="full"), at=3.0)

    assert (2.0, "full") == (paused.entry.since, paused.entry.load)


def test_a_robot_that_fails_takes_no_work_until_it_is_well(known: Known) -> None:
    failing = known.heard(RobotReport(incarnation="one", failing="the disk is full"), at=2.0)
    well = failing.heard(RobotReport(incarnation="one", failing=""), at=3.0)

    assert ("Failing", False, "the disk is full") == (failing.standing, failing.entry.takes_work, failing.entry.failing)
    assert ("Online", True) == (well.standing, well.entry.takes_work)


def test_what_another_process_says_does_not_count(known: Known) -> None:
    lost = known.gone("lost", at=2.0)

    assert known == known.heard(RobotReport(incarnation="two", load="full"), at=2.0)
    assert lost == lost.heard(RobotReport(incarnation="one", load="full"), at=3.0)


@pytest.mark.parametrize(("presence", "standing"), [("lost", "Lost"), ("offline", "Offline")])
def test_a_robot_that_is_gone_takes_no_work_whatever_was_wanted_of_it(
    known: Known, presence: Any, standing: str
) -> None:
    gone = known.decided(PAUSE, at=2.0).gone(presence, at=3.0)

    assert (standing, 3.0, False) == (gone.standing, gone.entry.since, gone.entry.takes_work)


def test_a_paused_robot_stays_paused_when_it_starts_anew_and_a_drained_one_does_not_drain_again(known: Known) -> None:
    drained = known.decided(PAUSE, at=2.0).decided(DRAIN, at=3.0).gone("offline", at=4.0)

    again = came(drained, card(incarnation="two"), at=5.0)

    assert ("Paused", "bob") == (again.standing, again.view.by)
    assert "Online" == came(again.decided(SERVE, at=6.0), card(incarnation="three"), at=7.0).standing


def test_a_process_that_was_taken_for_lost_goes_on_as_before(known: Known) -> None:
    lost = known.decided(DRAIN, at=2.0).gone("lost", at=3.0)

    back = came(lost, card(tags=("sap",)), at=4.0)

    assert ("Draining", 4.0) == (back.standing, back.since)
    assert back == came(back, card(tags=("sap",)), at=5.0)


def test_tags_are_changed(known: Known) -> None:
    after = known.retagged(TagsRequest(add=("gpu", "office"), remove=("sap",)), at=2.0)
    back = after.retagged(TagsRequest(add=("sap",), remove=("gpu",)), at=3.0)

    assert ("gpu", "office") == after.entry.card.tags
    assert ("office", "sap") == back.order.tags


def test_changes_of_tags_last_until_the_robot_brings_others_of_its_own(known: Known) -> None:
    changed = known.retagged(TagsRequest(add=("gpu",), remove=("sap",)), at=2.0)

    same = came(changed, card(incarnation="two", tags=("sap",)), at=3.0)
    others = came(changed, card(incarnation="two", tags=("sap", "office")), at=3.0)

    assert (("gpu",), ("office", "sap")) == (same.tags, others.tags)


def test_a_second_process_is_refused_while_the_first_may_live(known: Known) -> None:
    second = card(incarnation="two")

    refusal = card_refusal(known, second)

    assert refusal is not None
    assert "process 42 on 'desk', since 1970-01-01 00:16:40 UTC" in refusal
    assert "--id" in refusal


@pytest.mark.parametrize("facts", [{"incarnation": "one"}, {"incarnation": "two", "replaces": "one"}], ids=str)
def test_a_process_may_come_again_and_in_the_place_of_one_that_is_dead(known: Known, facts: dict[str, Any]) -> None:
    assert card_refusal(known, card(**facts)) is None


@pytest.mark.parametrize("presence", ["lost", "offline"])
def test_anyone_may_come_when_nobody_is_there(known: Known, presence: Any) -> None:
    second = card(incarnation="two")

    assert (None, None) == (card_refusal(None, second), card_refusal(known.gone(presence, at=2.0), second))


def test_what_a_robot_cannot_do_is_refused(known: Known) -> None:
    offline, draining = known.gone("offline", at=2.0), known.decided(DRAIN, at=2.0)

    assert "this robot has never been here" == mode_refusal(None, DRAIN) == tags_refusal(None, TagsRequest())
    assert "is offline: there is nothing to drain" in str(mode_refusal(offline, DRAIN))
    assert "is draining, and ends soon" in str(mode_refusal(draining, SERVE))
    assert [None, None, None] == [
        mode_refusal(draining, DRAIN), mode_refusal(offline, PAUSE), mode_refusal(known, PAUSE)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (TagsRequest(add=("Not a tag",)), "cannot be a tag"),
        (TagsRequest(add=("gpu",), remove=("gpu",)), "added and removed at once"),
        (TagsRequest(remove=("gpu",)), "has no tag 'gpu'; its tags: sap"),
        (TagsRequest(add=("gpu",), remove=("sap",)), None),
    ],
    ids=str,
)
def test_tags_that_cannot_be_are_refused(known: Known, request_: TagsRequest, refusal: str | None) -> None:
    found = tags_refusal(known, request_)

    assert (refusal is None) == (found is None)
    assert (refusal or "") in (found or "")


def test_a_robot_without_tags_says_so() -> None:
    bare = came(None, card(), at=1.0)

    assert "its tags: none" in str(tags_refusal(bare, TagsRequest(remove=("gpu",))))
