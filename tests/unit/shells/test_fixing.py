"""The fix of an incident as a workflow: a few runs first, and the others only when those show that it is right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from tests.support.play import Play, playing
from workflows.answers import FixRequest
from workflows.fixing import FixIncident
from workflows.incidents import (
    FIX_PROGRESS_QUERY,
    FIX_RUN_ACTIVITY,
    LIST_ACTIVITY,
    WATCH_RUN_ACTIVITY,
    Cause,
    Fixed,
    FixOrder,
    FixProgress,
    FixState,
    Judgement,
    Verdict,
    fix_id,
)

CAUSE = Cause(document="invoices", step="fill", error="ElementNotFoundError:3fa2b1c9")
REQUEST = FixRequest(number=0, action="retry", by="ada")
ORDER = FixOrder(cause=CAUSE, request=REQUEST, canary=2, window=2, patience=timedelta(minutes=1))
FIXED = Fixed(outcome="fixed")
REFUSED = Fixed(outcome="refused", reason="it differs")


@contextmanager
def fixing(*runs: str) -> Iterator[Play]:
    """A fix of these parked runs, which has found them."""
    with playing(FixIncident, FixState(order=ORDER), name=fix_id(CAUSE.incident)) as fix:
        fix.done(fix.at_work(LIST_ACTIVITY)[0], list(runs))
        yield fix


def answer(fix: Play, outcome: Fixed, count: int = 1) -> None:
    """So many runs, one after the other, take the fix or do not."""
    for _ in range(count):
        fix.done(fix.at_work(FIX_RUN_ACTIVITY)[0], outcome)


def judge(fix: Play, run: str, verdict: Verdict) -> None:
    """It is known what became of a canary."""
    watching = next(work for work in fix.at_work(WATCH_RUN_ACTIVITY) if work.args == [run])
    fix.done(watching, Judgement(verdict=verdict))


def under_way(fix: Play) -> list[str]:
    """The runs that are being fixed."""
    return [work.args[0] for work in fix.at_work(FIX_RUN_ACTIVITY)]


def test_the_others_are_fixed_when_all_canaries_have_passed_the_step() -> None:
    with fixing("a", "b", "c", "d") as fix:
        answer(fix, FIXED, 2)
        judge(fix, "a", "passed")
        between = under_way(fix)
        judge(fix, "b", "passed")
        answer(fix, FIXED, 2)

        assert [] == between
        assert ("done", 4) == ((ended := fix.result(FixProgress)).phase, ended.fixed)


@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        ("parked", "'a' shows that this is no remedy: it parked again at the step"),
        ("ended", "'a' shows that this is no remedy: it ended without passing the step"),
        ("late", "'a' shows that this is no remedy: it did not get past the step in time"),
    ],
)
def test_a_canary_that_shows_no_remedy_stops_it_and_nothing_else_is_watched(verdict: Verdict, why: str) -> None:
    with fixing("a", "b", "c") as fix:
        answer(fix, FIXED, 2)
        judge(fix, "a", verdict)

        ended = fix.result(FixProgress)
        assert ("stopped", why, 2) == (ended.phase, ended.reason, ended.fixed)
        assert [] == under_way(fix)
        assert [] == fix.at_work(WATCH_RUN_ACTIVITY)


def test_it_stops_with_the_reason_when_the_first_runs_refuse() -> None:
    with fixing("a", "b", "c") as fix:
        answer(fix, REFUSED, 2)

        ended = fix.result(FixProgress)
        assert ("stopped", "'a' cannot be fixed like this: it differs") == (ended.phase, ended.reason)


def test_a_run_that_waits_no_more_is_no_canary_and_the_next_one_is() -> None:
    with fixing("a", "b", "c") as fix:
        answer(fix, Fixed(outcome="gone"))
        answer(fix, FIXED, 2)

        assert [["b"], ["c"]] == [work.args for work in fix.at_work(WATCH_RUN_ACTIVITY)]


def test_a_run_that_does_not_answer_is_counted_among_those_that_refused() -> None:
    with fixing("a") as fix:
        fix.fails(fix.at_work(FIX_RUN_ACTIVITY)[0], ApplicationError("no worker"))

        ended = fix.result(FixProgress)
        assert ["it does not answer: no worker"] == [refusal.reason for refusal in ended.refusals]


def test_how_far_it_is_can_be_asked() -> None:
    with fixing("a", "b") as fix:
        answer(fix, FIXED)

        told = fix.query(FIX_PROGRESS_QUERY, kind=FixProgress)
        assert told is not None
        assert ("canary", 2, 1) == (told.phase, told.total, told.fixed)


def test_a_long_history_is_gone_on_with_where_it_was() -> None:
    with fixing("a", "b", "c", "d", "e") as fix:
        answer(fix, FIXED, 2)
        judge(fix, "a", "passed")
        judge(fix, "b", "passed")
        fix.length = FixState(order=ORDER).longest
        answer(fix, FIXED, 2)

        state = fix.handed_on(FixState)

    with playing(FixIncident, state, name=fix_id(CAUSE.incident)) as successor:
        assert ["e"] == under_way(successor)
        answer(successor, FIXED)
        assert ("done", 5) == ((ended := successor.result(FixProgress)).phase, ended.fixed)


def test_one_that_had_stopped_fixes_nothing_more() -> None:
    stopped = FixProgress(phase="stopped", reason="no remedy")

    with playing(FixIncident, FixState(order=ORDER, progress=stopped, runs=("a",))) as fix:
        assert stopped == fix.result(FixProgress)
