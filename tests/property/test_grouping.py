"""Laws of what people are told: never too often, never less than happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.support.notices import NOON, told
from workflows.grouping import MOST_INCIDENTS, MOST_REMEMBERED, Due, Grouped, flush, group
from workflows.notice import Told

QUIET = timedelta(minutes=10)

moments = st.integers(0, 3600).map(lambda seconds: NOON + timedelta(seconds=seconds))
happenings = st.lists(st.tuples(moments, st.sampled_from("abc")), max_size=40).map(sorted)
looks = st.lists(moments, max_size=20).map(sorted)


@dataclass
class Desk:
    """Takes notices and keeps what was sent when."""

    state: Grouped = field(default_factory=Grouped)
    sent: list[tuple[datetime, Due]] = field(default_factory=list)

    def take(self, given: Told, now: datetime) -> Sequence[Due]:
        self.state, due = group(self.state, given, now)
        self.sent += [(now, each) for each in due]
        return due

    def look(self, now: datetime) -> None:
        self.state, due = flush(self.state, now)
        self.sent += [(now, each) for each in due]

    def wait_for_all(self) -> None:
        while (moment := self.state.next_due) is not None:
            self.look(moment)


def played(happened: Sequence[tuple[datetime, str]], looked: Sequence[datetime]) -> Desk:
    desk = Desk()
    times = sorted([*((at, 1, step) for at, step in happened), *((at, 0, "") for at in looked)])
    for number, (at, happens, step) in enumerate(times):
        if happens:
            desk.take(told(str(number), quiet=QUIET, step=step, at=at), at)
        else:
            desk.look(at)
    desk.wait_for_all()
    return desk


@given(happenings, looks)
def test_nobody_is_told_twice_of_an_incident_within_a_quiet_period(
    happened: list[tuple[datetime, str]], looked: list[datetime]
) -> None:
    times = defaultdict(list)
    for at, due in played(happened, looked).sent:
        times[due.delivery.notice.incident].append(at)

    assert all(later - earlier >= QUIET for each in times.values() for earlier, later in pairwise(each))


@given(happenings, looks)
def test_every_notice_is_counted_once(happened: list[tuple[datetime, str]], looked: list[datetime]) -> None:
    counted: defaultdict[str | None, int] = defaultdict(int)
    for _, due in played(happened, looked).sent:
        counted[due.delivery.notice.step] += due.delivery.count

    assert counted == {step: sum(step == each for _, each in happened) for _, step in happened}


@given(happenings, looks)
def test_the_first_of_an_incident_is_told_at_once(happened: list[tuple[datetime, str]], looked: list[datetime]) -> None:
    first: dict[str, datetime] = {}
    for at, step in happened:
        first.setdefault(step, at)
    sent: dict[str | None, datetime] = {}
    for at, due in played(happened, looked).sent:
        sent.setdefault(due.delivery.notice.step, at)

    assert first == sent


@given(happenings, looks)
def test_deliveries_have_names_of_their_own(happened: list[tuple[datetime, str]], looked: list[datetime]) -> None:
    names = [due.delivery.id for _, due in played(happened, looked).sent]

    assert len(names) == len(set(names))


@given(happenings)
def test_what_is_known_survives_being_written_down(happened: list[tuple[datetime, str]]) -> None:
    desk = Desk()
    for number, (at, step) in enumerate(happened):
        desk.take(told(str(number), quiet=QUIET, step=step, at=at), at)

    assert desk.state == Grouped.model_validate_json(desk.state.model_dump_json())


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
