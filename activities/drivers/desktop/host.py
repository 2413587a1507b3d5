"""The desktops of a robot, each held for one run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import structlog

from activities.drivers.desktop.toolkit import Station, Toolkit
from activities.lease import HeldSession
from workflows.errors import AetherError, DesktopFailedError, SessionLostError, SessionUnavailableError

_OPEN_TIME = 30.0

log = structlog.get_logger()


class OwnStation(Station, Protocol):
    """A station with what its robot has to do about it."""

    @property
    def id(self) -> str:
        """The session it is for."""

    @property
    def run(self) -> str:
        """The run it is held for."""

    @property
    def number(self) -> int:
        """The lease it was held with last."""

    @property
    def loss(self) -> asyncio.Future[str]:
        """Done when there is no desktop any more; says why."""

    async def claim(self, lease: int) -> None:
        """Have a successor know with which lease it is held."""

    async def settle(self) -> None:
        """Wait until a successor would know all that there is to know."""

    async def close(self) -> None:
        """End it with all its programs."""

    def dismiss(self) -> None:
        """End it without waiting for it."""


class Stations(Protocol):
    """Where desktops are had on this system."""

    @property
    def technology(self) -> str:
        """How programs are driven there, for people: `AT-SPI on Xvfb 1280x800`."""

    async def open(self, session: str, *, run: str, lease: int) -> OwnStation:
        """Have a new desktop.

        Raises:
            SessionUnavailableError: there is none to be had.
        """

    async def left_behind(self) -> Sequence[OwnStation]:
        """Go on with desktops that a predecessor of this process had; what cannot be gone on with is cleared away."""

    async def connect(self, station: OwnStation) -> Line:
        """Speak to the programs of a desktop.

        Raises:
            SessionUnavailableError: nobody answers.
        """


@dataclass(frozen=True, slots=True)
class Line:
    """A toolkit that is connected to its programs."""

    toolkit: Toolkit
    hang_up: Callable[[], Awaitable[None]]
    """Ends the connection; programs stay."""


class HeldDesktop(HeldSession):
    """One run's desktop."""

    def __init__(self, station: OwnStation, line: Line) -> None:
        super().__init__(station.id, "desktop")
        self.run, self.number = station.run, station.number
        self.station = station
        self.line = line
        self.secretive = False
        """Whether something may be seen of a secret that cannot be found by looking for it."""
        station.loss.add_done_callback(lambda loss: self.lose(loss.result()))


class DesktopHost:
    """Gives out desktops, and has those again that a predecessor of this process had.

    Leaving the context ends them all. Should this process be killed, they stay for a while: `recover` finds them.
    """

    def __init__(self, stations: Stations) -> None:
        self.stations = stations
        self._held: dict[str, HeldDesktop] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*map(self.close, [*self._held]))

    @property
    def sessions(self) -> tuple[str, ...]:
        """The sessions that are alive."""
        return tuple(held.id for held in self._held.values() if held.lost_because is None)

    async def recover(self) -> tuple[str, ...]:
        """Go on with the desktops of a predecessor that was killed; the names of those that are alive.

        No step may act in them before they are claimed.
        """
        for station in await self.stations.left_behind():
            try:
                held = await self._connected(station)
            except AetherError as error:
                log.warning("session.not_resumed", session=station.id, reason=error.message)
                continue
            held.claimed = False
            self._held[held.id] = held
        return self.sessions

    async def open(self, session: str, *, run: str = "", lease: int = 0) -> HeldDesktop:
        """Have a desktop for a session; one that is open already is given back.

        Raises:
            SessionUnavailableError: it does not come up.
        """
        known = self._held.get(session)
        if known is not None and known.lost_because is None:
            return known
        if known is not None:
            await self.close(session)
        held = await self._connected(await self.stations.open(session, run=run, lease=lease))
        held.claim(lease)
        self._held[session] = held
        return held

    async def claim(self, session: str, *, lease: int) -> HeldDesktop:
        """Hold a session that is open with a lease from now on: steps that come with any other are refused.

        Raises:
            SessionLostError: it is not here, or died.
            StaleLeaseError: it is held with a later lease.
        """
        held = self.find(session)
        held.claim(lease)
        await held.station.claim(lease)
        return held

    def find(self, session: str) -> HeldDesktop:
        """Find an open session.

        Raises:
            SessionLostError: it is not here, or died.
        """
        held = self._held.get(session)
        if held is None:
            raise SessionLostError(
                f"the desktop session {session!r} is not on this robot: it was closed, or the robot started anew"
            )
        held.refuse_if_lost()
        return held

    def known(self, session: str) -> HeldDesktop | None:
        """A session that is here, alive or not."""
        return self._held.get(session)

    async def note(self, session: str) -> None:
        """Have it written down what a successor would need to know of a session."""
        held = self._held.get(session)
        if held is not None and held.lost_because is None:
            with suppress(SessionLostError):
                await held.station.settle()

    async def close(self, session: str) -> None:
        """Close a session and its programs; one that is not there is closed already."""
        held = self._held.pop(session, None)
        if held is None:
            return
        held.lose("it was closed")
        try:
            await held.line.hang_up()
        finally:
            await held.station.close()

    def dismiss(self) -> None:
        """End all desktops without waiting for it: this process is about to end at once."""
        for held in self._held.values():
            held.station.dismiss()

    async def _connected(self, station: OwnStation) -> HeldDesktop:
        try:
            async with asyncio.timeout(_OPEN_TIME):
                return HeldDesktop(station, await self.stations.connect(station))
        except BaseException as error:
            await asyncio.shield(station.close())
            if isinstance(error, SessionUnavailableError):
                raise
            if isinstance(error, TimeoutError | OSError):
                reason = f"its programs cannot be spoken to: {str(error) or 'no answer'}"
                raise DesktopFailedError(f"the desktop does not start: {reason}") from error
            raise
