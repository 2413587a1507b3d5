"""What holds the sessions of a robot, one for each kind of session."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol

from typing_extensions import override

from activities.lease import HeldSession
from workflows.call import SessionRequest

if TYPE_CHECKING:
    from activities.drivers.desktop.host import DesktopHost
    from activities.drivers.playwright.film import Films
    from activities.drivers.playwright.host import BrowserHost
    from activities.drivers.playwright.mark import Marks


class SessionHost(Protocol):
    """Opens, finds and closes sessions of one kind."""

    @property
    def sessions(self) -> tuple[str, ...]:
        """The sessions that are alive."""

    async def recover(self) -> tuple[str, ...]:
        """Go on with the sessions of a predecessor that was killed; nobody acts in them before they are claimed."""

    async def open(self, request: SessionRequest) -> HeldSession:
        """Open a session for a run.

        Raises:
            SessionUnavailableError: there is none to be had.
        """

    async def claim(self, session: str, *, lease: int) -> HeldSession:
        """Hold a session that is open with a lease from now on.

        Raises:
            SessionLostError: it is not here, or died.
            StaleLeaseError: it is held with a later lease.
        """

    def find(self, session: str) -> HeldSession:
        """Find an open session.

        Raises:
            SessionLostError: it is not here, or died.
        """

    def filming(self, request: SessionRequest) -> AbstractAsyncContextManager[None]:
        """Film an open session, where its run wants that and nobody does so yet."""

    async def close(self, session: str) -> None:
        """Close a session; one that is not there is closed already."""

    def dismiss(self) -> None:
        """End all sessions without waiting for it: this process is about to end at once."""


class Browsers(SessionHost):
    """Pages, which begin where others were left."""

    def __init__(self, host: BrowserHost, marks: Marks, films: Films | None = None) -> None:
        self._host = host
        self._marks = marks
        self._films = films

    @property
    @override
    def sessions(self) -> tuple[str, ...]:
        return self._host.sessions

    @override
    async def recover(self) -> tuple[str, ...]:
        return await self._host.recover()

    @override
    async def open(self, request: SessionRequest) -> HeldSession:
        restored = await self._marks.restored(request.restore)
        return await self._host.open(request.session, restored=restored, run=request.run, lease=request.lease)

    @override
    async def claim(self, session: str, *, lease: int) -> HeldSession:
        return await self._host.claim(session, lease=lease)

    @override
    def find(self, session: str) -> HeldSession:
        return self._host.find(session)

    @override
    def filming(self, request: SessionRequest) -> AbstractAsyncContextManager[None]:
        if not request.video or self._films is None or (session := self._host.find(request.session)).film is not None:
            return nullcontext()
        return self._films.filming(session, request.run)

    @override
    async def close(self, session: str) -> None:
        await self._host.close(session)

    @override
    def dismiss(self) -> None:
        self._host.dismiss()


class Desktops(SessionHost):
    """Desktops, which always begin empty; nobody films them."""

    def __init__(self, host: DesktopHost) -> None:
        self._host = host

    @property
    @override
    def sessions(self) -> tuple[str, ...]:
        return self._host.sessions

    @override
    async def recover(self) -> tuple[str, ...]:
        return await self._host.recover()

    @override
    async def open(self, request: SessionRequest) -> HeldSession:
        return await self._host.open(request.session, run=request.run, lease=request.lease)

    @override
    async def claim(self, session: str, *, lease: int) -> HeldSession:
        return await self._host.claim(session, lease=lease)

    @override
    def find(self, session: str) -> HeldSession:
        return self._host.find(session)

    @override
    def filming(self, request: SessionRequest) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    @override
    async def close(self, session: str) -> None:
        await self._host.close(session)

    @override
    def dismiss(self) -> None:
        self._host.dismiss()
