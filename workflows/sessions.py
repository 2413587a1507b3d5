"""The sessions of a run, as its shell knows them: from the wish for one until its robot holds it no more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from temporalio import workflow

from workflows.call import ErrorValue, SessionGrant, SessionRequest
from workflows.effects import Raised, Vanished
from workflows.events import (
    Event,
    NodeCalledOff,
    NodeFailed,
    RobotFound,
    SessionDelayed,
    SessionFailed,
    SessionKept,
    SessionLost,
    SessionOpened,
)
from workflows.failure import Stopped
from workflows.fleet import Delay, Placement, RobotReturned
from workflows.gaining import SHARES
from workflows.ids import SESSION_ACTIVITY, RobotId, capability_queue, robot_queue
from workflows.orders import HEARTBEAT, ONE_ATTEMPT, PICK_UP, ending
from workflows.plan import POOL_FORMAT
from workflows.protocol import CallNode, FindRobot, KeepSession, OpenSession, TakeShare

if TYPE_CHECKING:
    from workflows.errands import Errands

LONGEST_SESSION = timedelta(days=365)

FROM_POOLS = "sessions-from-pools"
"""The patch from which on runs of plans made before ask pools too."""

_REPLACED = ErrorValue(
    type="RobotLostError", kind="robot", message="its robot's process ended in the middle of it", acted=None
)


@dataclass(slots=True)
class _Session:
    """One that is held, or being opened."""

    number: int
    """By which it was asked for, or by which it is held on."""
    grant: SessionGrant
    """As it will be, or is."""
    open: bool = False
    """Whether its robot has said that it holds it."""
    moving: bool = False
    """Whether its robot has a new process, which has not said yet that it holds it."""
    calls: list[int] = field(default_factory=list)
    """What was under way in it when that became known: nobody knows how it ended."""
    later: list[CallNode] = field(default_factory=list)
    """What was to begin in it since."""


class Sessions:
    """What a run holds, and what it waits for."""

    def __init__(self, errands: Errands) -> None:
        self._errands = errands
        self._leases = errands.leases
        self._wishes: dict[str, OpenSession | TakeShare | FindRobot] = {}
        """By the name of the lease they are to get."""
        self._held: dict[str, _Session] = {}

    def ask(self, command: OpenSession | TakeShare | FindRobot) -> None:
        """Find a robot, and have it open a session if one is wanted."""
        plan = self._errands.plan
        if not isinstance(command, OpenSession) or plan.format >= POOL_FORMAT or workflow.patched(FROM_POOLS):
            self._wishes[self._leases.ask(plan, command)] = command
            return
        name = f"{workflow.info().first_execution_run_id}/{command.number}"
        grant = SessionGrant(id=name, robot="", capability=command.capability)
        queue = capability_queue(command.capability, *plan.needs, *command.needs)
        self._hold(_Session(command.number, grant), self._request(grant, command), queue, within=None)

    def keep(self, command: KeepSession) -> None:
        """Take over what an earlier part of the run was granted."""
        session = _Session(command.number, command.grant, open=True)
        if command.grant.capability == SHARES:
            self._held[command.grant.id] = session
        else:
            self._adopt(session)

    def placed(self, placement: Placement) -> None:
        """The pool has granted something."""
        command = self._wishes.pop(placement.id, None)
        if command is None:
            if placement.id not in self._held:
                self._leases.give_back(placement.id)
            return
        if isinstance(command, FindRobot):
            self._errands.post(partial(RobotFound, command.number))
            return
        capability = command.capability if isinstance(command, OpenSession) else SHARES
        robot = placement.robot or ""
        grant = SessionGrant(id=placement.id, robot=robot, capability=capability, lease=placement.lease)
        session = _Session(command.number, grant)
        if isinstance(command, OpenSession):
            self._hold(session, self._request(grant, command), robot_queue(RobotId(robot)), within=PICK_UP)
        else:
            session.open = True
            self._held[grant.id] = session
            self._errands.post(partial(SessionOpened, command.number, grant))

    def delayed(self, delay: Delay) -> None:
        """The pool says why something takes a while."""
        command = self._wishes.get(delay.id)
        if command is not None:
            self._errands.post(partial(SessionDelayed, command.number, delay.why, delay.unroutable))

    def opened(self, grant: SessionGrant) -> None:
        """A robot says that it holds a session."""
        session = self._held.get(grant.id)
        if session is None or session.open:
            return
        session.open, session.grant = True, grant
        self._leases.robot = grant.robot
        if session.moving:
            session.moving = False
            self._errands.post(partial(SessionKept, grant))
            self._vanish(session, robot_lost=False)
        else:
            self._errands.post(partial(SessionOpened, session.number, grant))

    def returned(self, news: RobotReturned) -> None:
        """A robot's process was replaced by another one, which has some of the run's sessions still."""
        for placement in news.kept:
            session = self._held.get(placement.id)
            if session is not None and session.open:
                self._move(session, placement)
            else:
                self._forget(placement.id)
                self._leases.give_back(placement.id)
        for name in news.gone:
            self._forget(name)

    def close(self, name: str) -> None:
        """Give a session or a share back."""
        session = self._held.get(name)
        if session is not None and session.grant.capability == SHARES:
            del self._held[name]
            self._leases.give_back(name)
        elif session is not None:
            self._errands.call_off(session.number)

    def call_off(self, number: int) -> None:
        """Want no more what was asked for, unless it has been had since."""
        name = next((name for name, command in self._wishes.items() if command.number == number), None)
        if name is None:
            return
        del self._wishes[name]
        self._leases.give_back(name)
        self._errands.post(partial(NodeCalledOff, number))

    def let_go(self) -> None:
        """Give back all leases; robots that hold on for a moment need nobody who waits for them."""
        for name in [name for name, session in self._held.items() if session.grant.lease]:
            self._leases.give_back(name)
        self._held.clear()

    def puts_off(self, command: CallNode) -> bool:
        """Whether a call must wait until the new process of its robot holds its session."""
        session = self._held.get(command.session.id) if command.session is not None else None
        if session is None or not session.moving:
            return False
        session.later.append(command)
        return True

    def _request(self, grant: SessionGrant, command: OpenSession) -> SessionRequest:
        info = workflow.info()
        plan = self._errands.plan
        return SessionRequest(
            session=grant.id,
            run=info.workflow_id,
            run_id=info.run_id,
            document=plan.name,
            capability=grant.capability,
            needs=(*plan.needs, *command.needs),
            restore=command.restore,
            video=plan.video,
            lease=grant.lease,
        )

    def _adopt(self, session: _Session) -> None:
        grant = session.grant
        request = self._request(grant, OpenSession(session.number, grant.capability))
        queue = robot_queue(RobotId(grant.robot))
        self._hold(session, request.model_copy(update={"adopt": True, "needs": ()}), queue, within=PICK_UP)

    def _hold(self, session: _Session, request: SessionRequest, queue: str, *, within: timedelta | None) -> None:
        self._held[request.session] = session
        work = workflow.start_activity(
            SESSION_ACTIVITY,
            request,
            task_queue=queue,
            start_to_close_timeout=LONGEST_SESSION,
            schedule_to_start_timeout=within,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=ONE_ATTEMPT,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=f"hold a {request.capability} for the run",
        )
        self._errands.begin(session.number, work, partial(self._ended, session))

    def _ended(self, session: _Session, work: asyncio.Task[Any]) -> Event:
        end = ending(work)
        name = session.grant.id
        if self._held.pop(name, None) is not None and session.grant.lease:
            self._leases.give_back(name, lost=isinstance(end, Vanished))
        if session.open or session.moving:
            self._leases.robot = None
            self._vanish(session, robot_lost=True)
            return SessionLost(name)
        match end:
            case None:
                error = ErrorValue(type="SessionLostError", kind="robot", message="the robot gave the session up")
                return SessionFailed(session.number, Raised(error))
            case Stopped():
                return NodeCalledOff(session.number)
            case outcome:
                return SessionFailed(session.number, outcome)

    def _move(self, session: _Session, placement: Placement) -> None:
        """Have the new process of a robot go on holding a session."""
        self._errands.abandon(session.number)
        session.open, session.moving = False, True
        session.calls += self._errands.abandon_calls(placement.id)
        session.grant = session.grant.model_copy(update={"lease": placement.lease})
        self._adopt(session)

    def _forget(self, name: str) -> None:
        """A session went with the process of its robot."""
        session = self._held.pop(name, None)
        if session is None:
            return
        self._errands.abandon(session.number)
        if session.open or session.moving:
            session.calls += self._errands.abandon_calls(name)
            self._errands.post(partial(SessionLost, name))
            self._vanish(session, robot_lost=True)
        else:
            self._errands.post(partial(SessionFailed, session.number, Vanished(_REPLACED, taken=False)))

    def _vanish(self, session: _Session, *, robot_lost: bool) -> None:
        """Say that nobody knows how calls ended that were under way; what was put off is called now, or cannot be."""
        for call in session.calls:
            self._errands.post(partial(NodeFailed, call, Vanished(_REPLACED, robot_lost=robot_lost)))
        later = list(session.later)
        session.calls.clear()
        session.later.clear()
        for command in later:
            if robot_lost:
                self._errands.post(partial(NodeFailed, command.number, Vanished(_REPLACED, taken=False)))
            else:
                self._errands.call(replace(command, session=session.grant))
