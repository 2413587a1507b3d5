"""How a robot's process makes itself known: it registers, is present, takes orders, and says goodbye."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import structlog
from temporalio import activity
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.lease import now
from workers.machine import Machine, is_dead
from workers.pooling import start_pool
from workflows.errors import ConfigurationError
from workflows.fleet import (
    LEAVE_SIGNAL,
    MODE_UPDATE,
    ORDER_ACTIVITY,
    PRESENCE_ACTIVITY,
    REGISTER_UPDATE,
    REPORT_SIGNAL,
    VIEW_QUERY,
    Busy,
    ModeRequest,
    Order,
    RobotCard,
    RobotReport,
    RobotView,
)
from workflows.ids import PLATFORM_QUEUE, RobotId, robot_workflow
from workflows.presence import TAKEN, taken
from workflows.robot import Robot, RobotState, Stay

_BEAT = timedelta(seconds=1)
_IDLE_BEAT = timedelta(seconds=3)
"""How often is told what there is to tell; and that there is nothing."""
_ANSWER = timedelta(seconds=10)
"""How long the platform may take to answer."""
_PAUSE = timedelta(seconds=1)
_UNSEEN = timedelta(seconds=2)
"""How long nobody may ask for this process before it makes itself known again."""
_LOSS = 1.2
"""How many times as long as a robot may be silent it takes at most until one that has vanished is known to be lost."""
_GOODBYE = timedelta(seconds=3)
_GONE = frozenset({RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED})
"""Temporal, or whoever should answer in its name, does not."""

log = structlog.get_logger()


class RobotTakenError(ConfigurationError):
    """Another process of the same name is alive."""


@dataclass(eq=False)
class Attendance:
    """One process of a robot, as its workflow knows it."""

    client: Client
    card: RobotCard
    machine: Machine
    obey: Callable[[Order], None]
    busy: Callable[[], Busy]
    silence: timedelta = timedelta(seconds=10)
    """After how long without a sign of life this process passes for lost."""
    queue: str = PLATFORM_QUEUE
    _present: int = 0
    """How many activities ask for this process: two while one history ends and the next begins."""
    _unseen_since: float = field(default_factory=now)

    @property
    def _workflow(self) -> WorkflowHandle[Robot, None]:
        return self.client.get_workflow_handle_for(Robot.run, robot_workflow(RobotId(self.card.robot)))

    async def register(self) -> None:
        """Make this process known, and learn what it is to do; a predecessor that may be alive gets time to vanish.

        Raises:
            RobotTakenError: another process of this name is alive.
        """
        update, began, told = uuid4().hex, now(), False
        while True:
            try:
                order = await self._register(update)
            except WorkflowUpdateFailedError as error:
                holder = _holder(error)
                update = uuid4().hex  # a refused one may be asked again under another name only
                if is_dead(holder, self.machine):
                    self.card = self.card.model_copy(update={"replaces": holder.incarnation})
                    log.info("robot.replaces", pid=holder.pid, host=holder.host)
                    continue
                if holder.machine == self.machine.key or now() - began > _LOSS * self.silence.total_seconds():
                    raise RobotTakenError(taken(holder)) from None
                log.info("robot.waits", predecessor=holder.pid, host=holder.host)
            except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
                _go_on_being_cancelled()
                if isinstance(error, RPCError) and error.status not in _GONE:
                    raise
                if not told:
                    log.warning("robot.unheard", reason="no orchestrator answers; it registers as soon as one does")
                told = True
            else:
                self._unseen_since = now()
                self.obey(order)
                log.info("robot.registered", mode=order.mode, tags=order.tags)
                return
            await asyncio.sleep(_PAUSE.total_seconds())

    async def keep(self) -> None:
        """Make this process known again whenever it was given up for lost, but lives.

        Raises:
            RobotTakenError: another process has come in its place.
        """
        while True:
            await asyncio.sleep(_PAUSE.total_seconds())
            if not self._present and now() - self._unseen_since > _UNSEEN.total_seconds():
                await self.register()

    async def report(self, report: RobotReport) -> bool:
        """Tell what has changed; whether it was heard."""
        try:
            await self._workflow.signal(REPORT_SIGNAL, report, rpc_timeout=_GOODBYE)
        except RPCError as error:
            log.warning("robot.unheard", reason=error.message)
            return False
        return True

    async def announce(self, request: ModeRequest) -> None:
        """Tell people and the pool what this process was asked to do by its system; it does it even if nobody hears."""
        with suppress(RPCError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError):
            await self._workflow.execute_update(MODE_UPDATE, request, rpc_timeout=_GOODBYE)

    async def leave(self) -> None:
        """Say goodbye."""
        with suppress(RPCError):
            await self._workflow.signal(LEAVE_SIGNAL, self.card.incarnation, rpc_timeout=_GOODBYE)

    @activity.defn(name=PRESENCE_ACTIVITY)
    async def attend(self, stay: Stay) -> None:
        """Be there, and tell what this robot does."""
        if stay.incarnation != self.card.incarnation:
            raise ApplicationError(
                "another process has come in its place", type="RobotReplacedError", non_retryable=True
            )
        self._present += 1
        stopping = asyncio.ensure_future(activity.wait_for_worker_shutdown())
        try:
            async with asyncio.timeout(stay.lasting.total_seconds()):
                while not stopping.done():
                    busy = self.busy()
                    activity.heartbeat(busy)
                    pause = _BEAT if busy.steps or busy.sessions else min(_IDLE_BEAT, self.silence / 4)
                    await asyncio.wait({stopping}, timeout=pause.total_seconds())
        except TimeoutError:
            return
        finally:
            stopping.cancel()
            self._present -= 1
            self._unseen_since = now()

    @activity.defn(name=ORDER_ACTIVITY)
    async def take_order(self, order: Order) -> None:
        """Do from now on what was decided."""
        self.obey(order)

    async def _register(self, update: str) -> Order:
        start = WithStartWorkflowOperation(
            Robot.run,
            RobotState(silence=self.silence),
            id=robot_workflow(RobotId(self.card.robot)),
            task_queue=self.queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"the robot {self.card.robot}",
        )
        await start_pool(self.client, self.card.environment)
        order: Order = await self.client.execute_update_with_start_workflow(
            REGISTER_UPDATE,
            self.card,
            start_workflow_operation=start,
            id=update,
            result_type=Order,
            rpc_timeout=_ANSWER,
        )
        return order


async def refuse_second(client: Client, robot: RobotId, here: Machine) -> None:
    """See that no other process on this machine has the name, before anything is done in it.

    Raises:
        RobotTakenError: one has.
    """
    handle = client.get_workflow_handle(robot_workflow(robot))
    with suppress(RPCError):  # nobody has had the name yet, or nobody can tell now: it is asked again in the end
        view: RobotView | None = await handle.query(VIEW_QUERY, result_type=RobotView, rpc_timeout=_GOODBYE)
        if view is not None and view.entry.presence == "here":
            holder = view.entry.card
            if holder.machine == here.key and not is_dead(holder, here):
                raise RobotTakenError(taken(holder))


def _go_on_being_cancelled() -> None:
    """The client tells of the cancellation of its caller as if it were a timeout."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _holder(error: WorkflowUpdateFailedError) -> RobotCard:
    """Who has the name already, by the refusal."""
    match error.cause:
        case ApplicationError(type=str(kind), details=[card, *_]) if kind == TAKEN:
            return RobotCard.model_validate(card)
    raise error
