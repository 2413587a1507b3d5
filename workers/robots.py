"""The robots of an installation, as Temporal knows them from their reports and polls."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Literal

from temporalio.api.enums.v1 import TaskQueueType, WorkerStatus
from temporalio.api.worker.v1 import WorkerHeartbeat
from temporalio.api.workflowservice.v1 import ListWorkersRequest
from temporalio.client import Client

from activities.sessions.browser import BROWSER
from workers.checkup import CAPABILITIES
from workers.pollers import keeps_reports, polls
from workflows.errors import ConfigurationError
from workflows.ids import RobotId, capability_queue, robot_queue

OFFER = "aether.offers/"
TAG = "aether.tag/"
"""How a robot publishes what it can do and has: as names of plugins, which its reports carry."""
SILENT = timedelta(seconds=15)
"""Robots report every four seconds: one that has not for so long is lost."""
_JUST_POLLED = timedelta(seconds=12)
"""A new robot polls before it reports, and a killed one leaves polls behind for a minute."""
_POLL = timedelta(seconds=90)
"""Where a server keeps no reports: a poll is renewed once a minute."""
_MOST = 1000

Status = Literal["online", "stopping", "lost"]


class NoSuchRobotError(ConfigurationError):
    """No robot of this name is known."""


@dataclass(frozen=True, slots=True)
class Served:
    """A queue that a robot serves."""

    name: str
    used: int
    """How many activities it does now."""
    free: int
    done: int
    """How many it has done since it started."""
    failed: int

    @property
    def for_sessions(self) -> bool:
        """Whether its activities are sessions."""
        return BROWSER.name in self.name.removeprefix(capability_queue()).split("+")


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a robot runs, and what it runs."""

    host: str
    pid: int | None
    cpu: float
    """How much of the whole machine is in use, from 0 to 1."""
    memory: float
    aether: str
    sdk: str


@dataclass(frozen=True, slots=True)
class Robot:
    """A robot as it last made itself known."""

    id: RobotId
    status: Status
    seen: datetime
    """Its last report, or its last poll where it has not reported."""
    capabilities: tuple[str, ...]
    tags: tuple[str, ...] = ()
    since: datetime | None = None
    """When it started; None until its first report, like all that follows."""
    machine: Machine | None = None
    queues: tuple[Served, ...] = ()

    @property
    def sessions(self) -> int:
        """How many sessions it holds; a request that waits until one is free has a slot, but no session."""
        return min(self.most_sessions, sum(queue.used for queue in self.queues if queue.for_sessions))

    @property
    def most_sessions(self) -> int:
        """How many it could hold."""
        return max((queue.used + queue.free for queue in self.queues if queue.for_sessions), default=0)

    @property
    def steps(self) -> int:
        """How many steps it does now."""
        return sum(queue.used for queue in self.queues if not queue.for_sessions)


@dataclass(frozen=True, slots=True)
class Poll:
    """A sign of life that every server keeps."""

    robot: RobotId
    capability: str
    at: datetime


async def find_robots(client: Client) -> list[Robot]:
    """Find the robots that are there, or were a few minutes ago."""
    kept = await keeps_reports(client)
    reports = await _reports(client) if kept else []
    polled = await _polls(client)
    return fold(reports, polled, now=datetime.now(UTC), reports_kept=kept)


def pick(robots: Iterable[Robot], name: str) -> Robot:
    """Pick a robot by its id.

    Raises:
        NoSuchRobotError: there is none; the message names similar ones.
    """
    known = {str(robot.id): robot for robot in robots}
    if name in known:
        return known[name]
    near = get_close_matches(name[:100], known, n=3)
    if near:
        remedy = f"did you mean {' or '.join(map(repr, near))}?"
    else:
        remedy = (
            "`aether robot list` shows all" if known else "no robots are known; start one with `aether robot start`"
        )
    raise NoSuchRobotError(f"no robot {name!r}; {remedy}")


def fold(
    reports: Iterable[WorkerHeartbeat], polled: Iterable[Poll], *, now: datetime, reports_kept: bool
) -> list[Robot]:
    """Make one robot of the reports and polls of all its queues, ordered by id; the ones that have stopped are gone."""
    by_robot: defaultdict[str, list[WorkerHeartbeat]] = defaultdict(list)
    for report in reports:
        by_robot[report.worker_identity].append(report)
    robots = {identity: _robot(RobotId(identity), its, now) for identity, its in by_robot.items()}
    for identity, its_polls in _by_robot(polled).items():
        at = max(poll.at for poll in its_polls)
        if _counts(at, by_robot[identity], robots.get(identity), now) or not (by_robot[identity] or reports_kept):
            status: Status = "online" if now - at < _POLL else "lost"
            capabilities = tuple(sorted({poll.capability for poll in its_polls}))
            robots[identity] = Robot(RobotId(identity), status, at, capabilities)
    return [robot for _, robot in sorted(robots.items()) if robot]


def _counts(at: datetime, reports: Sequence[WorkerHeartbeat], known: Robot | None, now: datetime) -> bool:
    """Whether a poll tells of a process that has not reported yet."""
    later = all(at > _moment(report) for report in reports)
    return later and now - at < _JUST_POLLED and (known is None or known.status != "online")


def _by_robot(polled: Iterable[Poll]) -> Mapping[str, Sequence[Poll]]:
    grouped: defaultdict[str, list[Poll]] = defaultdict(list)
    for poll in polled:
        grouped[poll.robot].append(poll)
    return grouped


def _robot(robot: RobotId, reports: Sequence[WorkerHeartbeat], now: datetime) -> Robot | None:
    """Tell of the latest process of a robot; None where it is no robot, or has stopped."""
    last = max(reports, key=_moment)
    process = last.host_info.worker_grouping_key
    its = [report for report in reports if report.host_info.worker_grouping_key == process]
    status = _status(its, silent=now - _moment(last) >= SILENT)
    if status is None or all(report.task_queue != robot_queue(robot) for report in its):
        return None
    return Robot(
        robot,
        status,
        _moment(last),
        capabilities=_named(last, OFFER),
        tags=_named(last, TAG),
        since=min(report.start_time.ToDatetime(tzinfo=UTC) for report in its),
        machine=_machine(last),
        queues=tuple(sorted(map(_served, its), key=lambda queue: queue.name)),
    )


def _status(reports: Sequence[WorkerHeartbeat], *, silent: bool) -> Status | None:
    running = [report.status == WorkerStatus.WORKER_STATUS_RUNNING for report in reports]
    if silent:
        return "lost" if any(running) else None
    return "online" if all(running) else "stopping"


def _moment(report: WorkerHeartbeat) -> datetime:
    return report.heartbeat_time.ToDatetime(tzinfo=UTC)


def _named(report: WorkerHeartbeat, prefix: str) -> tuple[str, ...]:
    names = (plugin.name for plugin in report.plugins)
    return tuple(sorted(name.removeprefix(prefix) for name in names if name.startswith(prefix)))


def _machine(report: WorkerHeartbeat) -> Machine:
    host = report.host_info
    return Machine(
        host=host.host_name,
        pid=int(host.process_id) if host.process_id.isdecimal() else None,
        cpu=host.current_host_cpu_usage,
        memory=host.current_host_mem_usage,
        aether=report.deployment_version.build_id.removeprefix("aether-"),
        sdk=f"{report.sdk_name} {report.sdk_version}",
    )


def _served(report: WorkerHeartbeat) -> Served:
    slots = report.activity_task_slots_info
    return Served(
        report.task_queue,
        used=slots.current_used_slots,
        free=slots.current_available_slots,
        done=slots.total_processed_tasks,
        failed=slots.total_failed_tasks,
    )


async def _reports(client: Client) -> list[WorkerHeartbeat]:
    """Have the last report of each queue of each process, orchestrators and others among them."""
    found: list[WorkerHeartbeat] = []
    page = b""
    while True:
        answer = await client.workflow_service.list_workers(
            ListWorkersRequest(namespace=client.namespace, page_size=_MOST, next_page_token=page)
        )
        found += [worker.worker_heartbeat for worker in answer.workers_info]
        page = answer.next_page_token
        if not page:
            return found


async def _polls(client: Client) -> list[Poll]:
    kind = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY
    answers = await asyncio.gather(*(polls(client, capability_queue(name), kind) for name in CAPABILITIES))
    return [
        Poll(RobotId(identity), capability, at)
        for capability, found in zip(CAPABILITIES, answers, strict=True)
        for identity, at in found.items()
    ]
