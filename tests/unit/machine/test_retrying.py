"""When a failed attempt is made again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.support.machine import World, plan_of, raised, vanished


@dataclass(frozen=True)
class Case:
    id: str
    outcome: Any
    timers: list[float]
    retry: dict[str, Any] = field(default_factory=dict)
    node: str = "test.read"


DELAYS = {"delays": ["10s", "1m"], "jitter": 0}
CASES = [
    Case("the document's delays", raised(), [10, 60], DELAYS),
    Case("none", raised(), [], {"delays": []}),
    Case("other delays for an error of a type", raised(name="SlowError"), [3], DELAYS | {"on": {"SlowError": ["3s"]}}),
    Case("no delays for an error of a type", raised(name="SlowError"), [], DELAYS | {"on": {"SlowError": []}}),
    Case("those of other types stay", raised(), [10, 60], DELAYS | {"on": {"SlowError": ["3s"]}}),
    Case("a server asks for more time", raised(retry_after=120), [120, 120], DELAYS),
    Case("a server asks for less", raised(retry_after=2), [10, 60], DELAYS),
    Case("a server asks for too much", raised(retry_after=1e9), [86_400, 86_400], DELAYS),
    Case("a server asks for nonsense", raised(retry_after="soon"), [10, 60], DELAYS),
    Case("business errors never", raised("business"), [], DELAYS),
    Case("nor errors of the document", raised("configuration"), [], DELAYS),
    Case("what vanished is made again at once, then later", vanished(), [10, 60], DELAYS),
    Case("but not what may have had an effect", vanished(), [], DELAYS, "test.pay"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_delays(case: Case) -> None:
    world = World(plan_of([{"do": case.node, "retry": case.retry}]), lambda _call: case.outcome)

    world.run()

    assert case.timers == [round(seconds) for seconds in world.timers]
    assert world.end is not None
    assert "failed" == world.end.status


def test_delays_differ_from_run_to_run() -> None:
    """Runs that fail together must not come back together."""
    plan = plan_of([{"do": "test.read", "retry": {"delays": ["10s"] * 5}}])
    worlds = [World(plan, lambda _call: raised()) for _ in range(2)]
    worlds[1].state = replace(worlds[1].state, seed="another run")

    for world in worlds:
        world.run()

    assert set(worlds[0].timers).isdisjoint(worlds[1].timers)
