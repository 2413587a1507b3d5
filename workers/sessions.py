"""Sessions that a robot holds for runs: each is one activity that lasts as long as the session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.failure import application_error, error_value
from activities.secrets import Mask
from workflows.call import SessionGrant, SessionRequest
from workflows.errors import AetherError, SessionLostError, SessionUnavailableError
from workflows.ids import RobotId
from workflows.run import SESSION_ACTIVITY, Run

if TYPE_CHECKING:
    from activities.drivers.playwright.host import BrowserHost
    from activities.drivers.playwright.mark import Marks
    from activities.drivers.playwright.session import PageSession

_BEAT = timedelta(seconds=2)

log = structlog.get_logger()


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

    @activity.defn(name=SESSION_ACTIVITY)
    async def hold(self, request: SessionRequest) -> None:
        """Hold a session until its run has no more use for it."""
        try:
            async with _beating(), self.places, self._opened(request) as session:
                await self._grant(request)
                log.info("session.opened", session=request.session, restored=request.restore is not None)
                reason = await session.lost()
                raise SessionLostError(f"the browser session is lost: {reason}")
        except AetherError as error:
            raise application_error(error_value(error, None, self.mask)) from None

    @asynccontextmanager
    async def _opened(self, request: SessionRequest) -> AsyncIterator[PageSession]:
        restored = await self.marks.restored(request.restore)
        session = await self.browsers.open(request.session, restored=restored)
        try:
            yield session
        finally:
            await asyncio.shield(self.browsers.close(request.session))
            log.info("session.closed", session=request.session)

    async def _grant(self, request: SessionRequest) -> None:
        grant = SessionGrant(id=request.session, robot=self.robot, capability=request.capability)
        run = self.client.get_workflow_handle(request.run, run_id=request.run_id)
        try:
            await run.signal(Run.session_opened, grant)
        except RPCError as error:
            gone = error.status is RPCStatusCode.NOT_FOUND
            reason = "the run has ended" if gone else f"Temporal does not answer: {error.message}"
            raise SessionUnavailableError(f"the session could not be given to its run: {reason}") from error


@asynccontextmanager
async def _beating() -> AsyncIterator[None]:
    """Tell Temporal every other second that the session is being held."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(_BEAT.total_seconds())

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
