"""The robots of an installation, as their workflows know them, and what people want of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any, Literal

from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import (
    Client,
    RPCError,
    WorkflowExecutionDescription,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCStatusCode

from workers.filters import quoted
from workers.pooling import forget_robot
from workflows.errors import ConfigurationError
from workflows.fleet import (
    FORGET_UPDATE,
    MODE_UPDATE,
    PRESENCE_ACTIVITY,
    ROBOT,
    TAGS_UPDATE,
    VIEW_QUERY,
    Busy,
    ForgetRequest,
    ModeRequest,
    RobotEntry,
    RobotView,
    TagsRequest,
)
from workflows.ids import RobotId, pool_workflow, robot_workflow
from workflows.robot import MEMO

_AT_ONCE = 20
"""How many robots are asked at the same time."""
_AGAIN = 1.0
_TRIES = 10
"""How often a robot is asked something that it has no ear for at the moment, with a pause between."""
_PAUSE = 0.2
_ANSWER = timedelta(seconds=10)

Status = Literal["idle", "busy", "draining", "paused", "failing", "lost", "offline"]


class NoSuchRobotError(ConfigurationError):
    """No robot of this name is known."""


class RobotRefusedError(ConfigurationError):
    """A robot cannot do what somebody wants of it."""


@dataclass(frozen=True, slots=True)
class Robot:
    """A robot, with what it does now."""

    view: RobotView
    busy: Busy | None = None
    """As it told with its last sign of life; None for one that is not there."""
    seen: datetime | None = None
    """Its last sign of life."""
    attended: bool = False
    """Whether Temporal waits for its signs of life."""

    @property
    def entry(self) -> RobotEntry:
        """What its pool knows."""
        return self.view.entry

    @property
    def id(self) -> RobotId:
        """Its stable name."""
        return RobotId(self.entry.card.robot)

    @property
    def status(self) -> Status:
        """How it is, for people."""
        entry = self.entry
        if entry.presence != "here":
            return entry.presence
        if not self.attended:  # no orchestrator has noted it yet
            return "lost"
        if entry.mode != "serving":
            return entry.mode
        if entry.failing:
            return "failing"
        return "busy" if self.busy and (self.busy.steps or self.busy.sessions) else "idle"

    @property
    def since(self) -> datetime:
        """Since when it is as it is; whether it works or not does not count."""
        return datetime.fromtimestamp(self.entry.since, UTC)

    @property
    def sessions(self) -> int:
        """How many it holds."""
        return len(self.busy.sessions) if self.busy else 0


async def find_robots(client: Client) -> list[Robot]:
    """Find all robots that have ever come and were not forgotten, by their names."""
    query = f"WorkflowType = {quoted(ROBOT)} AND ExecutionStatus = 'Running'"
    names = [execution.id async for execution in client.list_workflows(query)]
    gate = asyncio.Semaphore(_AT_ONCE)

    async def look(name: str) -> Robot | None:
        async with gate:
            return await _found(client, name)

    found = await asyncio.gather(*map(look, names))
    return sorted((robot for robot in found if robot is not None), key=lambda robot: robot.id)


async def find_robot(client: Client, name: str) -> Robot:
    """Find one robot.

    Raises:
        NoSuchRobotError: there is none; the message names similar ones.
    """
    robot = await _found(client, robot_workflow(RobotId(name)))
    if robot is None:
        raise NoSuchRobotError(unknown(name, [robot.id for robot in await find_robots(client)]))
    return robot


async def node_types(client: Client, robot: RobotId) -> dict[str, str] | None:
    """The node types of a robot, each with its digest; None when no orchestrator answers."""
    try:
        view: RobotView | None = await _handle(client, robot).query(
            VIEW_QUERY, result_type=RobotView, rpc_timeout=_ANSWER
        )
    except RPCError:
        return None
    return view.entry.card.nodes if view else None


async def set_mode(client: Client, name: str, request: ModeRequest) -> RobotView:
    """Have a robot serve, pause or drain.

    Raises:
        NoSuchRobotError: there is none.
        RobotRefusedError: it cannot do that.
    """
    return await _asked(client, name, MODE_UPDATE, request)


async def change_tags(client: Client, name: str, request: TagsRequest) -> RobotView:
    """Change a robot's tags.

    Raises:
        NoSuchRobotError: there is none.
        RobotRefusedError: they cannot be changed like this.
    """
    return await _asked(client, name, TAGS_UPDATE, request)


async def forget(client: Client, name: str, *, by: str) -> None:
    """Forget a robot that will not come back.

    Raises:
        NoSuchRobotError: there is none.
        RobotRefusedError: it is there.
    """
    robot = await find_robot(client, name)
    if robot.entry.presence == "here":
        raise RobotRefusedError(f"the robot {name!r} is there ({robot.status}); stop it first")
    await forget_robot(client, robot.entry.card.environment, name, by=by)
    await _handle(client, name).terminate(f"forgotten by {by}")
    pool = client.get_workflow_handle(pool_workflow(robot.entry.card.environment))
    with suppress(RPCError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError):  # or never knew it
        await pool.execute_update(FORGET_UPDATE, ForgetRequest(robot=robot.id, by=by), rpc_timeout=_ANSWER)


def unknown(name: str, known: Iterable[str]) -> str:
    """Say that there is no robot of this name, and which was probably meant."""
    names = list(known)
    near = get_close_matches(name[:100], names, n=3)
    if near:
        return f"no robot {name!r}; did you mean {' or '.join(map(repr, near))}?"
    remedy = "`aether robot list` shows all" if names else "no robots are known; start one with `aether robot start`"
    return f"no robot {name!r}; {remedy}"


def _handle(client: Client, name: str) -> WorkflowHandle[object, object]:
    return client.get_workflow_handle(robot_workflow(RobotId(name)))


async def _found(client: Client, workflow: str) -> Robot | None:
    """Look at a robot; None where there is none."""
    robot = await _look(client, workflow)
    if robot is not None and robot.entry.presence == "here" and not robot.attended:
        await asyncio.sleep(_AGAIN)  # now and then one activity follows another
        return await _look(client, workflow)
    return robot


async def _look(client: Client, workflow: str) -> Robot | None:
    try:
        described = await client.get_workflow_handle(workflow).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    memo = await described.memo()
    if described.close_time is not None or MEMO not in memo:
        return None
    view = RobotView.model_validate(memo[MEMO])
    presence = _presence(described)
    if presence is None:
        return Robot(view)
    if not presence.heartbeat_details.payloads:
        return Robot(view, attended=True)
    [busy] = await client.data_converter.decode(presence.heartbeat_details.payloads, [Busy])
    return Robot(view, busy, presence.last_heartbeat_time.ToDatetime(tzinfo=UTC), attended=True)


def _presence(described: WorkflowExecutionDescription) -> PendingActivityInfo | None:
    pending = described.raw_description.pending_activities
    return next((each for each in pending if each.activity_type.name == PRESENCE_ACTIVITY), None)


async def _asked(client: Client, name: str, update: str, request: ModeRequest | TagsRequest) -> RobotView:
    handle = _handle(client, name)
    try:
        return await _update(handle, update, request)
    except WorkflowUpdateFailedError as error:
        cause = error.cause
        raise RobotRefusedError(cause.message if isinstance(cause, ApplicationError) else str(cause)) from error
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise ConfigurationError("no orchestrator answers for the robot; start one with `aether dev`") from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NoSuchRobotError(unknown(name, [robot.id for robot in await find_robots(client)])) from error
        raise


async def _update(handle: WorkflowHandle[Any, Any], update: str, request: ModeRequest | TagsRequest) -> RobotView:
    """Ask a robot's workflow, again where it was about to begin a new history."""
    left = _TRIES
    while True:
        left -= 1
        try:
            view: RobotView = await handle.execute_update(update, request, result_type=RobotView, rpc_timeout=_ANSWER)
        except RPCError as error:
            if error.status is not RPCStatusCode.FAILED_PRECONDITION or not left:
                raise
            await asyncio.sleep(_PAUSE)
        else:
            return view
