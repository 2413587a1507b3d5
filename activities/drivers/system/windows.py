"""Services of Windows: looked at by psutil, told by `sc.exe`."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import psutil
from typing_extensions import override

from activities.drivers.system.services import Seen, Services, Verb
from activities.sessions.system import Scope, Service, State
from workflows.errors import ConfigurationError, MachineError

_STATES: Mapping[str, State] = {
    "running": "running",
    "stopped": "stopped",
    "start_pending": "starting",
    "continue_pending": "starting",
    "stop_pending": "stopping",
    "pause_pending": "paused",
    "paused": "paused",
}
_DENIED, _RUNS, _DOES_NOT_RUN = 5, 1056, 1062
_LOOK = 0.2


class KnownService(Protocol):
    """A service as psutil has it."""

    def name(self) -> str:
        """What Windows calls it."""

    def display_name(self) -> str:
        """What people call it."""

    def status(self) -> str:
        """How it is."""

    def pid(self) -> int | None:
        """The number of its process."""


class WindowsServices(Services):
    """Speaks to Windows' own manager of services."""

    def __init__(
        self,
        every: Callable[[], Iterable[KnownService]],
        find: Callable[[str], KnownService],
        control: Callable[[str, str], Awaitable[tuple[int, str]]],
        *,
        patience: float,
    ) -> None:
        self._every = every
        self._find = find
        self._control = control
        self._patience = patience

    @override
    async def all(self, scope: Scope) -> Sequence[Service]:
        _refuse_user(scope)
        return await asyncio.to_thread(self._all)

    def _all(self) -> list[Service]:
        return sorted((_service(each) for each in self._every()), key=lambda service: service.name.casefold())

    @override
    async def look(self, name: str, scope: Scope) -> Seen:
        _refuse_user(scope)
        service = await asyncio.to_thread(self._look, name)
        return Seen(service, str(service.pid))

    def _look(self, name: str) -> Service:
        try:
            return _service(self._find(name))
        except psutil.NoSuchProcess:
            raise ConfigurationError(f"this robot's machine has no service {name!r}; see service.list") from None

    @override
    async def tell(self, name: str, scope: Scope, verb: Verb) -> None:
        if verb == "restart":
            await self._say(name, "stop", but=_DOES_NOT_RUN)
            await self._stopped(name)
        await self._say(name, "start" if verb == "restart" else verb, but=_DOES_NOT_RUN if verb == "stop" else _RUNS)

    async def _stopped(self, name: str) -> None:
        clock = asyncio.get_running_loop()
        ends = clock.time() + self._patience
        while (await asyncio.to_thread(self._look, name)).state != "stopped":
            if clock.time() >= ends:
                raise MachineError(f"service {name!r} does not stop, so that it cannot begin anew", acted=True)
            await asyncio.sleep(_LOOK)

    async def _say(self, name: str, verb: str, *, but: int) -> None:
        code, said = await self._control(verb, name)
        if code == _DENIED:
            raise ConfigurationError(f"the robot's user may not {verb} service {name!r}; have it run as one who may")
        if code not in {0, but}:
            raise MachineError(
                f"Windows does not {verb} service {name!r} ({code}): {' '.join(said.split())}", acted=None
            )


def _service(known: KnownService) -> Service:
    status = known.status()
    return Service(
        name=known.name(),
        description=known.display_name(),
        state=_STATES.get(status, "starting"),
        detail=status,
        pid=known.pid(),
    )


def _refuse_user(scope: Scope) -> None:
    if scope == "user":
        raise ConfigurationError("on Windows there are no services of a user: leave 'scope' out")


if sys.platform == "win32":

    def windows_services(*, patience: float) -> WindowsServices:
        """Speak to this machine's."""
        return WindowsServices(psutil.win_service_iter, psutil.win_service_get, _control, patience=patience)

    async def _control(verb: str, name: str) -> tuple[int, str]:
        program = Path(os.environ["SYSTEMROOT"], "System32", "sc.exe")
        process = await asyncio.create_subprocess_exec(program, verb, name, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
        said, problem = await process.communicate()
        return process.returncode or 0, (said + problem).decode(errors="replace")
