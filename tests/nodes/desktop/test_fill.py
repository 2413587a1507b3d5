from __future__ import annotations

import pytest

from activities.nodes.desktop.fill import fill
from activities.nodes.desktop.read import read
from activities.nodes.desktop.type import type as type_text
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of
from workflows.call import SecretSlot

AMOUNT = {"app": "form", "target": {"control_type": "Edit", "found_index": 2}}


@pytest.fixture(autouse=True)
async def form(screen: Screen) -> None:
    await screen.have("form")


@pytest.mark.parametrize(
    ("value", "held"), [("ACME Größe 💶", "ACME Größe 💶"), (12.5, "12.5"), (100.0, "100"), ("", "")]
)
async def test_a_field_holds_what_it_is_given_and_nothing_else(steps: Steps, value: str | float, held: str) -> None:
    await steps.do(fill, AMOUNT | {"value": "before"})

    await steps.do(fill, AMOUNT | {"value": value})

    assert held == (await steps.do(read, AMOUNT))["text"]


async def test_what_is_no_value_is_refused_before_anything_is_done(steps: Steps) -> None:
    error = await failure_of(steps.do(fill, AMOUNT | {"value": True}))

    assert ("InvalidParamsError", False) == (error.type, error.acted)


async def test_a_secret_is_filled_in_and_never_told(steps: Steps) -> None:
    slot = SecretSlot.model_validate({"path": ["value"], "parts": [{"secret": "password"}]})
    await steps.outcome(fill, AMOUNT | {"value": ""}, slots=[slot])

    outcome = await steps.do(read, AMOUNT, known=("password",))

    assert "hunter2" not in str(outcome)
    assert outcome["text"]


@pytest.mark.parametrize(("field", "value", "shown"), [("Number", "007", "7"), ("Line", "a\nb", "a b")])
async def test_a_field_that_makes_something_else_of_a_value_does_not_hold_it(
    screen: Screen, steps: Steps, field: str, value: str, shown: str
) -> None:
    await screen.have("trap")
    target = {"app": "trap", "target": {"control_type": "Edit", "name": field}}

    error = await failure_of(steps.do(fill, target | {"value": value}, timeout=4))

    assert shown == (await steps.do(read, target))["text"]
    assert "does not take the value" in error.message


async def test_what_cannot_be_changed_is_told_before_anything_is_done(screen: Screen, steps: Steps) -> None:
    await screen.have("trap")
    target = {"app": "trap", "target": {"control_type": "Edit", "name": "Fixed"}}

    errors = [
        await failure_of(steps.do(fill, target | {"value": "12345"}, timeout=2)),
        await failure_of(steps.do(type_text, target | {"text": "12345"}, timeout=2)),
    ]

    assert [("ElementNotReadyError", False)] * 2 == [(error.type, error.acted) for error in errors]
    assert all("Edit 'Fixed' is read-only" in error.message for error in errors)
