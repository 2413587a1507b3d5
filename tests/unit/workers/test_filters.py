"""Filters as people give them, as queries for Temporal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workers.filters import STATUSES, InvalidFilterError, RunFilter, moment

NOW = datetime(2027, 1, 31, 12, 0, tzinfo=UTC)


def test_without_a_filter_all_runs_are_meant_and_nothing_else_in_the_namespace() -> None:
    assert "(TaskQueue = 'aether.orchestrator')" == RunFilter().expression()


def test_filters_hold_together() -> None:
    wanted = RunFilter(statuses=("failed", "parked"), documents=("pay", "it's"), since=NOW, query="A = 1 OR B = 2")

    assert (
        "(TaskQueue = 'aether.orchestrator')"
        f" AND (({STATUSES['failed']}) OR ({STATUSES['parked']}))"
        " AND (WorkflowType IN ('pay', 'it\\'s'))"
        " AND (StartTime >= '2027-01-31T12:00:00+00:00')"
        " AND (A = 1 OR B = 2)"
    ) == wanted.expression()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90m", NOW - timedelta(minutes=90)),
        ("1d12h", NOW - timedelta(hours=36)),
        ("2027-01-30T08:00:00+02:00", datetime(2027, 1, 30, 6, tzinfo=UTC)),
        ("2027-01-30T08:00Z", datetime(2027, 1, 30, 8, tzinfo=UTC)),
    ],
)
def test_a_moment_is_an_age_or_a_time(text: str, expected: datetime) -> None:
    assert expected == moment(text, now=NOW)


@pytest.mark.parametrize("text", ["yesterday", "", "5", "2027-13-01"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(InvalidFilterError):
        moment(text, now=NOW)
