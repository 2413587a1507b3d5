"""Pools as workflows: what they refuse, what they answer, and what they do when nobody hears them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from temporalio.exceptions import ApplicationError

from tests.support.play import Play, playing
from tests.support.pools import entry_of, request_of
from workflows.fleet import (
    AUDIT_ACTIVITY,
    EXPLAIN_QUERY,
    FORGET_UPDATE,
    OVERVIEW_QUERY,
    PLACED_SIGNAL,
    REQUEST_SIGNAL,
    ROBOT_SIGNAL,
    Explanation,
    ForgetRequest,
    Overview,
    RunEnded,
)
from workflows.pool import MOST_SENDING, Pool
from workflows.poolsaved import PoolStart


@pytest.fixture
def pool() -> Iterator[Play]:
    with playing(Pool, PoolStart(), name="pool/test") as play:
        yield play


def test_a_robot_that_is_here_is_not_forgotten(pool: Play) -> None:
    pool.signal(ROBOT_SIGNAL, entry_of("r1"))

    with pytest.raises(ApplicationError, match="robot 'r1' is here: stop it first"):
        pool.update(FORGET_UPDATE, ForgetRequest(robot="r1"))


def test_a_robot_that_nobody_knows_is_not_forgotten(pool: Play) -> None:
    with pytest.raises(ApplicationError, match="there is no robot 'r1' in environment"):
        pool.update(FORGET_UPDATE, ForgetRequest(robot="r1"))


def test_a_robot_that_is_gone_is_forgotten(pool: Play) -> None:
    pool.signal(ROBOT_SIGNAL, entry_of("r1", presence="lost"))

    pool.update(FORGET_UPDATE, ForgetRequest(robot="r1"))

    overview = pool.query(OVERVIEW_QUERY, kind=Overview)
    assert overview is not None
    assert () == overview.robots


def test_a_pool_says_why_a_request_waits(pool: Play) -> None:
    pool.signal(REQUEST_SIGNAL, request_of("a", "sap"))

    explanation = pool.query(EXPLAIN_QUERY, "a", kind=Explanation)

    assert explanation is not None
    assert "sap" in explanation.why


def test_a_pool_speaks_to_so_many_runs_at_once_and_then_to_the_others(pool: Play) -> None:
    many = MOST_SENDING + 1
    pool.hearing = False
    with pool.at_once():
        pool.signal(ROBOT_SIGNAL, entry_of("r1", slots=many))
        for number in range(many):
            pool.signal(REQUEST_SIGNAL, request_of(f"{number}"))
    first = len(pool.told(PLACED_SIGNAL))

    pool.hear()

    assert (MOST_SENDING, many) == (first, len(pool.told(PLACED_SIGNAL)))


def test_a_run_that_has_ended_without_a_word_holds_nothing_any_more(pool: Play) -> None:
    pool.signal(ROBOT_SIGNAL, entry_of("r1"))
    pool.signal(REQUEST_SIGNAL, request_of("a"))
    pool.signal(REQUEST_SIGNAL, request_of("b"))
    pool.wait(PoolStart().pause.total_seconds())

    pool.done(pool.at_work(AUDIT_ACTIVITY)[0], [RunEnded(run="run-a", first_run_id="first-a")])

    assert ["run-a", "run-b"] == [said.workflow for said in pool.told(PLACED_SIGNAL)]
