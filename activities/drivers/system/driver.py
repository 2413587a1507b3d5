"""How a robot lends its machine to steps: what it may look at, and the little that it may change."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase

from typing_extensions import override

from activities.drivers.system import processes
from activities.drivers.system.services import Services, Steward
from activities.drivers.system.systemd import Systemd
from activities.provider import Provider
from activities.sessions.files import Workspace
from activities.sessions.system import SYSTEM, Ended, Running, Scope, Service, System, Which
from workflows.call import StepCall
from workflows.errors import ConfigurationError

_SHARE = 0.8
"""How much of a step's time may pass before it says what it knows."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be ended, started and stopped; all else is for looking at."""

    programs: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


def system_provider(allowed: Allowed) -> Provider[System]:
    """Lend this machine."""

    @asynccontextmanager
    async def lend(call: StepCall, _: Workspace | None) -> AsyncIterator[System]:
        yield _Machine(allowed, _services_of(call.timeout * _SHARE), call.timeout * _SHARE)

    return Provider(SYSTEM, lend)


def _services_of(patience: float) -> Services:
    if sys.platform == "win32":
        from activities.drivers.system.windows import windows_services  # noqa: PLC0415 - of another system

        return windows_services(patience=patience)
    return Systemd(patience=patience)


class _Machine(System):
    def __init__(self, allowed: Allowed, services: Services, seconds: float) -> None:
        self._allowed = allowed
        self._services = services
        self._steward = Steward(services, seconds)
        self._seconds = seconds

    @override
    async def running(self, pattern: str | None) -> Sequence[Running]:
        return await asyncio.to_thread(processes.running, pattern)

    @override
    async def find(self, which: Which) -> Sequence[Running]:
        return await asyncio.to_thread(processes.find, which)

    @override
    async def end(self, which: Which, grace: timedelta) -> Sequence[Ended]:
        _refuse(which.name, self._allowed.programs, processes.same_program, "end program", "system.programs")
        return await asyncio.to_thread(processes.end, which, min(grace, timedelta(seconds=self._seconds)))

    @override
    async def services(self, pattern: str, scope: Scope) -> Sequence[Service]:
        found = await self._services.all(scope)
        return [each for each in found if fnmatchcase(each.name.casefold(), pattern.casefold())]

    @override
    async def service(self, name: str, scope: Scope) -> Service:
        return (await self._services.look(name, scope)).service

    @override
    async def start(self, name: str, scope: Scope) -> bool:
        self._refuse_service(name, "start")
        return await self._steward.start(name, scope)

    @override
    async def stop(self, name: str, scope: Scope) -> bool:
        self._refuse_service(name, "stop")
        return await self._steward.stop(name, scope)

    @override
    async def restart(self, name: str, scope: Scope) -> None:
        self._refuse_service(name, "restart")
        await self._steward.restart(name, scope)

    def _refuse_service(self, name: str, verb: str) -> None:
        _refuse(name, self._allowed.services, _same_service, f"{verb} service", "system.services")


def _same_service(one: str, other: str) -> bool:
    if sys.platform == "win32":
        return one.casefold() == other.casefold()
    return one.removesuffix(".service") == other.removesuffix(".service")


def _refuse(name: str, allowed: Sequence[str], same: Callable[[str, str], bool], what: str, setting: str) -> None:
    if not any(same(name, each) for each in allowed):
        named = ", ".join(map(repr, allowed)) or "none"
        raise ConfigurationError(
            f"this robot may not {what} {name!r}; its setting {setting!r} names those that it may: {named}"
        )
