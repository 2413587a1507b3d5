from __future__ import annotations

from pathlib import Path

from activities.nodes.desktop.close import close
from activities.nodes.desktop.exists import exists
from activities.nodes.desktop.expect import expect
from activities.nodes.desktop.launch import launch
from activities.nodes.desktop.type import type as type_text
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of


async def test_a_program_is_closed_and_may_be_closed_again(screen: Screen, steps: Steps) -> None:
    await screen.have("invoices")

    told = [await steps.do(close, {"app": "invoices"}) for _ in range(2)]

    assert [{}, {}] == told
    assert screen.station.ending(screen.station.apps["invoices"]) is not None


async def test_a_program_that_never_was_there_is_closed(steps: Steps) -> None:
    """What tidies up does not have to know how far the steps before it came."""
    assert {} == await steps.do(close, {"app": "never"})


async def test_a_program_that_asks_is_left_open_unless_it_is_forced(steps: Steps, tmp_path: Path) -> None:
    forgetful = {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    await steps.do(
        launch,
        {"program": "mousepad", "arguments": ["--disable-server"], "environment": forgetful, "app": "unsaved"},
    )
    await steps.do(type_text, {"app": "unsaved", "text": "not saved"})
    await steps.do(expect, {"app": "unsaved", "target": {"control_type": "Edit"}, "value": "not saved"})

    error = await failure_of(steps.do(close, {"app": "unsaved"}, timeout=8))
    await steps.do(close, {"app": "unsaved", "force": True})

    assert "ApplicationFailedError" == error.type
    assert "close with force" in error.message
    assert "'Cancel'" in error.message
    assert {"exists": False} == await steps.do(exists, {"app": "unsaved", "target": {"control_type": "Window"}})
