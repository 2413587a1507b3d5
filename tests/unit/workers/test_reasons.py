"""Why runs wait, in words: what pools, queues and orchestrators have to do with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from workers.reason import Facts, Reason
from workers.reasons import reasons_of
from workers.underway import Hold, Line, Trouble, Underway, Work
from workflows.fleet import Busy, BusyStep, Candidate, Explanation, Lease, LeaseRequest
from workflows.ids import SESSION_ACTIVITY
from workflows.progress import RunProgress, StepProgress, Waiting

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN = "pay/1"
ROBOT = Waiting(
    kind="robot", place="all[7].open", step="open", what="a robot with browser, sap", tags=("browser", "sap"),
    request="r/1",
)  # fmt: skip


def facts(*waits: Waiting, **others: Any) -> Facts:
    """What is known of a run that waits for these."""
    others.setdefault("underway", Underway(interpreters=("orchestrator-1",)))
    steps = others.pop("steps", ())
    progress = RunProgress(document="pay", status="waiting", step=None, started=0, steps=steps, waits=waits)
    return Facts(RUN, NOW, progress=progress, **others)


def only(given: Facts) -> Reason:
    """The one reason there is."""
    [reason] = reasons_of(given)
    return reason


def underway(*works: Work, **others: Any) -> Underway:
    """What robots do for a run that somebody interprets."""
    return Underway(works=works, interpreters=("orchestrator-1",), **others)


def work(state: Any = "begun", **others: Any) -> Work:
    """A step that is under way."""
    usual = {"queue": "aether.cap.http", "since": NOW - timedelta(minutes=4), "place": "get", "node": "http.request"}
    return Work(id="7", state=state, **{**usual, **others})


def explanation(**others: Any) -> Explanation:
    """What a pool says of a request."""
    why = "waits for a robot with the tags browser, sap: r1 is draining"
    usual = {"id": "r/1", "why": why, "unroutable": False, "since": NOW.timestamp() - 60, "ahead": 2}
    return Explanation(**{**usual, **others})


def test_a_robot_that_does_not_come_is_explained_by_the_pool() -> None:
    told = explanation(
        candidates=(Candidate(robot="r1", why="is draining"),), lacking=(Candidate(robot="r2", why="lacks sap"),)
    )

    reason = only(facts(ROBOT, granting={"r/1": told}))

    assert ("robot", "a robot with the tags browser, sap: r1 is draining", "all[7].open") == (
        reason.kind, reason.why, reason.place,
    )  # fmt: skip
    assert (NOW - timedelta(minutes=1), 2) == (reason.since, reason.ahead)
    assert ("aether robot resume r1",) == reason.remedies
    assert ["r1"] == [each.robot for each in reason.candidates]
    assert ["r2"] == [each.robot for each in reason.lacking]


def test_a_robot_that_nobody_has_is_to_be_started() -> None:
    told = explanation(why="there is no robot with the tags browser, sap", unroutable=True)

    reason = only(facts(ROBOT, granting={"r/1": told}, environment="production"))

    assert "a robot: there is no robot with the tags browser, sap" == reason.why
    assert ("AETHER_ENVIRONMENT=production aether robot start --tag sap",) == reason.remedies


def test_a_robot_that_is_lost_is_to_be_started_again() -> None:
    told = explanation(candidates=(Candidate(robot="r1", why="is lost since 3 min"),))

    assert ("aether robot start --id r1",) == only(facts(ROBOT, granting={"r/1": told})).remedies


def test_what_a_busy_robot_does_now_is_told_with_who_holds_it() -> None:
    request = LeaseRequest(id="r/9", run="pay/0", first_run_id="x", document="pay", place="login")
    told = explanation(holders=(Lease(number=3, request=request, robot="r2", since=0),))
    steps = (
        BusyStep(run="other/1", place="x", node="page.read", since=0),
        BusyStep(run="pay/0", place="all[3].pay", node="page.click", since=1),
    )

    reason = only(facts(ROBOT, granting={"r/1": told}, busy={"r2": Busy(cpu=0.5, memory=0.5, steps=steps)}))

    assert (["all[3].pay"], ("aether explain pay/0",)) == ([each.place for each in reason.doing], reason.remedies)


def test_a_share_says_who_holds_it() -> None:
    request = LeaseRequest(id="r/9", run="pay/0", first_run_id="x", document="pay", limits={"sap-licence": 1})
    told = explanation(
        why="the only share of 'sap-licence' is held by run pay/0",
        holders=(Lease(number=3, request=request, robot=None, since=0),),
    )
    share = ROBOT.model_copy(update={"tags": (), "what": "a share of sap-licence"})

    reason = only(facts(share, granting={"r/1": told}))

    assert ("limit", "its share: the only share of 'sap-licence' is held by run pay/0", "pay/0") == (
        reason.kind, reason.why, reason.holders[0].request.run,
    )  # fmt: skip


def test_a_pool_that_does_not_answer_is_said_to_be_missing() -> None:
    reason = only(facts(ROBOT, granting={"r/1": "nobody answers for the pool"}))

    assert ("pool", "a robot with browser, sap; nobody answers for the pool") == (reason.kind, reason.why)


def test_a_wish_that_was_granted_waits_for_its_robot_to_open_the_session() -> None:
    session = work(node=SESSION_ACTIVITY, place=None, session="r/1", worker="r1", queue="aether.robot.r1")

    reason = only(facts(ROBOT, granting={"r/1": None}, underway=underway(session)))

    assert ("opening", "r1", NOW - timedelta(minutes=4)) == (reason.kind, reason.robot, reason.since)


def test_a_robot_that_does_not_take_a_session_is_named() -> None:
    session = work("waiting", node=SESSION_ACTIVITY, place=None, session="r/1", queue="aether.robot.r1")
    lines = {"aether.robot.r1": Line("aether.robot.r1", ())}

    reason = only(facts(ROBOT, granting={"r/1": None}, underway=underway(session, lines=lines)))

    assert ("silent", "robot 'r1' to take the session; it does not answer") == (reason.kind, reason.why)


def test_robots_that_have_their_hands_full_are_named_with_the_line_before_them() -> None:
    lines = {"aether.cap.http": Line("aether.cap.http", ("r1", "r2"), backlog=7)}
    node = Waiting(kind="node", place="get", step="get", what="http.request", attempts=2)

    reason = only(facts(node, underway=underway(work("waiting"), lines=lines)))

    assert "queue" == reason.kind
    assert (
        "a robot that has time for http.request, attempt 2: r1, r2 have their hands full; 7 steps wait in line"
        == reason.why
    )
    assert ["r1", "r2"] == [each.robot for each in reason.candidates]


def test_a_queue_of_an_environment_is_named_by_what_it_offers() -> None:
    node = Waiting(kind="node", place="get", step="get", what="http.request")

    reason = only(facts(node, underway=underway(work("waiting", queue="aether.production.cap.http"))))

    assert "a robot that offers 'http', to do http.request: there is none" == reason.why


def test_a_step_whose_place_is_too_far_back_in_history_is_known_by_its_node() -> None:
    node = Waiting(kind="node", place="get", step="get", what="http.request")
    steps = (StepProgress(number=0, id="get", kind="http.request", depth=0),)
    far = underway(work(place=None, worker="r1", heard=NOW))

    reason = only(facts(node, steps=steps, underway=far))

    assert ("step", "r1", "http.request, on robot 'r1', last heard of 0 s ago") == (
        reason.kind, reason.robot, reason.why,
    )  # fmt: skip


def test_orchestrators_without_time_are_named() -> None:
    late = underway(task_since=NOW - timedelta(seconds=20))

    reason = only(facts(underway=late))

    assert ("orchestrator", NOW - timedelta(seconds=20)) == (reason.kind, reason.since)
    assert "an orchestrator that has time for it; there are orchestrator-1" == reason.why


def test_a_run_that_was_stopped_with_temporal_s_own_tools_says_so() -> None:
    reason = only(facts(underway=underway(stopped=Hold("ops", "upgrade", NOW))))

    assert "somebody who has it go on: it was paused by ops with Temporal's own tools: upgrade" == reason.why
    assert ("temporal workflow unpause -w pay/1",) == reason.remedies


def test_a_task_that_fails_is_said_plainly_even_if_nobody_knows_why() -> None:
    reason = only(facts(underway=underway(trouble=Trouble(4, None))))

    assert ("defect", "an orchestrator that can go on with it: its task has failed 4 times") == (
        reason.kind, reason.why,
    )  # fmt: skip


def test_a_run_that_waits_for_nothing_is_at_work() -> None:
    assert ("running", "nothing: it is at work") == (only(facts()).kind, only(facts()).why)
