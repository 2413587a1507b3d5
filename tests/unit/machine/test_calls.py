"""How nodes are called: sessions, attempts, cancellation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.machine import World, plan_of, raised, vanished
from workflows.call import FileEntry, SecretRef, SecretSlot, SessionGrant
from workflows.effects import Raised, Vanished
from workflows.events import (
    CancelRequested,
    NodeCalledOff,
    NodeDone,
    NodeFailed,
    SessionFailed,
    SessionLost,
    SessionOpened,
    Started,
    TimerFired,
)
from workflows.protocol import CallNode, CallOff, CloseSession, OpenSession, StepStarted


class Script:
    """Answers one after the other; the last one again and again."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    def __call__(self, _call: CallNode) -> Any:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def status_of(world: World) -> tuple[str, str | None]:
    assert world.end is not None
    return world.end.status, world.end.error.type if world.end.error else None


def test_an_error_is_retried_after_the_delays_of_the_document() -> None:
    world = World(plan_of([{"id": "a", "do": "test.read"}]), Script(raised()))

    world.run()

    assert 6 == len(world.calls)
    for delay, expected in zip(world.timers, (10, 60, 300, 900, 3600), strict=True):
        assert expected * 0.8 <= delay <= expected * 1.2
    assert ("failed", "BrokenError") == status_of(world)


def test_delays_differ_from_each_other_by_jitter() -> None:
    steps = [{"do": "test.read", "retry": {"delays": ["10s"] * 5}}]
    world = World(plan_of(steps), Script(raised()))

    world.run()

    assert 5 == len(set(world.timers))


def test_defaults_of_the_document_hold_where_a_step_is_silent() -> None:
    plan = plan_of([{"do": "test.read"}], defaults={"retry": {"delays": ["5s"], "jitter": 0}, "timeout": "7s"})
    world = World(plan, Script(raised()))

    world.run()

    assert [5.0] == world.timers
    assert 7.0 == next(command.step.node.timeout for command in world.commands if isinstance(command, CallNode))


@pytest.mark.parametrize(("asked", "given"), [(40, 40.0), (1e30, 86_400.0)])
def test_a_server_that_asks_for_patience_gets_it_for_a_day_at_most(asked: float, given: float) -> None:
    world = World(plan_of([{"do": "test.read", "retry": {"delays": ["1s"]}}]), Script(raised(retry_after=asked), {}))

    world.run()

    assert [given] == world.timers


@pytest.mark.parametrize("kind", ["business", "configuration"])
def test_errors_of_the_case_and_of_the_document_are_never_retried(kind: str) -> None:
    world = World(plan_of([{"do": "test.read"}]), Script(raised(kind)))

    world.run()

    assert 1 == len(world.calls)


def test_a_payment_that_raised_before_acting_is_tried_again() -> None:
    world = World(plan_of([{"do": "test.pay"}]), Script(raised(acted=False), {}))

    world.run()

    assert ("completed", None) == status_of(world)


@pytest.mark.parametrize("outcome", [raised(acted=None), raised(acted=True), vanished()])
def test_a_payment_that_may_have_happened_is_never_repeated(outcome: Raised | Vanished) -> None:
    world = World(plan_of([{"id": "pay", "do": "test.pay"}]), Script(outcome))

    world.run()

    assert ["pay"] == world.calls
    assert ("failed", "OutcomeUnknownError") == status_of(world)


@pytest.mark.parametrize("on", ["robot", "any", "business"])
def test_an_unknown_outcome_is_not_caught_by_accident(on: str) -> None:
    steps = [{"try": [{"do": "test.pay"}], "catch": [{"on": on, "do": [{"set": {"x": 1}}]}]}]
    world = World(plan_of(steps), Script(vanished()))

    world.run()

    assert ("failed", "OutcomeUnknownError") == status_of(world)


def test_an_unknown_outcome_is_caught_by_its_own_name() -> None:
    steps = [{"try": [{"do": "test.pay"}], "catch": [{"on": "OutcomeUnknownError", "do": [{"set": {"x": 1}}]}]}]
    world = World(plan_of(steps), Script(vanished()))

    world.run()

    assert ("completed", None) == status_of(world)


def test_a_payment_no_robot_had_taken_is_made_by_another() -> None:
    world = World(plan_of([{"do": "test.pay"}]), Script(vanished(taken=False), {}))

    world.run()

    assert ("completed", None) == status_of(world)


def test_a_vanished_read_is_repeated_at_once_then_with_patience_then_not() -> None:
    world = World(plan_of([{"do": "test.read"}]), Script(vanished()))

    world.run()

    assert 4 == len(world.calls)
    assert [10.0, 60.0] == world.timers


def test_all_attempts_of_a_step_share_its_place() -> None:
    steps = [{"id": "pay_all", "for_each": [1, 2], "do": [{"if": True, "then": [{"id": "pay", "do": "test.write"}]}]}]
    world = World(plan_of(steps), Script(vanished(), {}))

    world.run()

    assert ["pay_all[0].pay", "pay_all[0].pay", "pay_all[1].pay"] == world.calls


def test_nested_rounds_show_in_the_place() -> None:
    steps = [{"for_each": [1], "do": [{"id": "inner", "for_each": [1, 2], "as": "n", "do": "test.read"}]}]
    world = World(plan_of(steps))

    world.run()

    assert ["main.1[0].inner[0].inner.do", "main.1[0].inner[1].inner.do"] == world.calls


def test_one_session_serves_all_steps_and_is_given_back() -> None:
    world = World(plan_of([{"do": "page.read"}, {"do": "page.click"}]))

    world.run()

    assert 1 == world.count(OpenSession)
    assert 1 == world.count(CloseSession)


def test_a_lost_session_is_opened_anew_for_a_read() -> None:
    world = World(plan_of([{"do": "page.read"}]), Script(vanished(), {}))

    world.run()

    assert 2 == world.count(OpenSession)
    assert ("completed", None) == status_of(world)


def test_a_timeout_does_not_cost_the_session() -> None:
    world = World(plan_of([{"do": "page.read"}]), Script(vanished(robot_lost=False), {}))

    world.run()

    assert 1 == world.count(OpenSession)


def test_a_robot_that_does_not_know_the_session_costs_it() -> None:
    world = World(
        plan_of([{"do": "page.read", "retry": {"delays": ["1s"]}}]), Script(raised(name="SessionLostError"), {})
    )

    world.run()

    assert 2 == world.count(OpenSession)


def test_a_session_lost_between_steps_is_opened_anew() -> None:
    world = World(plan_of([{"do": "page.read"}, {"wait": "1h"}, {"do": "page.read"}]), sessions=True)
    world.tell(Started())
    world.tell(SessionOpened(1, SessionGrant(id="s1", robot="r1", capability="browser")))
    world.tell(NodeDone(2, {}))

    world.tell(SessionLost("s1"))
    world.run(TimerFired(3))

    assert 2 == world.count(OpenSession)
    assert ("completed", None) == status_of(world)


def test_a_session_that_cannot_be_opened_is_tried_again() -> None:
    world = World(plan_of([{"do": "page.read", "retry": {"delays": ["2s"], "jitter": 0}}]), sessions=False)
    world.run()

    world.run(SessionFailed(1, raised(name="NoBrowserError")))

    assert [2.0] == world.timers
    assert 2 == world.count(OpenSession)


def test_a_session_that_comes_too_late_is_given_back() -> None:
    world = World(plan_of([{"wait": "1h"}]))
    world.tell(Started())

    commands = world.tell(SessionOpened(99, SessionGrant(id="late", robot="r", capability="browser")))

    assert (CloseSession("late"),) == commands


def test_an_answer_nobody_waits_for_changes_nothing() -> None:
    world = World(plan_of([{"wait": "1h"}]))
    world.tell(Started())
    before = world.state

    commands = world.tell(NodeDone(99, {}))

    assert ((), before) == (commands, world.state)


def test_a_finished_run_takes_no_more_events() -> None:
    world = World(plan_of([{"set": {"x": 1}}]))
    world.run()

    assert () == world.tell(CancelRequested())


def test_files_written_and_deleted_by_steps_are_known_to_the_next() -> None:
    entry = FileEntry(digest="sha256:" + "0" * 64, size=3)
    world = World(plan_of([{"do": "test.write"}, {"do": "test.write"}, {"do": "test.write"}]))
    world.tell(Started())

    world.tell(NodeDone(1, {}, {"a.txt": entry, "b.txt": entry}))
    world.tell(NodeDone(2, {}, {"a.txt": None}))

    seen = [command.files for command in world.commands if isinstance(command, CallNode)]
    assert [{}, {"a.txt": entry, "b.txt": entry}, {"b.txt": entry}] == seen


def test_a_secret_reaches_the_robot_as_a_reference_only() -> None:
    world = World(plan_of([{"do": "test.read", "with": {"target": "x", "token": "Bearer ${{ secret('t') }}"}}]))

    world.run()

    call = next(command for command in world.commands if isinstance(command, CallNode))
    assert {"target": "x", "token": None} == call.params
    assert (SecretSlot(path=("token",), parts=("Bearer ", SecretRef(secret="t"))),) == call.secrets


def test_a_cancelled_step_is_called_off_and_the_run_waits_for_its_end() -> None:
    world = World(plan_of([{"do": "test.read"}]), lambda _: None)
    world.run()

    commands = world.tell(CancelRequested())
    assert [CallOff(1)] == [command for command in commands if isinstance(command, CallOff)]
    world.run(NodeCalledOff(1))

    assert ("cancelled", None) == status_of(world)


def test_catch_does_not_swallow_a_cancellation_and_finally_runs_once() -> None:
    steps = [
        {
            "try": [{"id": "slow", "do": "test.read"}],
            "catch": [{"do": [{"do": "test.read"}]}],
            "finally": [{"id": "clean", "do": "test.write"}],
        },
        {"do": "test.read"},
    ]
    world = World(plan_of(steps), lambda call: None if call.place == "slow" else {})
    world.run()

    world.cancel()
    world.cancel()

    assert ["slow", "clean"] == world.calls
    assert ("cancelled", None) == status_of(world)


def test_a_step_that_ends_while_it_is_called_off_still_ends_the_run() -> None:
    world = World(plan_of([{"do": "test.pay"}, {"do": "test.read"}]), lambda _: None)
    world.run()
    world.tell(CancelRequested())

    world.run(NodeDone(1, {"paid": True}))

    assert 1 == len(world.calls)
    assert ("cancelled", None) == status_of(world)


@pytest.mark.parametrize("outcome", [raised(), vanished()])
def test_a_step_that_fails_while_it_is_called_off_is_not_retried(outcome: Raised | Vanished) -> None:
    world = World(plan_of([{"do": "test.read"}]), lambda _: None)
    world.run()
    world.tell(CancelRequested())

    world.run(NodeFailed(1, outcome))

    assert ("cancelled", None) == status_of(world)


def test_cancelling_ends_a_wait_at_once() -> None:
    world = World(plan_of([{"wait": "1h"}]))
    world.tell(Started())

    world.run(CancelRequested())

    assert ("cancelled", None) == status_of(world)


def test_cancelling_a_run_that_waits_for_a_session_gives_a_late_one_back() -> None:
    world = World(plan_of([{"do": "page.read"}]))
    world.tell(Started())
    world.tell(CancelRequested())

    world.run(SessionOpened(1, SessionGrant(id="s1", robot="r1", capability="browser")))

    assert CloseSession("s1") in world.commands
    assert ("cancelled", None) == status_of(world)


def test_cancelling_during_finally_lets_it_come_to_its_end() -> None:
    steps = [
        {
            "try": [{"set": {"x": 1}}],
            "finally": [
                {"try": [{"set": {"x": 2}}], "finally": [{"id": "inner", "do": "test.read"}]},
                {"id": "outer", "do": "test.read"},
            ],
        },
        {"id": "never", "do": "test.read"},
    ]
    world = World(plan_of(steps), lambda call: None if call.place == "inner" else {})
    world.run()

    world.tell(CancelRequested())
    world.run(NodeDone(1, {}))

    assert ["inner", "outer"] == world.calls
    assert ("cancelled", None) == status_of(world)


def test_an_error_in_finally_does_not_turn_a_cancellation_into_a_failure() -> None:
    steps = [{"try": [{"do": "test.read"}], "finally": [{"throw": "no"}]}]
    world = World(plan_of(steps), lambda _: None)
    world.run()

    world.cancel()

    assert ("cancelled", None) == status_of(world)


def test_cancelling_between_turns_of_a_long_calculation_ends_it() -> None:
    world = World(plan_of([{"for_each": "${{ range(50000) }}", "do": [{"set": {"x": 1}}]}]))
    world.tell(Started())

    world.tell(CancelRequested())
    world.run(TimerFired(world.state.breathing or 0))

    assert ("cancelled", None) == status_of(world)


def test_a_long_subject_is_cut() -> None:
    world = World(plan_of([{"do": "test.read", "with": {"target": {"label": "x" * 500}}}]))

    world.run()

    subjects = [command.subject for command in world.commands if isinstance(command, StepStarted) and command.attempt]
    assert 120 == len(subjects[0] or "")
