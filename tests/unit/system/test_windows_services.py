"""Services of Windows by a stand-in for its manager, as psutil and `sc.exe` have it: claims no more than that."""

from __future__ import annotations

from dataclasses import dataclass, field

import psutil
import pytest

from activities.drivers.system.services import Steward
from activities.drivers.system.windows import WindowsServices
from workflows.errors import ConfigurationError, MachineError


@dataclass
class Spooler:
    """One service, which takes a look to get anywhere."""

    state: str = "stopped"
    number: int | None = None
    refusal: int = 0
    stuck: bool = False
    told: list[str] = field(default_factory=list)

    def name(self) -> str:
        return "Spooler"

    def display_name(self) -> str:
        return "Print Spooler"

    def status(self) -> str:
        state = self.state
        if state == "start_pending" and not self.stuck:
            self.state, self.number = "running", (self.number or 100) + 1
        if state == "stop_pending" and not self.stuck:
            self.state = "stopped"
        return state

    def pid(self) -> int | None:
        return self.number if self.state == "running" else None

    def find(self, name: str) -> Spooler:
        if name.casefold() != "spooler":
            raise psutil.NoSuchProcess(0, name)
        return self

    async def control(self, verb: str, name: str) -> tuple[int, str]:
        assert "spooler" == name.casefold()
        self.told.append(verb)
        if self.refusal:
            return self.refusal, "[SC] OpenService FAILED\r\n\r\nAccess is denied.\r\n"
        pending, idle = ("start_pending", "running") if verb == "start" else ("stop_pending", "stopped")
        if self.state == idle:
            return (1056 if verb == "start" else 1062), "it is"
        self.state = pending
        return 0, ""


def steward(spooler: Spooler, *, seconds: float = 5) -> Steward:
    return Steward(WindowsServices(lambda: [spooler], spooler.find, spooler.control, patience=seconds), seconds)


async def test_a_service_is_started_stopped_and_begun_anew() -> None:
    spooler = Spooler()

    started = await steward(spooler).start("Spooler", "system")
    again = await steward(spooler).start("spooler", "system")
    await steward(spooler).restart("Spooler", "system")
    stopped = await steward(spooler).stop("Spooler", "system")

    assert (True, False, True) == (started, again, stopped)
    assert ["start", "stop", "start", "stop"] == spooler.told
    assert ("stopped", 102) == (spooler.state, spooler.number)


async def test_services_are_looked_at() -> None:
    spooler = Spooler("running", 17)
    known = steward(spooler).services

    (listed,) = await known.all("system")
    seen = await known.look("Spooler", "system")

    assert listed == seen.service
    assert ("Spooler", "Print Spooler", "running", 17) == (listed.name, listed.description, listed.state, listed.pid)


@pytest.mark.parametrize(("code", "error"), [(5, ConfigurationError), (1058, MachineError)])
async def test_a_refusal_is_said(code: int, error: type[Exception]) -> None:
    with pytest.raises(error, match="start service 'Spooler'"):
        await steward(Spooler(refusal=code)).start("Spooler", "system")


async def test_a_service_that_does_not_come_is_not_called_started() -> None:
    with pytest.raises(MachineError, match="is not running, it is start_pending"):
        await steward(Spooler(stuck=True), seconds=0.3).start("Spooler", "system")


async def test_a_service_that_does_not_stop_is_not_begun_anew() -> None:
    spooler = Spooler("running", 17, stuck=True)

    with pytest.raises(MachineError, match="does not stop"):
        await steward(spooler, seconds=0.3).restart("Spooler", "system")

    assert ["stop"] == spooler.told


@pytest.mark.parametrize(("name", "scope"), [("Nothing", "system"), ("Spooler", "user")])
async def test_what_is_not_there_is_the_authors_mistake(name: str, scope: str) -> None:
    with pytest.raises(ConfigurationError):
        await steward(Spooler()).services.look(name, scope)  # type: ignore[arg-type] # as documents may say
