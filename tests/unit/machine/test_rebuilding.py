"""How a session is had again as its document says, where loading and entering again would not do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.machine import World, plan_of, raised, vanished
from tests.unit.machine.test_park_matrix import mend
from workflows.errors import PatchRefusedError
from workflows.events import NodeFailed, SessionLost
from workflows.protocol import CallNode, StepParked

RESTORE = [
    {"id": "login", "do": "page.open"},
    {"id": "find", "do": "page.fill", "with": {"what": "${{ wanted }}"}},
]


def lost_after_paying(restore: list[Any] | None = None, **fields: Any) -> World:
    """A run that has paid on a page in round two, lost the page, and wants to read it."""
    steps = [
        {
            "id": "rounds",
            "for_each": [1, 2],
            "as": "n",
            "do": [
                {"set": {"wanted": "${{ n }}"}},
                {"id": "pay", "do": "page.click"},
                {"id": "receipt", "do": "page.read", "retry": {"delays": []}},
            ],
        }
    ]
    given = {"restore": RESTORE if restore is None else restore, **fields}

    def answer(call: CallNode) -> Any:
        return None if (call.place, call.attempt) == ("rounds[1].receipt", 1) else {"did": call.place}

    world = World(plan_of(steps, **given), answer, passes=False)
    world.run()
    world.run(NodeFailed(world.last(CallNode).number, vanished()))
    return world


def test_a_page_beyond_loading_is_had_again_as_the_document_says() -> None:
    world = lost_after_paying()
    before = world.calls

    world.later(1)

    assert ["rounds[1].login", "rounds[1].find"] == before[-2:]
    assert {"what": 2} == world.params[-2]
    assert "rounds[1].receipt" == world.calls[-1]
    assert 2 == sum(call.endswith("pay") for call in world.calls)
    assert ("completed", None) == world.result


def test_having_a_page_again_gives_no_outputs_to_the_round() -> None:
    world = lost_after_paying(outputs={"seen": "${{ [sorted(list(result)) for result in rounds.results] }}"})

    world.later(1)

    assert world.end is not None
    assert {"seen": [["pay", "receipt"]] * 2} == world.end.outputs


def test_a_page_that_cannot_be_had_again_even_so_parks_there() -> None:
    world = parked_in_restoring()

    assert "login" == world.last(StepParked).place


def test_an_error_of_having_a_page_again_is_the_steps_to_catch() -> None:
    restore = [{"id": "login", "do": "page.broken", "retry": {"delays": []}}]
    body = [{"id": "pay", "do": "page.click"}, {"id": "receipt", "do": "page.read", "retry": {"delays": []}}]
    steps = [{"try": body, "catch": [{"on": "robot", "do": [{"set": {"seen": "${{ error.type }}"}}]}]}]

    def answer(call: CallNode) -> Any:
        match call.step.id:
            case "login":
                return raised()
            case "receipt":
                return vanished()
            case _:
                return {}

    world = World(plan_of(steps, restore=restore, outputs={"seen": "${{ seen }}"}), answer)
    end = world.run()

    assert end is not None
    assert {"seen": "BrokenError"} == end.outputs


def parked_in_restoring() -> World:
    """A run that has parked where its page should have been had again."""
    login = {"id": "login", "do": "page.broken", "retry": {"delays": []}}
    world = World(plan_of(PAID, restore=[login], on_failure="park"), _lost_at_receipt, passes=False)
    world.run()
    return world


def test_how_a_page_is_had_again_can_be_corrected() -> None:
    world = parked_in_restoring()

    mend(world, plan_of(PAID, restore=[{"id": "login", "do": "page.open"}], on_failure="park"))
    world.later(1)

    assert ["pay", "receipt", "login", "login", "receipt"] == world.calls
    assert ("completed", None) == world.result


def test_how_a_page_is_had_again_cannot_be_taken_out_meanwhile() -> None:
    world = parked_in_restoring()

    with pytest.raises(PatchRefusedError, match="put it back"):
        mend(world, plan_of(PAID, on_failure="park"))


PAID = [{"id": "pay", "do": "page.click"}, {"id": "receipt", "do": "page.read", "retry": {"delays": []}}]


def _lost_at_receipt(call: CallNode) -> Any:
    match call.step.node.type, call.step.id, call.attempt:
        case "page.broken", _, _:
            return raised()
        case _, "receipt", 1:
            return vanished()
        case _:
            return {}


BETWEEN: list[dict[str, Any]] = [
    {"id": "open", "do": "page.open"},
    {"id": "name", "do": "page.fill"},
    {"id": "pay", "do": "page.click"},
    {"id": "number", "do": "page.fill", "with": {"value": "7"}},
    {"id": "receipt", "do": "page.read", "retry": {"delays": []}},
]


def test_what_was_entered_after_a_lasting_step_is_entered_again_once_the_page_is_there() -> None:
    world = World(plan_of(BETWEEN, restore=RESTORE_PLAINLY), _lost_at_receipt, passes=False)

    world.run()

    assert ["open", "name", "pay", "number", "receipt", "login", "number", "receipt"] == world.calls
    assert ("completed", None) == world.result


def test_a_run_of_an_older_plan_goes_on_without_entering_it_again() -> None:
    plan = plan_of(BETWEEN, restore=RESTORE_PLAINLY).model_copy(update={"format": 3})
    world = World(plan, _lost_at_receipt, passes=False)

    world.run()
    world.later(1)

    assert ["open", "name", "pay", "number", "receipt", "login", "receipt"] == world.calls
    assert ("completed", None) == world.result


def test_a_page_that_is_lost_again_while_it_is_had_again_has_all_entered_into_the_next_one() -> None:
    restore = [*RESTORE_PLAINLY, {"id": "settle", "wait": "1s"}]
    world = World(plan_of(BETWEEN, restore=restore), _lost_at_receipt, passes=False)
    world.run()

    world.run(SessionLost(f"s{world.opened}"))
    world.later(2)

    assert ["login", "number", "receipt"] == world.calls[-3:]
    assert ("completed", None) == world.result


def test_what_having_a_page_again_has_done_already_is_not_done_twice() -> None:
    restore = [*RESTORE_PLAINLY, {"id": "launch", "do": "page.fill", "with": {"what": "ledger"}}]
    steps = [
        {"id": "start", "do": "page.fill", "with": {"what": "ledger"}},
        {"id": "number", "do": "page.fill", "with": {"value": "7"}},
        {"id": "again", "do": "page.fill", "with": {"what": "ledger"}},
        {
            "try": [{"id": "pay", "do": "page.click"}],
            "catch": [{"on": "OutcomeUnknownError", "do": [{"set": {"x": 1}}]}],
        },
        {"id": "receipt", "do": "page.read"},
    ]
    lost = iter([vanished()])

    def answer(call: CallNode) -> Any:
        return next(lost, {}) if call.place == "pay" else {}

    world = World(plan_of(steps, restore=restore), answer, passes=False)
    world.run()
    world.later(60)

    assert ["start", "number", "again", "pay", "login", "launch", "number", "again", "receipt"] == world.calls
    assert ("completed", None) == world.result


def test_a_lasting_step_that_did_not_happen_finds_what_was_entered_for_it() -> None:
    verify: dict[str, Any] = {"do": "page.read", "holds": "${{ false }}", "absence": "proves", "settle": "1s"}
    steps = [*BETWEEN[:2], {**BETWEEN[2], "verify": verify}]
    lost = iter([vanished()])

    def answer(call: CallNode) -> Any:
        return next(lost, {}) if call.step.node.type == "page.click" else {}

    world = World(plan_of(steps, restore=RESTORE_PLAINLY), answer, passes=False)
    world.run()
    world.later(60)

    assert ["open", "name", "pay", "login", "name", "pay.verify", "pay"] == world.calls
    assert ("completed", None) == world.result


RESTORE_PLAINLY = [{"id": "login", "do": "page.open"}]
