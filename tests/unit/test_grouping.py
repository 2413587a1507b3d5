"""What people are told of incidents, notice by notice."""

from __future__ import annotations

from datetime import timedelta

from tests.support.notices import NOON, Desk, told
from workflows.grouping import MOST_INCIDENTS, MOST_REMEMBERED

QUIET = timedelta(minutes=10)


def test_a_notice_that_comes_twice_counts_once() -> None:
    desk = Desk()

    first = desk.take(told("a", quiet=QUIET), NOON)
    again = desk.take(told("a", quiet=QUIET), NOON + 2 * QUIET)

    assert (1, 0) == (len(first), len(again))


def test_what_was_held_back_tells_when_it_began_and_shows_the_last() -> None:
    desk = Desk()
    minutes = [NOON + timedelta(minutes=minute) for minute in (0, 1, 2, 3)]

    for number, at in enumerate(minutes):
        desk.take(told(str(number), quiet=QUIET, run=f"invoices/{number}", at=at), at)
    desk.wait_for_all()

    (_, first), (at, rest) = desk.sent
    assert ("invoices/0", 1) == (first.delivery.notice.run, first.delivery.count)
    assert ("invoices/3", 3, minutes[1]) == (rest.delivery.notice.run, rest.delivery.count, rest.delivery.since)
    assert at == NOON + QUIET


def test_of_too_many_incidents_people_are_told_as_of_one() -> None:
    desk = Desk()
    for number in range(MOST_INCIDENTS + MOST_REMEMBERED):
        desk.take(told(str(number), quiet=QUIET, step=f"step-{number}"), NOON)

    assert MOST_INCIDENTS + 1 == len(desk.state.incidents) == len(desk.sent)
    assert MOST_REMEMBERED == len(desk.state.seen)
