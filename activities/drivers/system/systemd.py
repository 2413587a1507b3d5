"""Services of Linux: systemd, by its own program."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from typing_extensions import override

from activities.drivers.system.services import Seen, Services, Verb
from activities.sessions.system import Scope, Service, State
from workflows.errors import ConfigurationError, MachineError

_ENDING = ".service"
_STATES: Mapping[str, State] = {
    "active": "running",
    "reloading": "running",
    "refreshing": "running",
    "inactive": "stopped",
    "maintenance": "stopped",
    "failed": "failed",
    "activating": "starting",
    "deactivating": "stopping",
}
_FACTS = ("Id", "Description", "LoadState", "ActiveState", "SubState", "MainPID", "InvocationID", "Result", "Type",
          "RemainAfterExit")  # fmt: skip
_DENIED = ("interactive authentication required", "access denied", "permission denied", "authentication is required")
_ABSENT = ("failed to connect to bus", "not been booted with systemd", "failed to get d-bus connection")
_ANSWERING = 20.0
"""Seconds for an answer of which nothing has to be waited for."""


class Systemd(Services):
    """Speaks to systemd by `systemctl`."""

    def __init__(self, *, patience: float) -> None:
        self._patience = patience

    @override
    async def all(self, scope: Scope) -> Sequence[Service]:
        loaded = await self._say(scope, "list-units", "--type=service", "--all", "--plain", "--no-legend", "--full")
        files = await self._say(scope, "list-unit-files", "--type=service", "--plain", "--no-legend", "--full")
        services = dict(_listed(loaded))
        for line in files.splitlines():
            unit = line.partition(" ")[0]
            name = unit.removesuffix(_ENDING)
            if unit.endswith(_ENDING) and not name.endswith("@") and name not in services:
                services[name] = _service(name, "", "inactive", "dead", 0)
        return [services[name] for name in sorted(services)]

    @override
    async def look(self, name: str, scope: Scope) -> Seen:
        said = await self._say(scope, "show", f"--property={','.join(_FACTS)}", "--", _unit(name))
        facts = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
        if facts.get("LoadState") != "loaded":
            raise ConfigurationError(
                f"this robot's machine has no {_whose(scope)} {name!r}: systemd calls it {facts.get('LoadState')!r}; "
                "see service.list"
            )
        return Seen(
            _service(name, facts["Description"], facts["ActiveState"], facts["SubState"], int(facts["MainPID"] or 0)),
            facts["InvocationID"],
            ends=facts["Type"] == "oneshot" and facts["RemainAfterExit"] == "no",
            why="" if facts["Result"] == "success" else facts["Result"],
        )

    @override
    async def tell(self, name: str, scope: Scope, verb: Verb) -> None:
        await self._say(scope, verb, "--no-ask-password", "--", _unit(name), patience=self._patience)

    async def _say(self, scope: Scope, *words: str, patience: float = _ANSWERING) -> str:
        """Give what it says.

        Raises:
            ConfigurationError: there is no systemd, or it does not let us.
            MachineError: it does not.
        """
        whose = ("--user",) if scope == "user" else ()
        try:
            process = await asyncio.create_subprocess_exec(
                "systemctl", *whose, "--no-pager", *words, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=_environment()
            )
        except FileNotFoundError:
            raise ConfigurationError("this robot's machine has no systemd: 'systemctl' is missing") from None
        try:
            async with asyncio.timeout(patience):
                said, problem = await process.communicate()
        except TimeoutError:
            raise MachineError(f"systemd does not answer to {words[0]!r} {words[-1]!r} in time", acted=None) from None
        finally:
            with suppress(ProcessLookupError):
                process.kill()
        if process.returncode:
            _explain(problem.decode(errors="replace"), words, scope)
        return said.decode(errors="replace")


def _explain(problem: str, words: Sequence[str], scope: Scope) -> None:
    told = " ".join(problem.split())
    low = told.lower()
    if any(sign in low for sign in _ABSENT):
        raise ConfigurationError(f"nothing on this robot's machine knows of a {_whose(scope)}: {told}")
    if any(sign in low for sign in _DENIED):
        raise ConfigurationError(
            f"the robot's user may not {words[0]} {words[-1]!r}: {told}; allow it by a rule of polkit for the action "
            "'org.freedesktop.systemd1.manage-units'"
        )
    raise MachineError(f"systemd does not {words[0]} {words[-1]!r}: {told}", acted=None)


def _environment() -> dict[str, str]:
    known = ("PATH", "HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
    kept = {name: os.environ[name] for name in known if name in os.environ}
    return {"XDG_RUNTIME_DIR": f"/run/user/{os.getuid()}", **kept, "LC_ALL": "C.UTF-8", "SYSTEMD_COLORS": "0"}


def _listed(said: str) -> Iterator[tuple[str, Service]]:
    for line in said.splitlines():
        match line.split(None, 4):
            case [unit, "loaded", active, sub, *description] if unit.endswith(_ENDING):
                name = unit.removesuffix(_ENDING)
                yield name, _service(name, "".join(description), active, sub, 0)
            case _:
                pass


def _service(name: str, description: str, active: str, sub: str, pid: int) -> Service:
    return Service(
        name=name,
        description=description,
        state=_STATES.get(active, "starting"),
        detail=f"{active} ({sub})",
        pid=pid or None,
    )


def _unit(name: str) -> str:
    """What systemd calls it: nothing but a service, so that no step can name a target such as `poweroff`."""
    return f"{name.removesuffix(_ENDING)}{_ENDING}"


def _whose(scope: Scope) -> str:
    return "service of the robot's user" if scope == "user" else "service"
