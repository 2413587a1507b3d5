"""Each reason for which a request waits, in the words that people read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.pools import NOON, Desk, entry_of, request_of
from workflows.board import PATIENCE, TURNS
from workflows.explaining import explain, overview
from workflows.fleet import Candidate, RobotEntry
from workflows.placing import limited, requested
from workflows.poolstate import PoolState

MINUTES = 60.0


@dataclass(frozen=True)
class Case:
    """A request named `x` and what is told of it after four minutes."""

    id: str
    robots: tuple[RobotEntry, ...]
    why: str
    unroutable: bool = False
    request: tuple[str, ...] = ()
    fields: Callable[[], dict[str, Any]] = dict


CASES = (
    Case("nobody is there", (), "there is no robot with the tag browser", unroutable=True),
    Case(
        "nobody has the tags",
        (entry_of("r1", "linux"), entry_of("r2", "sap"), entry_of("r3", capabilities=("http",))),
        "there is no robot with the tags browser, sap, linux: "
        "r1 lacks sap, r2 lacks linux, r3 lacks browser, linux, sap",
        unroutable=True,
        request=("sap", "linux"),
    ),
    Case(
        "of many that lack something the nearest are named",
        tuple(entry_of(f"r{number}") for number in range(9)),
        "there is no robot with the tags browser, sap: r0 lacks sap, r1 lacks sap, r2 lacks sap and 6 more",
        unroutable=True,
        request=("sap",),
    ),
    Case(
        "who has them is lost",
        (entry_of("r1", "sap", presence="lost"), entry_of("r2")),
        "no robot that is here can take it: r1 is lost since 4 min",
        unroutable=True,
        request=("sap",),
    ),
    Case(
        "nobody knows the node type",
        (entry_of("r1", nodes={"browser.open": "1"}),),
        "no robot that is here can take it: r1 does not know browser.click",
        unroutable=True,
        fields=lambda: {"nodes": {"browser.click": "1"}},
    ),
    Case(
        "nobody has the version",
        (entry_of("r1", nodes={"browser.click": "2"}),),
        "no robot that is here can take it: r1 has another version of browser.click",
        unroutable=True,
        fields=lambda: {"nodes": {"browser.click": "1"}},
    ),
    Case(
        "it holds no sessions",
        (entry_of("r1", slots=0),),
        "no robot that is here can take it: r1 holds no sessions",
        unroutable=True,
    ),
    Case(
        "the named robot is unknown",
        (entry_of("r1"),),
        "there is no robot 'r9' in environment 'default'",
        unroutable=True,
        fields=lambda: {"robot": "r9"},
    ),
    Case(
        "the named robot is offline",
        (entry_of("r1"), entry_of("r2", presence="offline")),
        "waits for r2, which the run was started for: it is offline since 4 min",
        unroutable=True,
        fields=lambda: {"robot": "r2"},
    ),
    Case(
        "the named robot lacks a tag",
        (entry_of("r1", "sap"), entry_of("r2")),
        "waits for r2, which the run was started for: it lacks sap",
        unroutable=True,
        request=("sap",),
        fields=lambda: {"robot": "r2"},
    ),
    Case(
        "the named robot is paused",
        (entry_of("r1"), entry_of("r2", mode="paused")),
        "waits for r2, which the run was started for: it is paused",
        fields=lambda: {"robot": "r2"},
    ),
    Case(
        "all are away for a while",
        (
            entry_of("r1", mode="draining"),
            entry_of("r2", mode="paused"),
            entry_of("r3", failing="5 browsers crashed in a row"),
            entry_of("r4", presence="lost"),
        ),
        "waits for a robot with the tag browser: r1 is draining, r2 is paused, "
        "r3 takes no work for now: 5 browsers crashed in a row and 1 more",
    ),
    Case(
        "nobody offers a route",
        (entry_of("r1", capabilities=("http",)),),
        "there is no robot with the tag browser: r1 lacks browser",
        unroutable=True,
        fields=lambda: {"kind": "route"},
    ),
    Case(
        "a route is closed for a while",
        (entry_of("r1", mode="paused", slots=0),),
        "waits for a robot with the tag browser: r1 is paused",
        fields=lambda: {"kind": "route"},
    ),
    Case(
        "there are no shares",
        (),
        "there is no share of 'sap'",
        fields=lambda: {"kind": "share", "limits": {"sap": 0}},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_it_is_said_why_a_request_waits(case: Case) -> None:
    desk = Desk()
    desk.robots(*case.robots)

    desk.ask(request_of("x", *case.request, **case.fields()))
    desk.wait(4 * MINUTES)
    found = desk.why("x")

    assert (case.why, case.unroutable, 0) == (found.why, found.unroutable, found.ahead)
    assert [(case.why.replace("since 4 min", "since 0 s"), case.unroutable)] == [
        (delay.why.replace("since 4 min", "since 0 s"), delay.unroutable) for delay in desk.delays()
    ]


def busy(*robots: RobotEntry, **fields: Any) -> Desk:
    """Every robot has been busy for four minutes, and `x` has just come."""
    desk = Desk()
    desk.robots(*robots)
    desk.ask(*(request_of(f"{number}", limits=fields.get("limits", {})) for number in range(len(robots))))
    desk.wait(4 * MINUTES)
    desk.ask(request_of("x", **fields))
    return desk


def test_who_holds_the_sessions_is_named_with_the_step_and_the_time() -> None:
    desk = busy(entry_of("r1"), entry_of("r2"))
    desk.ask(request_of("y", priority=20), request_of("z", place=""))

    found = desk.why("x")

    assert found.why == (
        "waits for a robot with the tag browser: r1 is busy with run run-0 at step pay since 4 min, "
        "r2 is busy with run run-1 at step pay since 4 min; one request is before it"
    )
    assert ("r1", "r2") == tuple(lease.robot for lease in found.holders)
    assert Candidate(robot="r1", why="is busy with run run-0 at step pay since 4 min") == found.candidates[0]
    assert "; 2 requests are before it" in desk.why("z").why


def test_of_a_robot_with_many_sessions_the_oldest_is_named() -> None:
    desk = Desk()
    desk.robots(entry_of("r1", slots=2))
    desk.ask(request_of("a", place=""), request_of("b"), request_of("x"))

    assert "r1 is busy with run run-a since 0 s and 1 more" in desk.why("x").why


def test_who_holds_out_for_the_robot_of_its_document_says_for_how_long() -> None:
    desk = busy(entry_of("r1"), affinity="soft")
    desk.robots(entry_of("r2"))
    desk.wait(3)

    found = desk.why("x")

    assert found.why == (
        "waits for r1, which ran this document last, for 7 s more, then for any: "
        "it is busy with run run-0 at step pay since 4 min"
    )
    assert ["0"] == [lease.request.id for lease in found.holders]
    assert Candidate(robot="r2", why="is free") in found.candidates


def test_who_wants_one_robot_only_says_what_became_of_it() -> None:
    desk = busy(entry_of("r1"), affinity="hard")
    desk.robots(entry_of("r2"), entry_of("r1", presence="lost", since=desk.now))
    desk.wait(2 * 3600)

    found = desk.why("x")

    assert (found.why, found.unroutable) == ("waits for r1, which ran this document last: it is lost since 2 h", False)
    assert Candidate(robot="r2", why="is not r1, which it is bound to") in found.candidates


def test_who_wants_one_robot_that_can_never_do_it_is_told_so() -> None:
    desk = busy(entry_of("r1"), affinity="hard", tags=("browser", "sap"))
    desk.robots(entry_of("r2", "sap"))

    found = desk.why("x")

    assert (found.why, found.unroutable) == ("waits for r1, which ran this document last: it lacks sap", True)


def test_whose_other_session_is_on_a_robot_waits_for_that_one() -> None:
    desk = busy(entry_of("r1"), affinity="session", near="r1")
    desk.robots(entry_of("r2"))

    assert desk.why("x").why.startswith("waits for r1, where its run has its sessions: it is busy with run run-0")


def test_who_holds_the_shares_is_named() -> None:
    desk = Desk()
    desk.robots(entry_of("r1", slots=9))
    desk.ask(*(request_of(name, limits={"sap": 2, "erp": 9}) for name in ("a", "b", "x")))
    desk.wait(5)

    found = desk.why("x")

    assert found.why == (
        "all 2 shares of 'sap' are held by run run-a at step pay since 5 s, run run-b at step pay since 5 s"
    )
    assert ["a", "b"] == [lease.request.id for lease in found.holders]


def test_the_only_share_is_called_so() -> None:
    desk = Desk()
    desk.ask(*(request_of(name, kind="share", limits={"sap": 1}) for name in ("a", "x")))

    assert "the only share of 'sap' is held by run run-a at step pay since 0 s" == desk.why("x").why
    assert () == desk.why("x").candidates


def test_a_share_that_is_kept_for_who_waits_longest_is_explained() -> None:
    desk = Desk()
    desk.robots(entry_of("r1"), entry_of("r2", capabilities=("desktop",)))
    desk.ask(request_of("0"), request_of("first", limits={"sap": 1}))
    desk.wait(PATIENCE)
    for number in range(TURNS):
        desk.ask(request_of(f"d{number}", tags=("desktop",)))
        desk.give_back(f"d{number}")
    desk.ask(request_of("x", tags=("desktop",), limits={"sap": 1}))

    found = desk.why("x")

    assert "the last share of 'sap' is kept for run run-first, which waits since 10 min" == found.why.split(";")[0]
    assert () == found.holders


def test_a_run_that_has_what_it_may_have_is_told_so() -> None:
    desk = Desk()
    desk.robots(entry_of("r1", slots=9))
    desk.ask(*(request_of(name, run="run-x") for name in ("a", "b", "x")))

    found = desk.why("x")

    assert "its run holds 2 sessions of browser already, as many as one run may hold at a time" == found.why
    assert ["a", "b"] == [lease.request.id for lease in found.holders]


def test_a_robot_that_did_not_answer_is_said_to_have_not() -> None:
    desk = Desk()
    desk.robots(entry_of("r1"))
    desk.ask(request_of("a"))
    desk.give_back("a", lost=True)
    desk.ask(request_of("x"))

    assert "waits for a robot with the tag browser: r1 did not answer a run just now" == desk.why("x").why


def test_without_tags_any_robot_would_do() -> None:
    desk = Desk()
    desk.robots(entry_of("r1", mode="paused"))
    desk.ask(request_of("x", tags=()))

    assert "waits for a robot with any tags: r1 is paused" == desk.why("x").why


def test_a_robot_that_is_gone_for_days_is_said_to_be() -> None:
    desk = Desk()
    desk.robots(entry_of("r1", presence="offline"))
    desk.ask(request_of("x"))
    desk.wait(5 * 86_400)

    assert desk.why("x").why.endswith("r1 is offline since 5 days")


def test_nothing_is_said_of_what_does_not_wait() -> None:
    desk = Desk()
    desk.robots(entry_of("r1"))
    desk.ask(request_of("a"))

    assert explain(desk.state, "a", NOON) is None
    assert explain(desk.state, "b", NOON) is None


def test_what_has_just_come_is_about_to_be_granted() -> None:
    desk = Desk()
    desk.robots(entry_of("r1"))
    state, _ = requested(desk.state, request_of("a"), NOON)

    found = explain(state, "a", NOON)

    assert found is not None
    assert ("it is its turn now", ()) == (found.why, found.holders)


def test_those_ahead_want_the_same() -> None:
    desk = busy(entry_of("r1"))
    desk.robots(entry_of("d1", capabilities=("desktop",)))
    desk.ask(request_of("d", tags=("desktop",)), request_of("e", tags=("desktop",)), request_of("y"))
    desk.ask(request_of("s", kind="share", limits={"sap": 1}), request_of("t", kind="share", limits={"sap": 1}))
    desk.ask(request_of("u", kind="share", limits={"sap": 1}))

    ahead = {name: desk.why(name).ahead for name in ("x", "y", "e", "t", "u")}

    assert {"x": 0, "y": 1, "e": 0, "t": 0, "u": 1} == ahead


def test_the_overview_has_everything_but_node_types() -> None:
    desk = busy(entry_of("r1", nodes={"browser.click": "1"}), limits={"sap": 3})
    desk.robots(entry_of("r0"))
    desk.state = limited(desk.state, "erp", 2)
    desk.ask(request_of("y", nodes={"browser.click": "1"}, limits={"sap": 2}), request_of("z"))

    found = overview(desk.state, desk.now)

    assert ["r0", "r1"] == [entry.card.robot for entry in found.robots]
    assert [{}, {}] == [entry.card.nodes for entry in found.robots]
    assert {"erp": 2, "sap": 2} == found.limits
    assert [1, 2] == [lease.number for lease in found.leases]
    assert ["y", "z"] == [request.id for request in found.waiting]
    assert [{}, {}] == [request.nodes for request in found.waiting]
    assert 2 == found.granted


def test_an_empty_pool_has_an_overview() -> None:
    found = overview(PoolState(environment="production"), NOON)

    assert ("production", (), (), ()) == (found.environment, found.robots, found.leases, found.waiting)
