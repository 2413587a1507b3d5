from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from workers.incidents import Incident, NoSuchIncidentError, ParkedRun, grouped, pick
from workflows.ids import RunId
from workflows.incidents import MOST_PROBLEMS, Cause, Fixed, FixProgress, parked_for, verdict_on
from workflows.notice import Notice
from workflows.progress import Decision, RunProgress, StepProgress, Waiting

CAUSE = Cause(document="invoices", step="fill", error="ElementNotFoundError:3fa2b1c9")
MARK = "incident fix 7f878c283b67"


def parked(place: str = "all[3].fill", step: str = "fill", cause: str = CAUSE.error) -> Waiting:
    return Waiting(kind="parked", place=place, step=step, what="no element", number=7, cause=cause)


def working(place: str = "all[3].fill") -> Waiting:
    return Waiting(kind="node", place=place, step="fill", what="browser.fill")


def fixed(action: str = "retry", at: float = 100.0, note: str = f"renamed ({MARK})") -> Decision:
    return Decision(place="all[3].fill", action=action, by="ada", at=at, note=note)


def run(status: str = "running", **facts: Any) -> RunProgress:
    return RunProgress.model_validate(
        {"document": "invoices", "status": status, "step": None, "started": 1.0, "steps": (), **facts}
    )


def filling(started: float) -> StepProgress:
    return StepProgress(number=4, id="fill", kind="browser.fill", depth=1, started=started)


@dataclass(frozen=True)
class Case:
    id: str
    expected: str | None
    progress: RunProgress = field(default_factory=run)


CASES = (
    Case("it has succeeded", "passed", run("completed", decisions=(fixed(),))),
    Case("it has failed", "ended", run("failed", decisions=(fixed(),))),
    Case("it has failed, as wanted", "passed", run("failed", decisions=(fixed("abort"),))),
    Case("it is still at the step", None, run(waits=(working(),), decisions=(fixed(),))),
    Case("it is at a later step", "passed", run(waits=(working("all[3].send"),), decisions=(fixed(),))),
    Case("it parked again", "parked", run("parked", waits=(parked(),), decisions=(fixed(),))),
    Case("it parked there for another reason", "parked", run(waits=(parked(cause="X:1"),), decisions=(fixed(),))),
    Case("its next round parked alike", "parked", run(waits=(parked("all[4].fill"),), decisions=(fixed(),))),
    Case(
        "it parked further on",
        "passed",
        run("parked", waits=(parked("all[3].send", "send", "X:1"),), decisions=(fixed(),)),
    ),
    Case("it is on its way back", None, run(steps=(filling(90.0),), decisions=(fixed("goto"),))),
    Case("it came by again", "passed", run(steps=(filling(110.0),), decisions=(fixed("goto"),))),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_canary_shows_whether_the_fix_is_right(case: Case) -> None:
    assert case.expected == verdict_on(case.progress, CAUSE, MARK)


def test_only_branches_that_wait_for_the_cause_are_fixed() -> None:
    waits = (parked(), parked(step="send"), parked(cause="X:1"), working(), parked("all[5].fill"))

    assert (waits[0], waits[4]) == parked_for(run(waits=waits), CAUSE)


def test_a_cause_without_a_step_is_that_of_the_outputs() -> None:
    waiting = Waiting(kind="parked", place="outputs", step=None, what="x", cause="ExpressionError:1")

    assert (waiting,) == parked_for(
        run(waits=(waiting,)), Cause(document="invoices", step="", error="ExpressionError:1")
    )


def test_of_many_refusals_the_first_are_kept() -> None:
    progress = FixProgress()
    for number in range(MOST_PROBLEMS + 5):
        progress = progress.counting(f"run-{number}", Fixed(outcome="refused", reason="differs"))

    assert (MOST_PROBLEMS + 5, MOST_PROBLEMS) == (progress.refused, len(progress.refusals))
    assert "run-0" == progress.refusals[0].run


def test_an_incident_has_the_same_name_in_a_notice_and_in_a_list() -> None:
    notice = Notice(
        kind="parked",
        run="invoices/1",
        document="invoices",
        at=datetime.now(UTC),
        step="fill",
        error="ElementNotFoundError",
        fingerprint="3fa2b1c9",
    )

    assert notice.incident == CAUSE.incident


def seen(name: str, minute: int, cause: Cause = CAUSE) -> ParkedRun:
    return ParkedRun(
        RunId(name), cause, datetime(2026, 11, 21, 12, minute, tzinfo=UTC), "all[3].fill", f"message {name}"
    )


def test_the_largest_incident_comes_first_and_knows_its_first_and_last_run() -> None:
    other = Cause(document="invoices", step="send", error="X:1")

    incidents = grouped([seen("c", 1, other), seen("b", 9), seen("a", 3)])

    assert [CAUSE, other] == [incident.cause for incident in incidents]
    assert ["a", "b"] == [each.run for each in incidents[0].runs]
    assert (3, 9, "message b") == (incidents[0].first.minute, incidents[0].last.minute, incidents[0].sample.message)


INCIDENTS = [Incident(CAUSE, (seen("a", 1),)), Incident(Cause(document="x", step="y", error="Z"), (seen("b", 1),))]


def test_the_beginning_of_a_name_is_enough_where_it_is_clear() -> None:
    assert INCIDENTS[0] == pick(INCIDENTS, str(INCIDENTS[0].id)[:4])


@pytest.mark.parametrize(("name", "said"), [("", "aether incidents"), ("zzz", "no runs are parked for an incident")])
def test_an_incident_that_is_not_there_is_not_guessed(name: str, said: str) -> None:
    with pytest.raises(NoSuchIncidentError, match=said):
        pick(INCIDENTS, name)
