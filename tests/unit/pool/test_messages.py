"""What becomes of leases and requests when runs and robots say something."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.pools import NOON, Desk, entry_of, leases_of, request_of
from workflows.fleet import Delay, Placement, RobotReturned, Word
from workflows.placing import DISCREET, MOST_DELAYS, REMEMBERED, forgotten, limited
from workflows.poolsaved import PoolSaved, restore, save
from workflows.poolstate import Fleet, Need, PoolState, lane_of
from workflows.pooltable import table


def held_by_two() -> Desk:
    """A robot with two sessions of different runs."""
    desk = Desk()
    desk.robots(entry_of("r1", slots=2))
    desk.ask(request_of("a"), request_of("b"))
    return desk


def test_what_is_asked_for_again_is_the_same_wish() -> None:
    desk = Desk()
    desk.ask(request_of("a"), request_of("b"))

    desk.ask(request_of("a", place="later"))
    desk.robots(entry_of("r1"))

    assert {"a": "r1"} == desk.held()
    assert "later" == desk.state.leases["a"].request.place


def test_a_wish_that_is_changed_keeps_its_age() -> None:
    desk = Desk()
    desk.ask(request_of("a", priority=1), request_of("b", priority=5), request_of("c", priority=5))

    desk.ask(request_of("a", priority=5))
    desk.robots(entry_of("r1"))

    assert {"a": "r1"} == desk.held()


def test_who_asks_again_for_what_it_has_is_told_again() -> None:
    desk = held_by_two()

    desk.ask(request_of("a"))

    assert ["a", "b", "a"] == [placement.id for placement in desk.placements()]
    assert [1, 2, 1] == [placement.lease for placement in desk.placements()]


def test_after_it_was_returned_it_is_a_new_wish() -> None:
    desk = held_by_two()

    desk.give_back("a")
    desk.ask(request_of("a"))

    assert [1, 2, 3] == [placement.lease for placement in desk.placements()]


def test_who_wants_nothing_any_more_is_not_served() -> None:
    desk = Desk()
    desk.ask(request_of("a"), request_of("b"))

    desk.give_back("a")
    desk.robots(entry_of("r1"))

    assert {"b": "r1"} == desk.held()


def test_a_run_that_is_over_holds_and_wants_nothing() -> None:
    desk = held_by_two()
    desk.ask(request_of("c", run="run-a"), request_of("d"))

    desk.end("run-a")

    assert {"b": "r1", "d": "r1"} == desk.held()
    assert [] == desk.waiting()


def test_another_run_of_the_same_name_is_another_run() -> None:
    desk = held_by_two()

    desk.end("run-a", "first-of-another")
    before = set(desk.held())
    desk.end("run-a", "first-a")

    assert {"a", "b"} == before
    assert {"b"} == set(desk.held())


@pytest.mark.parametrize("presence", ["lost", "offline"])
def test_a_robot_that_is_not_here_holds_nothing(presence: str) -> None:
    desk = held_by_two()

    desk.robots(entry_of("r1", slots=2, presence=presence))

    assert {} == desk.held()


@pytest.mark.parametrize("what", [{"mode": "draining"}, {"mode": "paused"}, {"failing": "browsers crash"}])
def test_a_robot_that_takes_no_work_keeps_what_it_has(what: dict[str, Any]) -> None:
    desk = held_by_two()

    desk.robots(entry_of("r1", slots=3, **what))
    desk.ask(request_of("c"))

    assert {"a": "r1", "b": "r1"} == desk.held()
    assert ["c"] == desk.waiting()


def test_a_new_process_of_a_robot_keeps_what_it_says_that_it_has() -> None:
    desk = held_by_two()

    desk.robots(entry_of("r1", slots=2, incarnation="r1/2", sessions=("b", "unheard-of")))

    assert {"b": 3} == {name: lease.number for name, lease in desk.state.leases.items()}
    assert [
        Word(run="run-a", said=RobotReturned(robot="r1", gone=("a",))),
        Word(run="run-b", said=RobotReturned(robot="r1", kept=(Placement(id="b", robot="r1", lease=3),))),
    ] == [word for word in desk.words if isinstance(word.said, RobotReturned)]
    assert 2 == desk.state.granted


def test_the_same_process_says_twice_what_it_is() -> None:
    desk = held_by_two()

    desk.robots(entry_of("r1", slots=2), entry_of("r1", slots=2, load="high"))

    assert {"a": "r1", "b": "r1"} == desk.held()


def test_what_a_robot_said_before_is_of_no_interest() -> None:
    desk = held_by_two()

    desk.robots(entry_of("r1", presence="lost", since=NOON - 1))

    assert {"a": "r1", "b": "r1"} == desk.held()


def test_a_robot_that_moves_to_another_environment_is_gone() -> None:
    desk = held_by_two()

    desk.robots(entry_of("r1", slots=2, environment="production"))

    assert {} == desk.held()
    assert {} == desk.state.fleet.robots


def test_a_robot_that_stays_away_is_forgotten_and_so_is_what_it_did() -> None:
    desk = held_by_two()
    desk.robots(entry_of("r1", presence="offline"), entry_of("r2"))
    desk.wait(REMEMBERED)

    desk.ask(request_of("c", affinity="hard"))

    assert ["r2"] == list(desk.state.fleet.robots)
    assert {"c": "r2"} == desk.held()


def test_forgetting_a_robot_forgets_its_leases() -> None:
    desk = held_by_two()

    desk.state = forgotten(desk.state, "r1")

    assert {} == desk.held()


def test_a_wish_goes_on_by_itself_when_a_robot_learns_what_it_takes() -> None:
    desk = Desk()
    desk.robots(entry_of("r1"))
    desk.ask(request_of("a", "sap"))
    before = desk.delays()

    desk.robots(entry_of("r1", "sap", since=NOON + 1))

    assert [True] == [delay.unroutable for delay in before]
    assert {"a": "r1"} == desk.held()


def test_why_it_waits_is_told_after_a_moment_and_again_when_the_reason_is_another() -> None:
    desk = held_by_two()
    desk.ask(request_of("c"))
    told = [len(desk.delays())]

    for seconds in (DISCREET, 60):
        desk.wait(seconds)
        told.append(len(desk.delays()))
    desk.robots(entry_of("r1", slots=2, mode="paused", since=desk.now))
    for seconds in (DISCREET, 60):
        desk.wait(seconds)
        told.append(len(desk.delays()))

    assert [0, 1, 1, 2, 2] == told


def test_not_everybody_is_told_at_once() -> None:
    desk = Desk()
    desk.ask(*(request_of(f"{number}", priority=number % 2) for number in range(MOST_DELAYS + 2)))

    before = len(desk.delays())
    desk.wait(DISCREET)

    assert MOST_DELAYS == before
    assert {f"{number}" for number in range(MOST_DELAYS + 2)} == {delay.id for delay in desk.delays()}


def test_a_route_is_told_and_not_held() -> None:
    desk = Desk()
    desk.robots(entry_of("r1", slots=0))

    desk.ask(request_of("a", kind="route"))

    assert [Placement(id="a", robot=None, lease=1)] == desk.placements()
    assert ({}, []) == (desk.held(), desk.waiting())


def test_an_operator_says_how_many_shares_there_are_until_it_is_left_to_documents_again() -> None:
    desk = Desk()
    desk.state = limited(desk.state, "sap", 0)
    desk.ask(*(request_of(name, kind="share", limits={"sap": 2}) for name in "abc"))
    held = [len(desk.held())]

    for shares in (1, 3, 0, None):
        desk.state = limited(desk.state, "sap", shares)
        desk.place()
        held.append(len(desk.held()))

    assert [0, 1, 3, 3, 3] == held


def test_a_robot_that_can_hold_less_than_before_gets_nothing_until_it_has_room() -> None:
    desk = held_by_two()
    desk.robots(entry_of("r1", slots=1))
    desk.ask(request_of("c"))

    desk.give_back("a")
    before = desk.held()
    desk.give_back("b")

    assert {"b": "r1"} == before
    assert {"c": "r1"} == desk.held()


def test_a_big_pool_is_written_down_in_little_room() -> None:
    nodes = {f"browser.node{number}": "0123456789ab" for number in range(100)}
    desk = Desk()
    desk.robots(*(entry_of(f"r{number}", slots=5, nodes=nodes) for number in range(50)))
    desk.ask(*(request_of(f"{number}", nodes=nodes) for number in range(2000)))

    text = save(desk.state).model_dump_json()

    assert len(text) < 1024 * 1024
    assert 250 == len(restore(PoolSaved.model_validate_json(text)).leases)


def test_what_runs_are_told_survives_being_written_down() -> None:
    placement = Placement(id="a", robot="r1", lease=1)
    words = [
        Word(run="x", said=placement),
        Word(run="x", said=Placement(id="a", robot=None, lease=1)),
        Word(run="x", said=Delay(id="a", why="because")),
        Word(run="x", said=RobotReturned(robot="r1", kept=(placement,), gone=("b",))),
        Word(run="x", said=RobotReturned(robot="r1")),
    ]

    again = [Word.model_validate_json(word.model_dump_json()) for word in words]

    assert words == again
    assert ["placed", "placed", "delayed", "robot_returned", "robot_returned"] == [word.signal for word in again]


def test_which_robots_fit_is_remembered_for_a_bounded_number_of_needs() -> None:
    fleet = Fleet().with_robot(entry_of("r1"))

    found = [fleet.here(Need("session", frozenset(), frozenset({("node", f"{n}")}), None)) for n in range(2001)]

    assert {frozenset()} == set(found)
    assert {"r1"} == fleet.here(lane_of(request_of("a")).need)


def test_the_table_shows_robots_and_who_is_next() -> None:
    desk = held_by_two()
    desk.robots(entry_of("r2", "sap", presence="lost"), entry_of("r3", failing="crashes"))
    desk.ask(request_of("c", "sap"), request_of("d", kind="share", limits={"sap": 0}), request_of("e", tags=()))
    desk.wait(90)

    lines = table(desk.state, desk.now).splitlines()

    assert "### default: 2 of 3 sessions in use, 2 leases given" == lines[0]
    assert "| r1 | serving | low | 2 | 0 | browser, files |" in lines
    assert "| r2 | lost | low | 0 | 0 | browser, files, sap |" in lines
    assert "| r3 | failing | low | 0 | 1 | browser, files |" in lines
    assert "| run-c | pay | browser, sap | 90 s | unroutable |" in lines
    assert "| run-d | pay | browser, sap | 90 s | limit |" in lines
    assert "| run-e | pay | session | 90 s | busy |" in lines


def test_the_table_of_a_big_pool_is_short() -> None:
    desk = Desk()
    desk.robots(*(entry_of(f"r{number}", slots=0) for number in range(99)))
    desk.ask(*(request_of(f"{number}") for number in range(99)))

    text = table(desk.state, desk.now)

    assert "| and 69 more | | | | | |" in text
    assert "| and 69 more | | | | |" in text.splitlines()[-1]
    assert "Nobody waits." in table(PoolState(), NOON)


def test_a_thousand_tenants_are_enough_for_one_round() -> None:
    desk = Desk()
    desk.robots(entry_of("r1", slots=2000))

    desk.ask(*(request_of(f"{number}", tenant=f"t{number}") for number in range(1001)))

    assert {10: frozenset({"t1000"})} == desk.state.rounds
    assert 1001 == len(leases_of(desk.state, "r1"))
