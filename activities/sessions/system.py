"""What nodes need of the programs and services that run on a robot's machine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal, Protocol, TypeAlias

from pydantic import AwareDatetime, Field, model_validator

from activities.node import Capability, Params, Result

ProgramName: TypeAlias = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^/\\\x00-\x1f]+$")]
"""The name of a program's file, without its folder."""
ServiceName: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=255, pattern=r"^[^-/\\\"\x00-\x1f][^/\"\x00-\x1f]*$")
]
"""What the system calls a service."""
Scope: TypeAlias = Literal["system", "user"]
"""Whose services are meant: the machine's, or those of the robot's own user, which only Linux has."""
State: TypeAlias = Literal["running", "stopped", "failed", "starting", "stopping", "paused"]
"""How a service is."""


class Which(Params):
    """Which processes are meant."""

    name: ProgramName
    """The name of the program, e.g. `EXCEL.EXE` or `soffice.bin`; on Windows, capitals and `.exe` are all the same."""
    pid: int | None = Field(default=None, ge=1)
    """The number of one process, together with `started`; by default all of this name are meant."""
    started: AwareDatetime | None = None
    """When that process was started, as `process.list` tells: a number may mean another one tomorrow."""

    @model_validator(mode="after")
    def _both(self) -> Which:
        if (self.pid is None) != (self.started is None):
            msg = "expected 'pid' and 'started' together, as process.list gives them"
            raise ValueError(msg)
        return self


class Running(Result):
    """One process."""

    pid: int
    """Its number."""
    name: str
    """The name of its program."""
    user: str | None
    """As whom it runs; null where the system does not tell."""
    started: AwareDatetime
    """When it was started."""
    memory: int | None
    """How much memory it has, in bytes; null where the system does not tell."""


class Ended(Result):
    """A process that was ended."""

    pid: int
    """Its number."""
    name: str
    """The name of its program."""
    killed: bool
    """Whether it did not end when it was asked to."""


class Service(Result):
    """One service."""

    name: str
    """What the system calls it."""
    description: str
    """What it is, in the words of those who made it."""
    state: State
    """How it is."""
    detail: str
    """The same in the system's own words."""
    pid: int | None
    """The number of its main process, if it has one."""


class OneService(Params):
    """Which service is meant."""

    service: ServiceName
    """What the system calls it, e.g. `postgresql` or `Spooler`."""
    scope: Scope = "system"
    """Whose service it is: the machine's, or that of the robot's own user (Linux)."""


class System(Protocol):
    """A robot's machine, for one step."""

    async def running(self, pattern: str | None) -> Sequence[Running]:
        """List processes, the oldest first; those whose program fits a pattern with wildcards."""

    async def find(self, which: Which) -> Sequence[Running]:
        """Give those that are meant and run.

        Raises:
            InvalidParamsError: the process of this number and time is another program.
        """

    async def end(self, which: Which, grace: timedelta) -> Sequence[Ended]:
        """End what is meant and runs: ask, and kill after a while.

        Raises:
            ConfigurationError: this robot may not.
            MachineError: some do not end, or came back.
        """

    async def services(self, pattern: str, scope: Scope) -> Sequence[Service]:
        """List services whose names fit a pattern with wildcards."""

    async def service(self, name: str, scope: Scope) -> Service:
        """Look at a service.

        Raises:
            ConfigurationError: there is none, or nothing on this machine knows of services.
        """

    async def start(self, name: str, scope: Scope) -> bool:
        """Have a service run, and stay; whether it did not.

        Raises:
            ConfigurationError: there is none, or this robot may not.
            MachineError: it does not run.
        """

    async def stop(self, name: str, scope: Scope) -> bool:
        """Have a service not run; whether it did. Fails as `start` does."""

    async def restart(self, name: str, scope: Scope) -> None:
        """Have a service run that was started after this was asked for. Fails as `start` does."""


SYSTEM: Capability[System] = Capability("system")
"""The programs and services of a robot's machine."""
