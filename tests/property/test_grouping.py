"""Laws of what people are told: never too often, never less than happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.support.notices import NOON, Desk, told
from workflows.grouping import Grouped

QUIET = timedelta(minutes=10)

moments = st.integers(0, 3600).map(lambda seconds: NOON + timedelta(seconds=seconds))
happenings = st.lists(st.tuples(moments, st.sampled_from("abc")), max_size=40).map(sorted)
looks = st.lists(moments, max_size=20).map(sorted)


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
