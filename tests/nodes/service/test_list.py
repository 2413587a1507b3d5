from __future__ import annotations

from activities.nodes.service import list as list_node
from activities.nodes.service import start, stop
from tests.support.steps import Steps, failure_of
from tests.support.systemd import SERVICES


async def test_services_are_listed_with_their_states(steps: Steps) -> None:
    await steps.do(stop.stop, {"service": "office-sync", "scope": "user"})
    await steps.do(start.start, {"service": "office-kept", "scope": "user"})
    await failure_of(steps.do(start.start, {"service": "office-nothing", "scope": "user"}))

    listed = await steps.do(list_node.list_services, {"name": "Office*", "scope": "user"})
    failed = await steps.do(list_node.list_services, {"name": "office-n*", "state": "failed", "scope": "user"})

    names = [each["name"] for each in listed["services"]]
    states = {each["name"]: each["state"] for each in listed["services"]}
    assert sorted(name for name in SERVICES if not name.endswith("@")) == names
    assert ("stopped", "running", "failed") == tuple(
        states[name] for name in ("office-sync", "office-kept", "office-nothing")
    )
    assert ["office-nothing"] == [each["name"] for each in failed["services"]]
