"""Runs as workflows: how they begin and end, what people may want of them, and what comes at an awkward moment."""

from __future__ import annotations

import pytest
from temporalio.exceptions import ApplicationError

from tests.support.machine import plan_of
from tests.support.play import Play, playing
from tests.support.playing_runs import done, event, going_on, have_session, playing_run, progress, waits
from workflows.answers import (
    DECIDE_UPDATE,
    FIX_QUERY,
    FIX_UPDATE,
    PAUSE_UPDATE,
    RESUME_UPDATE,
    DecideRequest,
    FixRequest,
    PersonRequest,
)
from workflows.call import ErrorValue
from workflows.ids import SESSION_ACTIVITY
from workflows.notice import NOTIFY_ACTIVITY
from workflows.progress import PROGRESS_QUERY, RunProgress
from workflows.run import Run
from workflows.start import RunInput, RunResult

READ = {"do": "test.read"}
GO = {"receive": "go"}
BROKEN = {"id": "bad", "throw": {"type": "OddError", "kind": "robot", "message": "odd"}}
ASK = {"id": "ok", "approve": "Pay?"}
ADA = PersonRequest(by="ada")
PARKING = plan_of([{"id": "bad", "do": "test.lost", "retry": {"delays": []}}], on_failure="park")


def park(run: Play) -> int:
    """Have the only step of a run fail; gives the number of its question."""
    error = ErrorValue(type="LostError", kind="robot", message="no answer", acted=False)
    run.fails(run.at_work("test.lost")[0], ApplicationError("lost", error.model_dump(mode="json"), type="LostError"))
    run.done(run.at_work(NOTIFY_ACTIVITY)[0])
    return waits(run, "parked").number or 0


def retry(number: int, **facts: object) -> FixRequest:
    """Try a parked step again."""
    return FixRequest.model_validate({"number": number, "action": "retry", "by": "ada", **facts})


@pytest.mark.parametrize("given", ["hello", {"plan": {}}, None], ids=str)
def test_a_run_that_was_started_without_a_plan_fails_and_says_how_runs_are_started(given: object) -> None:
    with playing(Run, given) as run, pytest.raises(ApplicationError, match="start runs with 'aether run'") as failed:
        run.result(RunResult)

    assert "ConfigurationError" == failed.value.type


def test_a_run_without_an_input_that_its_document_wants_fails_at_once() -> None:
    plan = plan_of([READ], inputs={"amount": {"type": "integer"}})

    with playing_run(plan) as run, pytest.raises(ApplicationError, match="amount") as failed:
        run.result(RunResult)

    assert "configuration" == ErrorValue.model_validate(failed.value.details[0]).kind


def test_a_run_that_could_not_begin_says_nothing_of_itself_and_is_not_fixed() -> None:
    with playing(Run, "hello") as run:
        assert run.query(PROGRESS_QUERY, kind=RunProgress) is None
        assert "the run has not begun yet; ask again" == run.query(FIX_QUERY, retry(1), kind=str)


def test_what_comes_with_the_start_of_a_run_is_held_against_it_when_it_has_begun() -> None:
    asked: list[str] = []

    with playing_run(plan_of([READ]), meanwhile=lambda play: asked.append(play.ask(PAUSE_UPDATE, ADA))) as run:
        assert run.answer(asked[0]) is None
        assert "paused" == progress(run).status


def test_whether_a_fix_would_be_refused_can_be_asked() -> None:
    with playing_run(PARKING) as run:
        number = park(run)

        assert run.query(FIX_QUERY, retry(number), kind=str) is None
        assert "not parked" in (run.query(FIX_QUERY, retry(number + 1), kind=str) or "")


def test_a_fix_of_a_step_that_is_not_parked_is_refused_without_a_trace_in_history() -> None:
    with playing_run(PARKING) as run:
        number = park(run)

        with pytest.raises(ApplicationError, match="not parked"):
            run.update(FIX_UPDATE, retry(number + 1))
        assert [] == run.accepted


def test_of_two_answers_that_come_at_once_the_first_one_counts() -> None:
    with playing_run(PARKING) as run:
        number = park(run)
        with run.at_once():
            first = run.ask(FIX_UPDATE, retry(number))
            second = run.ask(FIX_UPDATE, retry(number))

        assert {"revision": 0} == run.answer(first)
        with pytest.raises(ApplicationError, match="not parked"):
            run.answer(second)
        assert 1 == len(run.at_work("test.lost"))


def test_a_parked_run_goes_on_with_the_corrected_document() -> None:
    with playing_run(PARKING) as run:
        number = park(run)
        mended = plan_of([{"id": "bad", "do": "test.read"}], on_failure="park", outputs={"n": "${{ bad.n }}"})

        answer = run.update(FIX_UPDATE, retry(number, plan=mended))
        done(run, "test.read", {"n": 5})

        assert {"revision": 1} == answer
        assert {"n": 5} == run.result(RunResult).outputs


def test_a_question_is_answered_once() -> None:
    with playing_run(plan_of([ASK, GO])) as run:
        number = waits(run, "person").number or 0
        run.update(DECIDE_UPDATE, DecideRequest(number=number, approved=True, by="ada"))

        with pytest.raises(ApplicationError, match="this question is not open any more"):
            run.update(DECIDE_UPDATE, DecideRequest(number=number, approved=False, by="bob"))
        assert 1 == len(run.accepted)


def test_a_run_is_paused_once_and_resumed_once() -> None:
    with playing_run(plan_of([GO, READ])) as run:
        with pytest.raises(ApplicationError, match="the run is not paused"):
            run.update(RESUME_UPDATE, ADA)
        run.update(PAUSE_UPDATE, ADA)
        with pytest.raises(ApplicationError, match="the run is paused already"):
            run.update(PAUSE_UPDATE, ADA)
        event(run)
        paused = run.at_work("test.read")
        run.update(RESUME_UPDATE, ADA)

        assert [] == paused
        assert 1 == len(run.at_work("test.read"))


def test_a_run_that_is_closing_its_session_takes_no_orders_any_more() -> None:
    with playing_run(plan_of([{"do": "page.read"}])) as run:
        have_session(run)
        done(run, "page.read")

        with pytest.raises(ApplicationError, match="the run is not at work any more"):
            run.update(PAUSE_UPDATE, ADA)
        run.stops(run.at_work(SESSION_ACTIVITY)[0])
        assert {} == run.result(RunResult).outputs


def test_people_are_told_when_a_run_takes_longer_than_it_should() -> None:
    with playing_run(plan_of([GO], sla="1m")) as run:
        run.wait(61)

        assert ["sla"] == [work.args[0]["kind"] for work in run.at_work(NOTIFY_ACTIVITY)]


def test_people_are_not_told_again_by_the_next_execution() -> None:
    with playing_run(plan_of([READ, READ, GO], sla="1m"), long=10) as run:
        run.wait(61)
        run.done(run.at_work(NOTIFY_ACTIVITY)[0])
        run.length = 10
        done(run, "test.read")
        done(run, "test.read")
        given = run.handed_on(RunInput)

    with going_on(given, now=run.now) as successor:
        successor.wait(3600)

        assert [] == successor.at_work(NOTIFY_ACTIVITY)


def test_a_notice_that_nobody_passes_on_does_not_hold_a_run() -> None:
    with playing_run(plan_of([ASK])) as run:
        run.fails(run.at_work(NOTIFY_ACTIVITY)[0])
        run.update(DECIDE_UPDATE, DecideRequest(number=waits(run, "person").number or 0, approved=True, by="ada"))

        assert {} == run.result(RunResult).outputs


def test_a_call_that_is_called_off_before_it_could_begin_is_over_at_once() -> None:
    sides = {"works": [READ], "stops": [BROKEN]}

    with playing_run(plan_of([{"parallel": sides}])) as run:
        with pytest.raises(ApplicationError, match="odd"):
            run.result(RunResult)
        assert [True] == [work.called_off for work in run.activities.values()]


def test_a_timer_that_is_called_off_rings_no_more() -> None:
    sides = {"waits": [{"wait": "1h"}], "stops": [GO, BROKEN]}

    with playing_run(plan_of([{"parallel": sides}])) as run:
        event(run)

        assert {} == run.timers
        with pytest.raises(ApplicationError, match="odd"):
            run.result(RunResult)


def test_a_run_that_is_cancelled_while_it_hands_on_is_cancelled_in_this_execution() -> None:
    with playing_run(plan_of([READ, READ, GO], sla="1m"), long=10) as run:
        run.wait(61)
        run.length = 10
        done(run, "test.read")
        done(run, "test.read")
        handing_on = run.end is None and run.at_work(NOTIFY_ACTIVITY) != []

        run.cancel()
        run.done(run.at_work(NOTIFY_ACTIVITY)[0])

        assert handing_on
        assert run.end is not None
        assert run.end.HasField("cancel_workflow_execution")
