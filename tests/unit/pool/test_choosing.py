"""Which robot is chosen, and for whom others wait."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.pools import Desk, entry_of, leases_of, request_of
from workflows.board import HOLD_OUT, PATIENCE, TURNS
from workflows.fleet import RobotEntry
from workflows.placing import SUSPICION


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (entry_of("r2", slots=3), entry_of("r1", slots=2)),
        (entry_of("r2"), entry_of("r1", load="high")),
        (entry_of("r2", load="high"), entry_of("r1", load="full")),
        (entry_of("r2", "fast", load="low"), entry_of("r1", slots=9)),
        (entry_of("r2"), entry_of("r1", "rare")),
        (entry_of("r1"), entry_of("r2")),
    ],
    ids=["free slots", "load", "more load", "preferred tags", "spare tags", "name"],
)
def test_the_better_robot_is_chosen(better: RobotEntry, worse: RobotEntry) -> None:
    desk = Desk()
    desk.robots(worse, better)

    desk.ask(request_of("a", prefer=("fast",)))

    assert {"a": better.card.robot} == desk.held()


def test_of_robots_that_are_alike_the_one_is_chosen_that_was_not_chosen_for_longest() -> None:
    desk = Desk()
    desk.robots(entry_of("r1"), entry_of("r2"), entry_of("r3"))

    chosen = []
    for name in "abcdef":
        desk.ask(request_of(name))
        chosen.append(desk.held()[name])
        desk.give_back(name)

    assert ["r1", "r2", "r3", "r1", "r2", "r3"] == chosen


def after_running_on(robot: str, **fields: Any) -> Desk:
    """The document `invoices` was run by this robot last; all are free again."""
    desk = Desk()
    desk.robots(entry_of("r1"), entry_of("r2", **fields))
    desk.ask(request_of("before", robot=robot))
    desk.give_back("before")
    return desk


@pytest.mark.parametrize("affinity", ["soft", "hard"])
def test_a_document_goes_where_it_was_last(affinity: str) -> None:
    desk = after_running_on("r2", load="high")

    desk.ask(request_of("a", affinity=affinity))

    assert {"a": "r2"} == desk.held()


def test_a_document_does_not_go_where_it_was_last_while_that_robot_is_overloaded() -> None:
    desk = after_running_on("r2", load="full")

    desk.ask(request_of("a", affinity="soft"))

    assert {"a": "r1"} == desk.held()


def test_a_document_waits_a_while_for_the_robot_it_was_on_last() -> None:
    desk = after_running_on("r2")
    desk.ask(request_of("other", document="orders", robot="r2"))

    desk.ask(request_of("a", affinity="soft"))
    desk.wait(HOLD_OUT - 1)
    before = desk.held()
    desk.wait(1)

    assert {"other": "r2"} == before
    assert {"other": "r2", "a": "r1"} == desk.held()


def test_no_more_wait_for_a_robot_than_it_could_hold_at_once() -> None:
    desk = after_running_on("r2")
    desk.ask(request_of("other", document="orders", robot="r2"))

    desk.ask(request_of("a", affinity="soft"), request_of("b", affinity="soft"))

    assert {"other": "r2", "b": "r1"} == desk.held()


@pytest.mark.parametrize("what", [{"presence": "lost"}, {"mode": "draining"}, {"failing": "crashes"}, {"load": "full"}])
def test_nobody_waits_a_while_for_a_robot_that_takes_no_work(what: dict[str, Any]) -> None:
    desk = after_running_on("r2")
    desk.ask(request_of("other", document="orders", robot="r2"))
    desk.robots(entry_of("r2", **what))

    desk.ask(request_of("a", affinity="soft"))

    assert "r1" == desk.held()["a"]


def test_a_document_that_wants_one_robot_only_waits_for_it_also_while_it_is_lost() -> None:
    desk = after_running_on("r2")
    desk.robots(entry_of("r2", presence="lost"))

    desk.ask(request_of("a", affinity="hard"))
    desk.wait(3600)
    before = desk.held()
    desk.robots(entry_of("r2", since=desk.now))

    assert {} == before
    assert {"a": "r2"} == desk.held()


def test_a_document_that_wants_one_robot_only_begins_anywhere() -> None:
    desk = Desk()
    desk.robots(entry_of("r1"))

    desk.ask(request_of("a", affinity="hard"))

    assert {"a": "r1"} == desk.held()


def test_all_sessions_of_a_run_may_be_bound_to_one_robot() -> None:
    desk = Desk()
    desk.robots(entry_of("r1", slots=9), entry_of("r2"))

    desk.ask(request_of("a", affinity="session", near="r2"), request_of("b", affinity="session", near="r2"))

    assert {"a": "r2"} == desk.held()


@pytest.mark.parametrize("what", [{"presence": "lost"}, {"mode": "draining"}])
def test_a_run_is_not_bound_to_a_robot_that_goes(what: dict[str, Any]) -> None:
    desk = Desk()
    desk.robots(entry_of("r1"), entry_of("r2", **what))

    desk.ask(request_of("a", affinity="session", near="r2"), request_of("b", affinity="session", near="r3"))
    desk.give_back("a")

    assert {"b": "r1"} == desk.held()


def test_who_starts_a_run_for_a_robot_knows_better_than_where_it_was_last() -> None:
    desk = after_running_on("r2")

    desk.ask(request_of("a", affinity="hard", robot="r1"))

    assert {"a": "r1"} == desk.held()


def test_a_robot_that_did_not_answer_gets_nothing_for_a_while() -> None:
    desk = Desk()
    desk.robots(entry_of("r1"))
    desk.ask(request_of("a"))
    desk.give_back("a", lost=True)

    desk.ask(request_of("b"))
    desk.wait(SUSPICION - 1)
    before = desk.held()
    desk.wait(1)

    assert {} == before
    assert {"b": "r1"} == desk.held()


def test_a_robot_that_shows_that_it_lives_is_trusted_at_once() -> None:
    desk = Desk()
    desk.robots(entry_of("r1"))
    desk.ask(request_of("a"))
    desk.give_back("a", lost=True)
    desk.ask(request_of("b"))

    desk.robots(entry_of("r1", since=desk.now))

    assert {"b": "r1"} == desk.held()


def test_a_robot_is_not_suspected_for_a_share_or_for_a_lease_that_is_over() -> None:
    desk = Desk()
    desk.robots(entry_of("r1"))
    desk.ask(request_of("s", kind="share"), request_of("a"))
    desk.give_back("a")

    desk.give_back("s", "a", "never", lost=True)
    desk.ask(request_of("b"))

    assert {"b": "r1"} == desk.held()


def test_work_for_anyone_goes_where_nobody_else_is_needed() -> None:
    desk = Desk()
    desk.robots(entry_of("r1", "sap", slots=2), entry_of("r2"))

    desk.ask(request_of("anyone"), request_of("special", "sap"))

    assert {"anyone": "r2", "special": "r1"} == desk.held()


def test_who_waits_keeps_nobody_waiting_who_could_be_served() -> None:
    desk = Desk()
    desk.robots(entry_of("r1"))

    desk.ask(request_of("scarce", "sap", priority=20), request_of("a", priority=0))

    assert {"a": "r1"} == desk.held()


def test_tenants_of_a_priority_take_turns() -> None:
    desk = Desk()
    desk.ask(
        *(request_of(f"flood-{number}", tenant="flood") for number in range(4)),
        request_of("late-0", tenant="late"),
        request_of("late-1", tenant="late"),
    )
    desk.robots(entry_of("r1"))

    order = []
    while desk.state.leases:
        order += list(desk.state.leases)
        desk.give_back(*desk.state.leases)

    assert ["flood-0", "late-0", "flood-1", "late-1", "flood-2", "flood-3"] == order


def test_a_session_and_its_shares_are_had_together_or_not_at_all() -> None:
    desk = Desk()
    desk.robots(entry_of("r1", slots=3))

    desk.ask(*(request_of(name, limits={"sap": 2, "erp": 1}) for name in "ab"), request_of("c", limits={"sap": 2}))

    assert {"a", "c"} == set(desk.held())


def test_the_smallest_number_of_shares_counts() -> None:
    desk = Desk()
    desk.ask(request_of("a", kind="share", limits={"sap": 1}), request_of("b", kind="share", limits={"sap": 3}))
    before = desk.held()
    desk.give_back("a")
    desk.ask(request_of("c", kind="share", limits={"sap": 3}))

    assert {"a": None} == before
    assert {"b": None, "c": None} == desk.held()


def patient(*first: str, **fields: Any) -> Desk:
    """One robot for one session, and `first` has waited for long while more urgent ones were served."""
    desk = Desk()
    desk.robots(entry_of("r1"))
    desk.ask(request_of("now", priority=20), request_of("first", *first, priority=0, **fields))
    desk.wait(PATIENCE)
    for number in range(TURNS - 1):
        desk.ask(request_of(f"urgent-{number}", priority=20))
        desk.give_back(*desk.state.leases)
    desk.ask(request_of("next", priority=20))
    return desk


def test_now_and_then_it_is_the_turn_of_who_has_waited_longest() -> None:
    desk = patient()
    before = desk.held()
    desk.give_back(*desk.state.leases)

    assert {f"urgent-{TURNS - 2}": "r1"} == before
    assert {"first": "r1"} == desk.held()


@pytest.mark.parametrize(
    "fields",
    [
        {"tags": ("desktop",)},
        {"robot": "r9"},
        {"kind": "share", "limits": {"sap": 0}},
        {"affinity": "hard", "document": "elsewhere"},
    ],
    ids=["nobody could", "nobody could so far", "there is none", "its robot is lost"],
)
def test_nobody_waits_for_whom_nobody_could_serve(fields: dict[str, Any]) -> None:
    desk = Desk()
    desk.robots(entry_of("r2"))
    desk.ask(request_of("x", document="elsewhere"))
    desk.robots(entry_of("r2", presence="lost"), entry_of("r1"))
    desk.ask(request_of("now", priority=20), request_of("first", priority=0, **fields))
    desk.wait(PATIENCE)
    for number in range(TURNS + 1):
        desk.ask(request_of(f"urgent-{number}", priority=20))
        desk.give_back(*desk.state.leases)

    assert {f"urgent-{TURNS}": "r1"} == desk.held()


def test_who_has_waited_longest_is_not_one_whose_run_has_enough() -> None:
    desk = Desk()
    desk.robots(entry_of("r1", slots=2), entry_of("r2"))
    desk.ask(*(request_of(name, run="greedy", robot="r1") for name in ("a", "b", "third")))
    desk.ask(request_of("now", priority=20, robot="r2"), request_of("first", priority=0, robot="r2"))
    desk.wait(PATIENCE)
    served = []
    for number in range(TURNS):
        desk.ask(request_of(f"urgent-{number}", priority=20, robot="r2"))
        served += [lease.request.id for lease in leases_of(desk.state, "r2")]
        desk.give_back(served[-1])

    assert "first" in served


def test_for_who_has_waited_longest_a_share_is_kept() -> None:
    desk = Desk()
    desk.robots(entry_of("r1"), entry_of("d1", capabilities=("desktop",)))
    desk.ask(request_of("now"), request_of("first", limits={"sap": 2}))
    desk.wait(PATIENCE)
    for number in range(TURNS):
        desk.ask(request_of(f"d{number}", tags=("desktop",)))
        desk.give_back(f"d{number}")

    desk.ask(*(request_of(name, kind="share", limits={"sap": 2}) for name in ("one", "two")))
    before = set(desk.held())
    desk.give_back("now")

    assert {"now", "one"} == before
    assert {"first", "one"} == set(desk.held())
