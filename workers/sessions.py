"""Sessions that a robot holds for runs: each is one activity that lasts as long as the session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

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
    from activities.drivers.playwright.session import PageSession

_BEAT = timedelta(seconds=2)

log = structlog.get_logger()


@dataclass(slots=True)
class SessionKeeper:
    """Opens, holds and closes the browser sessions of one robot."""

    robot: RobotId
    client: Client
    browsers: BrowserHost
    mask: Mask

    @activity.defn(name=SESSION_ACTIVITY)
    async def hold(self, request: SessionRequest) -> None:
        """Hold a session until its run has no more use for it."""
        try:
            async with self._opened(request) as session:
                await self._grant(request)
                log.info("session.opened", session=request.session)
                await _held(session)
        except AetherError as error:
            raise application_error(error_value(error, None, self.mask)) from None

    @asynccontextmanager
    async def _opened(self, request: SessionRequest) -> AsyncIterator[PageSession]:
        session = await self.browsers.open(request.session)
        try:
            yield session
        finally:
            await asyncio.shield(self.browsers.close(request.session))
            log.info("session.closed", session=request.session)

    async def _grant(self, request: SessionRequest) -> None:
        grant = SessionGrant(id=request.session, robot=self.robot, capability=request.capability)
        run = self.client.get_workflow_handle_for(Run.run, request.run, run_id=request.run_id)
        try:
            await run.signal(Run.session_opened, grant)
        except RPCError as error:
            gone = error.status is RPCStatusCode.NOT_FOUND
            reason = "the run has ended" if gone else f"Temporal does not answer: {error.message}"
            raise SessionUnavailableError(f"the session could not be given to its run: {reason}") from error


async def _held(session: PageSession) -> NoReturn:
    """Tell Temporal every other second that the session lives, until it does not."""
    while True:
        try:
            async with asyncio.timeout(_BEAT.total_seconds()):
                reason = await session.lost()
        except TimeoutError:
            activity.heartbeat()
        else:
            raise SessionLostError(f"the browser session is lost: {reason}")
