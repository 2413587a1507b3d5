"""What a system that knows of services can be asked, whichever it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from activities.sessions.system import Scope, Service
from workflows.errors import ConfigurationError, MachineError

_LOOK = 0.2
_STEADY = 1.0
"""Seconds for which a service must stay that was started."""

Verb: TypeAlias = Literal["start", "stop", "restart"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A service as its system has it."""

    service: Service
    incarnation: str
    """Another one each time it is started."""
    ends: bool = False
    """Whether it does its work and ends."""
    why: str = ""
    """How it came to its end, in the system's words."""

    @property
    def runs(self) -> bool:
        """Whether it is fully there."""
        return self.service.state == "running"

    @property
    def gone(self) -> bool:
        """Whether nothing of it is left."""
        return self.service.state in {"stopped", "failed"}


class Services(Protocol):
    """What knows of a machine's services.

    All raise a ConfigurationError where there is no such service, nothing that knows of any, or it does not let us.
    """

    async def all(self, scope: Scope) -> Sequence[Service]:
        """List all services, by name."""

    async def look(self, name: str, scope: Scope) -> Seen:
        """Look at one."""

    async def tell(self, name: str, scope: Scope, verb: Verb) -> None:
        """Have it start, stop or begin anew, as far as that has come when this is done.

        Raises:
            MachineError: it does not.
        """


@dataclass(frozen=True, slots=True)
class Steward:
    """Brings services into a state, and looks whether they are in it."""

    services: Services
    seconds: float
    """How long that may take."""

    async def start(self, name: str, scope: Scope) -> bool:
        """Have a service run, and stay; whether it did not."""
        before = await self.services.look(name, scope)
        if before.runs:
            return False
        _refuse_passing(before)
        await self.services.tell(name, scope, "start")
        await self._stays(name, scope, lambda seen: seen.runs)
        return True

    async def restart(self, name: str, scope: Scope) -> None:
        """Have a service run that began after this was asked for, and stay."""
        before = await self.services.look(name, scope)
        _refuse_passing(before)
        await self.services.tell(name, scope, "restart")
        await self._stays(name, scope, lambda seen: seen.runs and seen.incarnation != before.incarnation)

    async def stop(self, name: str, scope: Scope) -> bool:
        """Have a service not run; whether it did."""
        if (await self.services.look(name, scope)).gone:
            return False
        await self.services.tell(name, scope, "stop")
        await self._until(lambda: self.services.look(name, scope), lambda seen: seen.gone, "stopped")
        return True

    async def _stays(self, name: str, scope: Scope, is_there: Callable[[Seen], bool]) -> None:
        first = await self._until(lambda: self.services.look(name, scope), is_there, "running")
        await asyncio.sleep(_STEADY)
        now = await self.services.look(name, scope)
        if not now.runs or now.incarnation != first.incarnation:
            raise MachineError(f"service {name!r} began and did not stay: it is {_state(now)}", acted=True)

    async def _until(self, look: Callable[[], Awaitable[Seen]], is_there: Callable[[Seen], bool], wanted: str) -> Seen:
        clock = asyncio.get_running_loop()
        ends = clock.time() + self.seconds
        while True:
            seen = await look()
            if is_there(seen):
                return seen
            if clock.time() >= ends or (wanted == "running" and seen.gone):
                raise MachineError(f"service {seen.service.name!r} is not {wanted}, it is {_state(seen)}", acted=True)
            await asyncio.sleep(_LOOK)


def _state(seen: Seen) -> str:
    return f"{seen.service.detail}{f' ({seen.why})' if seen.why else ''}"


def _refuse_passing(seen: Seen) -> None:
    if seen.ends:
        raise ConfigurationError(
            f"service {seen.service.name!r} does its work and ends ('oneshot'), so that nothing tells afterwards "
            "whether it was done; have its program run by a step, or set 'RemainAfterExit=yes' in its unit"
        )
