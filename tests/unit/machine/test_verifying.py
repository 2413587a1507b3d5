"""A step in doubt is looked after: did it take effect?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.machine import World, plan_of, raised, vanished
from workflows.effects import Raised
from workflows.protocol import CallNode

GONE = raised("business", "RequestRefusedError", status=404)
REFUSED = raised("business", "RequestRefusedError", status=403)
NOT_SHOWN = raised("business", "ExpectationFailedError")
UNSURE = raised(acted=None)


class Script:
    """Answers of the step and of the looks after it, one after the other; the last one again and again."""

    def __init__(self, pay: list[Any], looks: list[Any]) -> None:
        self.pay = list(pay)
        self.looks = list(looks)

    def __call__(self, call: CallNode) -> Any:
        answers = self.looks if call.place.endswith(".verify") else self.pay
        return answers.pop(0) if len(answers) > 1 else answers[0]


def pay(**verify: Any) -> dict[str, Any]:
    look = {"do": "test.flaky", "with": {"target": "${{ inputs.invoice }}"}, **verify}
    return {"id": "pay", "do": "test.pay", "verify": look, "retry": {"delays": ["10s"], "jitter": 0}}


@dataclass(frozen=True)
class Case:
    id: str
    pay: list[Any]
    looks: list[Any]
    calls: list[str]
    result: tuple[str, str | None]
    verify: dict[str, Any] = field(default_factory=dict)
    timers: list[float] = field(default_factory=list)


DONE = ("completed", None)
UNKNOWN = ("failed", "OutcomeUnknownError")
PROVES = {"absence": "proves", "settle": "5s"}
CASES = [
    Case("what is sure is not looked after", [{}], [{}], ["pay"], DONE),
    Case("nor what was not begun", [raised(acted=False), {}], [{}], ["pay", "pay"], DONE, {}, [10]),
    Case("found, it is done", [vanished()], [{}], ["pay", "pay.verify"], DONE),
    Case("also after an error of which nobody knows", [UNSURE], [{}], ["pay", "pay.verify"], DONE),
    Case("not found, nobody knows", [vanished()], [GONE], ["pay", "pay.verify"], UNKNOWN),
    Case(
        "unless a system of record says so: it is done anew",
        [vanished(), {}],
        [GONE],
        ["pay", "pay.verify", "pay"],
        DONE,
        PROVES,
        [5, 10],
    ),
    Case(
        "a page that does not show it",
        [vanished(), {}],
        [NOT_SHOWN],
        ["pay", "pay.verify", "pay"],
        DONE,
        PROVES,
        [5, 10],
    ),
    Case(
        "and that fails when the delays are used up",
        [vanished()],
        [GONE],
        ["pay", "pay.verify", "pay", "pay.verify"],
        ("failed", "RobotLostError"),
        PROVES,
        [5, 10, 5],
    ),
    Case(
        "what it gives may tell",
        [vanished()],
        [{"paid": True}],
        ["pay", "pay.verify"],
        DONE,
        {"holds": "${{ result.paid }}"},
    ),
    Case(
        "and tell that there is nothing",
        [vanished(), {}],
        [{"paid": False}],
        ["pay", "pay.verify", "pay"],
        DONE,
        PROVES | {"holds": "${{ result.paid }}"},
        [5, 10],
    ),
    Case(
        "an answer that is none leaves the doubt",
        [vanished()],
        [{"paid": 1}],
        ["pay", "pay.verify"],
        UNKNOWN,
        {"holds": "${{ result.paid }}"},
    ),
    Case(
        "so does one that cannot be computed",
        [vanished()],
        [{}],
        ["pay", "pay.verify"],
        UNKNOWN,
        {"holds": "${{ result.paid }}"},
    ),
    Case("a refusal proves nothing", [vanished()], [REFUSED], ["pay", "pay.verify"], UNKNOWN, PROVES, [5]),
    Case(
        "a broken look is tried again",
        [vanished()],
        [raised(), {}],
        ["pay", "pay.verify", "pay.verify"],
        DONE,
        {},
        [10],
    ),
    Case(
        "and again when its robot vanishes, which proves nothing",
        [vanished()],
        [vanished(), {}],
        ["pay", "pay.verify", "pay.verify"],
        DONE,
        PROVES,
        [5],
    ),
    Case("a look that stays broken leaves the doubt", [vanished()], [raised()], [], UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_step_in_doubt(case: Case) -> None:
    inputs = {"invoice": {"type": "integer", "default": 7}}
    world = World(plan_of([pay(**case.verify)], inputs=inputs), Script(case.pay, case.looks))

    world.run()

    assert case.result == world.result
    if case.calls:
        assert (case.calls, case.timers) == (world.calls, [round(seconds) for seconds in world.timers])


def test_a_verified_step_gives_what_was_found() -> None:
    world = World(
        plan_of([{**pay(), "verify": {"do": "test.flaky"}}], outputs={"x": "${{ pay }}"}), Script([vanished()], [7])
    )

    world.run()

    assert world.end is not None
    assert {"x": {"verified": 7}} == world.end.outputs


def test_a_doubt_that_stays_tells_what_the_look_said() -> None:
    world = World(plan_of([{**pay(), "verify": {"do": "test.flaky"}}]), Script([vanished()], [REFUSED]))

    world.run()

    assert world.end is not None
    assert world.end.error is not None
    assert "(the look whether it took effect: it broke)" in world.end.error.message


def test_a_look_whose_parameters_cannot_be_told_leaves_the_doubt() -> None:
    verify = {"do": "test.flaky", "with": {"target": "${{ 1 / x }}"}}
    world = World(plan_of([{"set": {"x": 0}}, {**pay(), "verify": verify}]), Script([vanished()], [{}]))

    world.run()

    assert UNKNOWN == world.result


def test_a_step_that_says_itself_that_it_is_in_doubt_is_looked_after() -> None:
    """The wrapper of a node refuses a second attempt that the server made."""
    outcome = Raised(
        raised(name="OutcomeUnknownError").error.model_copy(update={"kind": "unknown-outcome", "acted": None})
    )
    world = World(plan_of([{**pay(), "verify": {"do": "test.flaky"}}]), Script([outcome], [{}]))

    world.run()

    assert DONE == world.result


def test_a_look_in_a_session_that_was_lost_gets_a_new_one() -> None:
    step = {"id": "pay", "do": "page.click", "verify": {"do": "page.open"}}
    world = World(plan_of([step]), Script([vanished()], [{}]))

    world.run()

    assert (["pay", "pay.verify"], DONE) == (world.calls, world.result)
    assert 2 == world.opened
