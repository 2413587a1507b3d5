"""Runs that call others, and runs that are called."""

from __future__ import annotations

import pytest
from temporalio.exceptions import ApplicationError, TerminatedError

from tests.support.machine import document_of, plan_of
from tests.support.play import Play
from tests.support.playing_runs import done, going_on, playing_run, progress, reports, waits
from workflows.answers import CHILD_SIGNAL
from workflows.call import ErrorValue
from workflows.plan import Plan
from workflows.start import Caller, RunInput, RunResult

READ = {"id": "a", "do": "test.read"}
SUB = {"sub": document_of([READ], name="sub", outputs={"n": "${{ a.n }}"})}
CALLER = Caller(run="test/0", number=4)
REFUSED = ErrorValue(type="RefusedError", kind="business", message="not payable")


def calling(**call: object) -> Plan:
    """A document that calls another one, and catches whatever comes of it."""
    tried = {
        "try": [{"id": "sub", "call": "sub", **call}],
        "catch": [{"do": [{"set": {"why": "${{ error.message }}"}}]}],
    }
    return plan_of([{"set": {"why": ""}}, tried, {"id": "b", "do": "test.read"}], SUB, outputs={"why": "${{ why }}"})


def why(run: Play) -> object:
    """What the run caught, at its end."""
    done(run, "test.read")
    return run.result(RunResult).outputs["why"]


def begun(run: Play) -> Play:
    """The same run, when the one that it calls has been started."""
    for child in run.children.values():
        run.begins(child)
    return run


def test_a_called_run_tells_its_outputs_to_the_run_that_called_it() -> None:
    with playing_run(plan_of([READ], outputs={"n": "${{ a.n }}"}), caller=CALLER) as run:
        done(run, "test.read", {"n": 5})

        (report,) = run.told(CHILD_SIGNAL)
        assert ("test/0", 4, {"n": 5}) == (report.workflow, report.message["number"], report.message["outputs"])


def test_a_called_run_tells_that_it_was_cancelled() -> None:
    with playing_run(plan_of([{"receive": "go"}]), caller=CALLER) as run:
        run.cancel()

        (report,) = run.told(CHILD_SIGNAL)
        assert "CallCancelledError" == report.message["error"]["type"]


def test_a_called_run_comes_to_its_end_when_nobody_waits_for_it_any_more() -> None:
    with playing_run(plan_of([READ]), caller=CALLER) as run:
        run.gone.add("test/0")
        done(run, "test.read")

        assert {} == run.result(RunResult).outputs


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        (ApplicationError("no", REFUSED.model_dump(mode="json")), "not payable"),
        (TerminatedError("by ada"), "the called run ended: by ada"),
    ],
    ids=["refused", "terminated"],
)
def test_the_failure_of_a_called_run_is_that_of_the_step_that_called_it(cause: BaseException, message: str) -> None:
    with playing_run(calling()) as run:
        (child,) = begun(run).children.values()

        run.breaks(child, cause)

        assert message == why(run)


def test_a_called_run_that_was_cancelled_elsewhere_is_an_error_like_others() -> None:
    with playing_run(calling()) as run:
        (child,) = begun(run).children.values()
        number = run.children[child.number].args[0]["caller"]["number"]

        reports(run, number, error=ErrorValue(type="CallCancelledError", kind="robot", message="it was cancelled"))

        assert "it was cancelled" == why(run)


def test_a_call_that_nobody_waits_for_is_over_when_its_run_has_been_started() -> None:
    with playing_run(calling(detach=True)) as run:
        before = run.at_work("test.read")

        begun(run)

        assert [] == before
        assert "" == why(run)


def test_the_next_execution_of_a_run_waits_for_the_run_that_an_earlier_one_called_and_cancels_it() -> None:
    both = {"call": [{"id": "sub", "call": "sub"}], "work": [{"do": "test.read"}, {"do": "test.read"}]}
    with playing_run(plan_of([{"parallel": both}], SUB), long=10) as run:
        (child,) = begun(run).children.values()
        run.length = 10
        done(run, "test.read")
        done(run, "test.read")
        given = run.handed_on(RunInput)

    with going_on(given) as successor:
        waiting = waits(successor, "child").step
        successor.cancel()
        cancelled = list(successor.cancelled)
        reports(successor, child.args[0]["caller"]["number"])

        assert ([child.id], "sub") == (cancelled, waiting)
        assert "cancelled" == progress(successor).status


def test_the_next_execution_of_a_run_hears_of_the_end_of_the_run_that_an_earlier_one_called() -> None:
    both = {"call": [{"id": "sub", "call": "sub"}], "work": [{"do": "test.read"}, {"do": "test.read"}]}
    fork = {"id": "both", "parallel": both}
    with playing_run(plan_of([fork], SUB, outputs={"n": "${{ both.call.sub.n }}"}), long=10) as run:
        (child,) = begun(run).children.values()
        run.length = 10
        done(run, "test.read")
        done(run, "test.read")
        given = run.handed_on(RunInput)

    with going_on(given) as successor:
        reports(successor, child.args[0]["caller"]["number"], outputs={"n": 5})

        assert {"n": 5} == successor.result(RunResult).outputs
