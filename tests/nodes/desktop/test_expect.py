from __future__ import annotations

import pytest

from activities.nodes.desktop.expect import expect
from activities.nodes.desktop.fill import fill
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of

TEXT = {"app": "editor", "target": {"control_type": "Edit"}}


@pytest.fixture(autouse=True)
async def editor(screen: Screen, steps: Steps) -> None:
    await screen.have("editor")
    await steps.do(fill, TEXT | {"value": "Invoice 4711: paid"})


@pytest.mark.parametrize(
    "wanted", [{"text": "4711"}, {"value": "Invoice 4711: paid"}, {"state": "enabled", "text": ""}]
)
async def test_what_is_so_is_so(steps: Steps, wanted: dict[str, str]) -> None:
    assert {} == await steps.do(expect, TEXT | wanted)


@pytest.mark.parametrize(
    "wanted", [{"text": "4712"}, {"value": "Invoice 4711"}, {"state": "disabled"}, {"state": "gone"}]
)
async def test_what_is_not_so_is_an_error_of_the_case(steps: Steps, wanted: dict[str, str]) -> None:
    error = await failure_of(steps.do(expect, TEXT | wanted, timeout=2))

    assert ("ExpectationFailedError", "business", False) == (error.type, error.kind, error.acted)
    assert error.message.startswith("expected ")


async def test_something_must_be_expected(steps: Steps) -> None:
    error = await failure_of(steps.do(expect, TEXT))

    assert "at least one of 'state', 'text' and 'value' must be given" in error.message
