"""Whatever happens to a run while it waits, it does what a plain reading of its document says."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.support.machine import raised, vanished
from tests.support.oracle import Oracle
from tests.support.programs import START, Dialect, Program, programs
from tests.support.storm import Storm
from workflows.protocol import CallNode, Finish

SEEDS = st.integers(0, 2**32)


def answer(call: CallNode) -> Any:
    """What a call's own parameters say."""
    if call.attempt > call.params["fails"]:
        return {"did": call.params["n"]}
    kind = str(call.params["kind"])
    return vanished() if kind == "vanish" else raised(kind)


def storm(program: Program, seed: int, **happens: Any) -> Storm:
    return Storm(program.plan(), answer, chance=Random(seed), **happens)  # noqa: S311 - a test that can be repeated


def result_of(end: Finish | None) -> tuple[str, Any]:
    assert end is not None
    return end.status, end.error.type if end.error else end.outputs


def counted(calls: list[Any]) -> Counter[str]:
    return Counter(map(repr, calls))


def agree(oracle: Oracle, program: Program, world: Storm) -> None:
    """Run both and compare what they called and came to, as far as anybody can foretell it."""
    expected = oracle.run([*START, *program.steps])
    assume(not oracle.unsure)

    end = world.storm()

    assert expected == result_of(end)
    if not oracle.raced:
        assert counted(oracle.calls) == counted(world.done)


@settings(max_examples=300, deadline=None)
@given(programs(Dialect(undo=True)), SEEDS)
def test_answers_may_come_in_any_order(program: Program, seed: int) -> None:
    agree(Oracle(), program, storm(program, seed))
