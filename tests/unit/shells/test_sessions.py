"""Sessions of a run: what it asks for, what it is granted, and what it does when a robot's process ends."""

from __future__ import annotations

from tests.support.commands import Work
from tests.support.machine import plan_of
from tests.support.play import Play
from tests.support.playing_runs import (
    done,
    event,
    given_back,
    going_on,
    have_session,
    open_session,
    place,
    playing_run,
    requests,
    waits,
)
from workflows.fleet import (
    DELAYED_SIGNAL,
    PLACED_SIGNAL,
    RETURNED_SIGNAL,
    RETURNED_TO_SIGNAL,
    START_POOL_ACTIVITY,
    Delay,
    Placement,
    RobotReturned,
)
from workflows.ids import SESSION_ACTIVITY
from workflows.notice import NOTIFY_ACTIVITY
from workflows.orders import LEAVING
from workflows.start import RunInput, RunResult

READ = {"do": "page.read"}
GO = {"receive": "go"}
SCARCE = {"limits": {"licence": 1}}


def sessions(run: Play) -> list[Work]:
    """What robots are asked to hold for a run."""
    return run.at_work(SESSION_ACTIVITY)


def replaced(run: Play, *, kept: str | None = None, gone: str | None = None) -> None:
    """The process of the run's robot was replaced by another one."""
    placements = (Placement(id=kept, robot=None, lease=1_000),) if kept else ()
    run.signal(RETURNED_TO_SIGNAL, RobotReturned(robot="r1", kept=placements, gone=(gone,) if gone else ()))


def test_a_placement_nobody_asked_for_is_given_back() -> None:
    with playing_run(plan_of([READ])) as run:
        run.signal(PLACED_SIGNAL, Placement(id="nobody/1", robot="r1", lease=1))

        assert ["nobody/1"] == given_back(run)


def test_a_placement_told_twice_is_neither_given_back_nor_taken_twice() -> None:
    with playing_run(plan_of([READ])) as run:
        place(run)
        place(run)

        assert [] == given_back(run)
        assert 1 == len(sessions(run))


def test_a_session_is_opened_once_however_often_its_robot_says_so() -> None:
    with playing_run(plan_of([READ])) as run:
        have_session(run)
        open_session(run)

        assert 1 == len(run.at_work("page.read"))


def test_why_a_session_takes_a_while_is_shown() -> None:
    with playing_run(plan_of([READ])) as run:
        (wish,) = requests(run)

        run.signal(DELAYED_SIGNAL, Delay(id=wish.id, why="all robots are busy"))

        assert ("all robots are busy", False) == ((shown := waits(run, "robot")).what, shown.unroutable)


def test_people_are_told_once_that_no_robot_can_ever_take_a_step() -> None:
    with playing_run(plan_of([READ])) as run:
        (wish,) = requests(run)

        for why in ("no robot has 'browser'", "no robot has it"):
            run.signal(DELAYED_SIGNAL, Delay(id=wish.id, why=why, unroutable=True))

        notices = [work.args[0] for work in run.at_work(NOTIFY_ACTIVITY)]
        assert [("unroutable", "no robot has 'browser'")] == [(told["kind"], told["message"]) for told in notices]


def test_news_of_a_wish_that_nobody_has_is_no_news() -> None:
    with playing_run(plan_of([READ])) as run:
        before = waits(run, "robot")

        run.signal(DELAYED_SIGNAL, Delay(id="nobody/1", why="all robots are busy"))

        assert before == waits(run, "robot")


def test_a_run_that_is_cancelled_while_it_waits_for_a_session_leaves_no_wish_behind() -> None:
    with playing_run(plan_of([READ])) as run:
        (wish,) = requests(run)

        run.cancel()

        assert [wish.id] == given_back(run)
        assert run.end is not None
        assert run.end.HasField("cancel_workflow_execution")


def test_a_share_that_was_had_as_it_was_called_off_is_given_back_once() -> None:
    sides = {"stops": [GO, {"throw": {"type": "OddError", "message": "odd"}}], "works": [{"do": "test.read"}]}
    with playing_run(plan_of([{"parallel": sides}], **SCARCE)) as run:
        with run.at_once():
            name = place(run, robot=None)
            event(run)

        assert [name] == given_back(run)
        assert [] == run.at_work("test.read")


def test_a_pool_that_is_not_there_is_started_and_told_then() -> None:
    with playing_run(plan_of([READ]), meanwhile=lambda play: play.gone.add("pool/default")) as run:
        run.gone.clear()

        run.done(run.at_work(START_POOL_ACTIVITY)[0])

        first, again = requests(run)
        assert first == again


def test_a_step_that_no_robot_takes_is_called_again_once_the_pool_knows_one() -> None:
    with playing_run(plan_of([{"do": "test.read"}])) as run:
        run.times_out(run.at_work("test.read")[0])
        (wish,) = requests(run)

        place(run)

        assert ("route", ("test",)) == (wish.kind, wish.tags)
        assert 1 == len(run.at_work("test.read"))


def test_a_session_that_its_robot_never_opens_is_asked_for_again() -> None:
    with playing_run(plan_of([READ])) as run:
        first = place(run)

        run.times_out(sessions(run)[0])
        run.wait(60)

        assert [first] == given_back(run)
        assert [True] == [said.message["lost"] for said in run.told(RETURNED_SIGNAL)]
        assert first != requests(run)[-1].id


def test_a_session_that_its_robot_gives_up_before_it_was_open_fails_its_step() -> None:
    with playing_run(plan_of([READ | {"retry": {"delays": []}}], on_failure="park")) as run:
        name = place(run)

        run.done(sessions(run)[0])

        assert [name] == given_back(run)
        assert "the robot gave the session up" == waits(run, "parked").what


def test_a_run_that_is_bound_to_one_robot_is_bound_to_none_when_that_one_is_lost() -> None:
    with playing_run(plan_of([READ, GO, READ], affinity="session")) as run:
        have_session(run, "r1")
        done(run, "page.read")
        run.done(sessions(run)[0])

        event(run)

        assert [None, None] == [wish.near for wish in requests(run)]


def test_a_run_that_is_bound_to_one_robot_has_its_other_sessions_there_too() -> None:
    own = {"session": {}, "do": [READ]}
    with playing_run(plan_of([READ, own], affinity="session")) as run:
        have_session(run, "r1")

        done(run, "page.read")

        assert [None, "r1"] == [wish.near for wish in requests(run)]


def test_a_session_that_is_being_opened_is_closed_when_the_run_is_cancelled() -> None:
    with playing_run(plan_of([READ])) as run:
        place(run)
        run.cancel()
        (opening,) = sessions(run)
        called_off = opening.called_off

        run.stops(opening)

        assert called_off
        assert run.end is not None
        assert run.end.HasField("cancel_workflow_execution")


def test_a_payment_under_way_in_a_page_whose_robot_got_a_new_process_is_not_made_again() -> None:
    with playing_run(plan_of([{"id": "pay", "do": "page.click"}], on_failure="park")) as run:
        name = have_session(run)

        replaced(run, kept=name)
        open_session(run)

        error = waits(run, "parked").error
        assert error is not None
        assert "unknown-outcome" == error.kind
        assert [(1, True)] == [(work.args[1]["attempt"], work.called_off) for work in run.at_work("page.click")]


def test_what_begins_while_a_process_is_replaced_waits_for_its_page() -> None:
    with playing_run(plan_of([READ, GO, READ])) as run:
        name = have_session(run)
        done(run, "page.read")
        replaced(run, kept=name)
        event(run)
        meanwhile = run.at_work("page.read")

        open_session(run)

        assert [] == meanwhile
        assert [1_000] == [work.args[1]["session"]["lease"] for work in run.at_work("page.read")]


def test_what_begins_while_a_process_is_replaced_is_done_elsewhere_if_the_page_is_gone() -> None:
    with playing_run(plan_of([READ, GO, READ])) as run:
        name = have_session(run)
        done(run, "page.read")
        replaced(run, kept=name)
        event(run)

        run.done(sessions(run)[-1])
        run.wait(60)

        assert name != requests(run)[-1].id
        have_session(run, "r2")
        assert ["r2"] == [work.args[1]["session"]["robot"] for work in run.at_work("page.read")]


def test_a_page_that_went_with_its_robots_process_is_had_again() -> None:
    with playing_run(plan_of([READ])) as run:
        name = have_session(run)

        replaced(run, gone=name)
        run.wait(60)

        assert name != requests(run)[-1].id


def test_a_page_that_went_between_two_steps_is_had_again_for_the_second() -> None:
    with playing_run(plan_of([READ, GO, READ])) as run:
        name = have_session(run)
        done(run, "page.read")

        replaced(run, gone=name)
        event(run)

        assert name != requests(run)[-1].id
        assert [] == run.at_work("page.read")


def test_a_process_that_is_replaced_while_it_opens_a_session_is_asked_again() -> None:
    with playing_run(plan_of([READ])) as run:
        name = place(run)

        replaced(run, kept=name)
        run.wait(60)

        assert [name] == given_back(run)
        assert name != requests(run)[-1].id


def test_a_process_that_was_replaced_may_name_sessions_that_the_run_has_not() -> None:
    with playing_run(plan_of([READ])) as run:
        have_session(run)

        replaced(run, gone="nobody/1")

        assert 1 == len(run.at_work("page.read"))


def test_a_share_is_held_on_by_the_next_execution() -> None:
    work = {"do": "test.read"}
    with playing_run(plan_of([work] * 3, **SCARCE), long=10) as run:
        name = place(run, robot=None)
        run.length = 10
        done(run, "test.read")
        done(run, "test.read")
        given = run.handed_on(RunInput)

    with going_on(given) as successor:
        done(successor, "test.read")

        assert [] == requests(successor)
        assert [name] == given_back(successor)


def test_a_robot_that_takes_long_to_close_a_session_keeps_no_lease() -> None:
    with playing_run(plan_of([READ])) as run:
        name = have_session(run)
        done(run, "page.read")
        (holding,) = sessions(run)
        at_first = given_back(run)

        run.wait(LEAVING.total_seconds())

        assert (True, []) == (holding.called_off, at_first)
        assert [name] == given_back(run)
        assert {} == run.result(RunResult).outputs
