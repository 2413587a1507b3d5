"""Sessions that a robot holds for runs: each is one activity that lasts as long as the session.

A run that continues as new leaves its activity behind. The session then lingers until an activity of the run's next
execution takes it over; one that comes early takes it from the activity that has not noticed yet. In the same way a
session that outlives a killed robot, a page in its browser host or a desktop, waits for its run.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, Literal

import structlog
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.failure import application_error, error_value
from activities.lease import HeldSession, Lease, now
from activities.order import ordered_again
from activities.secrets import Mask
from workers.hosts import SessionHost
from workers.leases import acknowledged, patience, renewing
from workflows.call import SessionGrant, SessionRequest
from workflows.errors import AetherError, SessionLostError, SessionUnavailableError
from workflows.ids import SESSION_ACTIVITY, RobotId
from workflows.run import Run

_BEAT = timedelta(seconds=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SessionCounts:
    """What became of a robot's sessions since its process began: `opened + recovered == used + closed + lost`."""

    places: int
    used: int
    opened: int
    recovered: int
    """Those that a predecessor had opened."""
    adopted: int
    """How often a run's next execution, or a run whose robot had vanished, went on with one."""
    closed: int
    """Those that ended because they were not needed any more."""
    lost: int
    """Those that died."""

    @property
    def free(self) -> int:
        """How many more could be opened."""
        return self.places - self.used


class _Held:
    """A session and what goes with it; the activity that took it last answers for it."""

    def __init__(self, host: SessionHost, session: HeldSession, belongings: AsyncExitStack) -> None:
        self.host = host
        self.session = session
        self.belongings = belongings
        """Its place and what it lives in, given back at the end."""
        self._taken_over: asyncio.Future[None] | None = None

    def take(self) -> asyncio.Future[None]:
        """Answer for the session from now on, until the future is done: then another does."""
        if self._taken_over is not None:
            self._taken_over.set_result(None)
        self._taken_over = asyncio.get_running_loop().create_future()
        return self._taken_over


@dataclass(slots=True)
class SessionKeeper:
    """Opens, holds and closes the sessions of one robot, of whatever kind they are.

    Its queues together may bring more requests than it has places: those wait here, alive, for the next one.
    """

    robot: RobotId
    client: Client
    hosts: Mapping[str, SessionHost]
    """By the capability they serve."""
    mask: Mask
    places: int
    """How many sessions there may be, all kinds together."""
    linger: timedelta = timedelta(seconds=30)
    """How long a session waits for the next execution of its run, or for its run to hear that its robot is back."""
    _held: dict[str, _Held] = field(default_factory=dict)
    _nothing: asyncio.Event = field(default_factory=asyncio.Event)
    _free: asyncio.Semaphore = field(init=False)
    _counted: Counter[str] = field(default_factory=Counter)
    _waiting: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._nothing.set()
        self._free = asyncio.Semaphore(self.places)

    @property
    def sessions(self) -> tuple[str, ...]:
        """What is held now."""
        return tuple(self._held)

    def statistics(self) -> SessionCounts:
        """How many there are, and were."""
        count = self._counted
        return SessionCounts(
            places=self.places,
            used=len(self._held),
            opened=count["opened"],
            recovered=count["recovered"],
            adopted=count["adopted"],
            closed=count["closed"],
            lost=count["lost"],
        )

    async def recover(self) -> tuple[str, ...]:
        """Hold the sessions that a killed predecessor has left, until their runs take them over; their names.

        For before this robot says that it is there. What nobody takes over within the time to linger is closed.
        """
        for host in self.hosts.values():
            for session in await host.recover():
                await self._recover(host, session)
        return self.sessions

    def dismiss(self) -> None:
        """End all sessions without waiting for it: this process is about to end at once."""
        for host in self.hosts.values():
            host.dismiss()

    async def given_back(self) -> None:
        """Wait until no session is held."""
        await self._nothing.wait()

    @activity.defn(name=SESSION_ACTIVITY)
    async def hold(self, request: SessionRequest) -> None:
        """Hold a session until its run has no more use for it."""
        try:
            if ordered_again():  # its run believes to be in the session that ended when this was paused
                raise SessionLostError(
                    f"the {request.capability} session was given up when its activity was paused or reset"
                )
            with _beating():
                held = await (self._adopt(request) if request.adopt else self._open(request))
            await self._keep(held, request)
        except AetherError as error:
            raise application_error(error_value(error, None, self.mask)) from None

    async def _recover(self, host: SessionHost, session: str) -> None:
        if self._free.locked():
            await host.close(session)  # this robot has fewer places than its predecessor
            return
        async with AsyncExitStack() as belongings:
            await belongings.enter_async_context(self._free)
            belongings.push_async_callback(host.close, session)
            held = self._hold(session, _Held(host, host.find(session), belongings.pop_all()), "recovered")
        waiting = asyncio.create_task(self._wait_for_run(session, held))
        self._waiting.add(waiting)
        waiting.add_done_callback(self._waiting.discard)

    async def _adopt(self, request: SessionRequest) -> _Held:
        held = self._held.get(request.session)
        if held is None:
            raise SessionLostError(
                f"the {request.capability} session {request.session!r} cannot be taken over: this robot does not hold "
                "it any more"
            )
        await held.host.claim(request.session, lease=request.lease)
        await held.belongings.enter_async_context(held.host.filming(request))
        self._counted["adopted"] += 1
        log.info("session.adopted", session=request.session, lease=request.lease)
        return held

    async def _open(self, request: SessionRequest) -> _Held:
        host = self.hosts.get(request.capability)
        if host is None:
            raise SessionUnavailableError(f"this robot has no {request.capability}; it offers {', '.join(self.hosts)}")
        async with AsyncExitStack() as belongings:
            await belongings.enter_async_context(self._free)
            session = await host.open(request)
            belongings.push_async_callback(host.close, request.session)
            await belongings.enter_async_context(host.filming(request))
            restored = request.restore is not None
            log.info("session.opened", session=request.session, capability=request.capability, restored=restored)
            return self._hold(request.session, _Held(host, session, belongings.pop_all()), "opened")

    def _hold(self, session: str, held: _Held, how: Literal["opened", "recovered"]) -> _Held:
        self._held[session] = held
        self._counted[how] += 1
        self._nothing.clear()
        return held

    async def _wait_for_run(self, session: str, held: _Held) -> None:
        """Close a session of a predecessor unless its run takes it over in time."""
        taken_over = held.take()
        ends: set[asyncio.Future[Any]] = {held.session.loss, taken_over}
        await asyncio.wait(ends, timeout=self.linger.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
        if not taken_over.done():
            await self._close(session)

    async def _keep(self, held: _Held, request: SessionRequest) -> None:
        taken_over = held.take()
        ends: set[asyncio.Future[Any]] = {held.session.loss, taken_over}
        lease = held.session.lease
        lease.renew(since=now(), patience=patience())
        try:
            with _beating(), renewing(lease, partial(acknowledged, self.client)):
                await self._grant(request)
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        except (asyncio.CancelledError, SessionUnavailableError):
            with suppress(RPCError):
                if await self._run_goes_on(request):
                    await self._linger(lease, request, ends)
                    activity.raise_complete_async()  # there is nobody left to be told
            raise
        finally:
            if not taken_over.done():
                await asyncio.shield(self._close(request.session))
        if not taken_over.done():
            held.session.refuse_if_lost()

    async def _run_goes_on(self, request: SessionRequest) -> bool:
        """Find out whether the run continues in another execution; Temporal tells robots of the end of this one only.

        It may say so by a cancellation that looks like the run's own.
        """
        if activity.is_worker_shutdown():
            return False
        latest = await self.client.get_workflow_handle(request.run).describe(rpc_timeout=patience())
        return latest.status is WorkflowExecutionStatus.RUNNING and latest.run_id != request.run_id

    async def _linger(self, lease: Lease, request: SessionRequest, ends: set[asyncio.Future[Any]]) -> None:
        """Wait for the run's next execution to take the session over, unless the run or the robot ends."""
        log.info("session.lingering", session=request.session)
        stopping = asyncio.ensure_future(activity.wait_for_worker_shutdown())
        try:
            with renewing(lease, partial(self._run_goes_on, request)) as going_on:
                await asyncio.wait(
                    ends | {stopping, going_on},
                    timeout=self.linger.total_seconds(),
                    return_when=asyncio.FIRST_COMPLETED,
                )
        finally:
            stopping.cancel()

    async def _close(self, session: str) -> None:
        held = self._held.pop(session, None)
        if held is None:
            return
        self._counted["closed" if held.session.lost_because is None else "lost"] += 1
        if not self._held:
            self._nothing.set()
        await held.belongings.aclose()
        log.info("session.closed", session=session)

    async def _grant(self, request: SessionRequest) -> None:
        grant = SessionGrant(id=request.session, robot=self.robot, capability=request.capability, lease=request.lease)
        run = self.client.get_workflow_handle(request.run, run_id=request.run_id)
        try:
            await run.signal(Run.session_opened, grant, rpc_timeout=patience())
        except RPCError as error:
            gone = error.status is RPCStatusCode.NOT_FOUND
            reason = "the run has ended" if gone else f"Temporal does not answer: {error.message}"
            raise SessionUnavailableError(f"the session could not be given to its run: {reason}") from error


@contextmanager
def _beating() -> Iterator[None]:
    """Tell Temporal every second that the session is being held; it may say then that the run wants it no more."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(_BEAT.total_seconds())

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
