from __future__ import annotations

import pytest

from activities.nodes.service import start, stop
from tests.support.steps import Steps


@pytest.mark.parametrize("service", ["office-sync", "office-stubborn"])
async def test_a_service_is_stopped_if_it_runs(steps: Steps, service: str) -> None:
    await steps.do(start.start, {"service": service, "scope": "user"})

    first = await steps.do(stop.stop, {"service": service, "scope": "user"})
    again = await steps.do(stop.stop, {"service": service, "scope": "user"})

    assert (True, False) == (first["changed"], again["changed"])
    assert (first["service"]["state"], None) in {("stopped", None), ("failed", None)}
    assert first["service"]["pid"] is None
