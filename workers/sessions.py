"""Sessions that a robot holds for runs: each is one activity that lasts as long as the session.

A run that continues as new leaves its activity behind. The session then lingers until an activity of the run's next
execution takes it over; one that comes early takes it from the activity that has not noticed yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.failure import application_error, error_value
from activities.lease import Lease, now
from activities.order import ordered_again
from activities.secrets import Mask
from workers.leases import acknowledged, patience, renewing
from workflows.call import SessionGrant, SessionRequest
from workflows.errors import AetherError, SessionLostError, SessionUnavailableError
from workflows.ids import SESSION_ACTIVITY, RobotId
from workflows.run import Run

if TYPE_CHECKING:
    from activities.drivers.playwright.film import Films
    from activities.drivers.playwright.host import BrowserHost
    from activities.drivers.playwright.mark import Marks
    from activities.drivers.playwright.session import PageSession

_BEAT = timedelta(seconds=1)

log = structlog.get_logger()


class _Held:
    """A session and what goes with it; the activity that took it last answers for it."""

    def __init__(self, session: PageSession, belongings: AsyncExitStack) -> None:
        self.session = session
        self.belongings = belongings
        """Its place and its browser context, given back at the end."""
        self._taken_over: asyncio.Future[None] | None = None

    def take(self) -> asyncio.Future[None]:
        """Answer for the session from now on, until the future is done: then another does."""
        if self._taken_over is not None:
            self._taken_over.set_result(None)
        self._taken_over = asyncio.get_running_loop().create_future()
        return self._taken_over


@dataclass(slots=True)
class SessionKeeper:
    """Opens, holds and closes the browser sessions of one robot.

    Its queues together may bring more requests than it has places: those wait here, alive, for the next one.
    """

    robot: RobotId
    client: Client
    browsers: BrowserHost
    marks: Marks
    mask: Mask
    places: asyncio.Semaphore
    linger: timedelta = timedelta(seconds=30)
    """How long a session waits for the next execution of its run."""
    films: Films | None = None
    """What films sessions of runs that want it."""
    _held: dict[str, _Held] = field(default_factory=dict)
    _nothing: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._nothing.set()

    @property
    def sessions(self) -> tuple[str, ...]:
        """What is held now."""
        return tuple(self._held)

    async def given_back(self) -> None:
        """Wait until no session is held."""
        await self._nothing.wait()

    @activity.defn(name=SESSION_ACTIVITY)
    async def hold(self, request: SessionRequest) -> None:
        """Hold a session until its run has no more use for it."""
        try:
            if ordered_again():  # its run believes to be in the session that ended when this was paused
                raise SessionLostError("the browser session was given up when its activity was paused or reset")
            with _beating():
                held = self._find(request.session) if request.adopt else await self._open(request)
            await self._keep(held, request)
        except AetherError as error:
            raise application_error(error_value(error, None, self.mask)) from None

    def _find(self, session: str) -> _Held:
        held = self._held.get(session)
        if held is None:
            raise SessionLostError(
                f"the browser session {session!r} cannot be taken over: this robot does not hold it any more"
            )
        log.info("session.adopted", session=session)
        return held

    async def _open(self, request: SessionRequest) -> _Held:
        async with AsyncExitStack() as belongings:
            await belongings.enter_async_context(self.places)
            restored = await self.marks.restored(request.restore)
            session = await self.browsers.open(request.session, restored=restored)
            belongings.push_async_callback(self.browsers.close, request.session)
            if request.video and self.films is not None:
                await belongings.enter_async_context(self.films.filming(session, request.run))
            log.info("session.opened", session=request.session, restored=request.restore is not None)
            held = self._held[request.session] = _Held(session, belongings.pop_all())
            self._nothing.clear()
            return held

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
            raise SessionLostError(f"the browser session is lost: {held.session.lost_because}")

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
        held = self._held.pop(session)
        if not self._held:
            self._nothing.set()
        await held.belongings.aclose()
        log.info("session.closed", session=session)

    async def _grant(self, request: SessionRequest) -> None:
        grant = SessionGrant(id=request.session, robot=self.robot, capability=request.capability)
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
