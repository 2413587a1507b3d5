"""When a robot stops taking work, and when it tries again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from workers.breaker import Breaker, Part


def failing(times: int, part: Part = "browser") -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker = breaker.failed(part, "it does not start")
    return breaker


def test_five_failures_in_a_row_open_it() -> None:
    assert [False, True] == [failing(times).is_open for times in (4, 5)]
    assert "5 failures in a row, the last: it does not start" == failing(5).reason


def test_success_makes_failures_forgotten_but_for_those_of_another_part() -> None:
    four = failing(4)

    assert not four.worked("browser").failed("browser", "again").is_open
    assert four.worked("machine").failed("browser", "again").is_open


def test_failures_of_different_parts_are_counted_apart() -> None:
    assert not failing(4).failed("machine", "the disk is full").is_open


@pytest.mark.parametrize("part", ["browser", "machine"])
def test_a_probe_that_goes_well_closes_it(part: Part) -> None:
    assert Breaker() == failing(7, part).probed("")


def test_each_probe_that_fails_makes_the_next_wait_longer_up_to_ten_minutes() -> None:
    breaker, pauses = failing(5), []
    for _ in range(6):
        pauses.append(breaker.pause)
        breaker = breaker.probed("no browser")

    assert [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240, 480, 600)] == pauses
    assert "does not work yet: no browser" == breaker.reason


def test_success_of_what_was_under_way_does_not_close_it() -> None:
    assert failing(5).worked("browser").is_open
