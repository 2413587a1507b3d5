from __future__ import annotations

from activities.nodes.service import restart, start, stop
from tests.support.steps import Steps, failure_of


async def test_a_service_begins_anew_whether_or_not_it_ran(steps: Steps) -> None:
    await steps.do(start.start, {"service": "office-sync", "scope": "user"})

    first = await steps.do(restart.restart, {"service": "office-sync", "scope": "user"})
    again = await steps.do(restart.restart, {"service": "office-sync", "scope": "user"})
    await steps.do(stop.stop, {"service": "office-sync", "scope": "user"})
    last = await steps.do(restart.restart, {"service": "office-sync", "scope": "user"})

    assert ["running"] * 3 == [each["state"] for each in (first, again, last)]
    assert 3 == len({each["pid"] for each in (first, again, last)})


async def test_a_service_that_does_not_come_back_was_not_restarted(steps: Steps) -> None:
    error = await failure_of(steps.do(restart.restart, {"service": "office-crash", "scope": "user"}))

    assert ("MachineError", True) == (error.type, "did not stay" in error.message)
