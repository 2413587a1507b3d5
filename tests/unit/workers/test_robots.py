"""Robots, folded from what Temporal knows of their processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.deployment.v1 import WorkerDeploymentVersion
from temporalio.api.enums.v1 import WorkerStatus
from temporalio.api.worker.v1 import PluginInfo, WorkerHeartbeat, WorkerHostInfo, WorkerSlotsInfo

from workers.robots import NoSuchRobotError, Poll, Robot, fold, pick
from workflows.ids import RobotId

NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)
RUNNING = WorkerStatus.WORKER_STATUS_RUNNING
STOPPING = WorkerStatus.WORKER_STATUS_SHUTTING_DOWN
OWN = "aether.robot.anna"
ANNA = RobotId("anna")


def report(
    queue: str = OWN,
    *,
    status: WorkerStatus.ValueType = RUNNING,
    age: float = 1,
    process: str = "one",
    used: int = 0,
) -> WorkerHeartbeat:
    """What a robot called anna said of a queue some seconds ago, a minute after its start."""
    beat = WorkerHeartbeat(
        worker_identity=ANNA,
        task_queue=queue,
        status=status,
        host_info=WorkerHostInfo(
            host_name="desk", process_id="42", worker_grouping_key=process, current_host_cpu_usage=0.5
        ),
        deployment_version=WorkerDeploymentVersion(build_id="aether-1.2.3"),
        sdk_name="temporal-python",
        sdk_version="1.35.0",
        activity_task_slots_info=WorkerSlotsInfo(current_used_slots=used, current_available_slots=5 - used),
        plugins=[PluginInfo(name=name) for name in ("aether", "aether.offers/browser", "aether.tag/sap")],
    )
    beat.heartbeat_time.FromDatetime(NOW - timedelta(seconds=age))
    beat.start_time.FromDatetime(NOW - timedelta(seconds=age + 60))
    return beat


def poll(age: float, capability: str = "files") -> Poll:
    return Poll(ANNA, capability, NOW - timedelta(seconds=age))


def folded(*reports: WorkerHeartbeat, polled: tuple[Poll, ...] = (), reports_kept: bool = True) -> list[Robot]:
    return fold(reports, polled, now=NOW, reports_kept=reports_kept)


def test_the_queues_of_a_robot_make_one_robot() -> None:
    [robot] = folded(report(used=2), report("aether.cap.browser"), report("aether.cap.browser+sap", used=1))

    assert ("anna", "online", ("browser",), ("sap",)) == (robot.id, robot.status, robot.capabilities, robot.tags)
    assert (1, 5, 2) == (robot.sessions, robot.most_sessions, robot.steps)
    assert NOW - timedelta(seconds=61) == robot.since
    assert robot.machine is not None
    assert ("desk", 42, 0.5) == (robot.machine.host, robot.machine.pid, robot.machine.cpu)
    assert ("1.2.3", "temporal-python 1.35.0") == (robot.machine.aether, robot.machine.sdk)
    assert ["aether.cap.browser", "aether.cap.browser+sap", OWN] == [queue.name for queue in robot.queues]


def test_requests_that_wait_for_a_session_are_no_sessions() -> None:
    [robot] = folded(report(), report("aether.cap.browser", used=4), report("aether.cap.browser+sap", used=3))

    assert (5, 5) == (robot.sessions, robot.most_sessions)


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([report(age=14)], "online"),
        ([report(age=15)], "lost"),
        ([report(), report("aether.cap.files", status=STOPPING)], "stopping"),
        ([report(status=STOPPING)], "stopping"),
        ([report(age=20), report("aether.cap.files", status=STOPPING, age=20)], "lost"),
    ],
    ids=["reported lately", "silent", "stops taking work", "stops", "killed while it stopped"],
)
def test_the_status_of_a_robot_follows_from_its_reports(reports: list[WorkerHeartbeat], expected: str) -> None:
    assert [expected] == [robot.status for robot in folded(*reports)]


def test_a_robot_that_stopped_in_good_order_is_gone() -> None:
    assert [] == folded(report(status=STOPPING, age=16), report("aether.cap.files", status=STOPPING, age=17))


def test_only_the_latest_process_of_a_robot_counts() -> None:
    [robot] = folded(report(age=200, process="one", used=3), report(process="two"))

    assert ("online", 0, 1) == (robot.status, robot.steps, len(robot.queues))
    assert NOW - timedelta(seconds=61) == robot.since


def test_other_processes_are_no_robots() -> None:
    assert [] == folded(report("aether.orchestrator"))


def test_a_new_robot_is_known_by_its_polls_before_its_first_report() -> None:
    [robot] = folded(polled=(poll(2), poll(1, "browser")))

    assert ("online", ("browser", "files"), None) == (robot.status, robot.capabilities, robot.since)


def test_a_robot_that_started_again_is_not_taken_for_the_one_that_stopped() -> None:
    [robot] = folded(report(status=STOPPING, age=10), polled=(poll(1),))

    assert ("online", ()) == (robot.status, robot.tags)


def test_polls_that_a_robot_left_behind_do_not_make_it_live() -> None:
    assert ["lost"] == [robot.status for robot in folded(report(age=40), polled=(poll(30),))]
    assert [] == folded(polled=(poll(30),))


@pytest.mark.parametrize(("age", "expected"), [(80, "online"), (100, "lost")])
def test_where_a_server_keeps_no_reports_the_last_poll_tells(age: float, expected: str) -> None:
    [robot] = folded(polled=(poll(age),), reports_kept=False)

    assert expected == robot.status


def test_an_unknown_robot_is_refused_with_the_names_of_similar_ones() -> None:
    with pytest.raises(NoSuchRobotError, match=r"no robot 'ana'; did you mean 'anna'\?"):
        pick(folded(report()), "ana")


def test_where_there_are_no_robots_one_learns_how_to_start_one() -> None:
    with pytest.raises(NoSuchRobotError, match="start one with `aether robot start`"):
        pick([], "anna")
