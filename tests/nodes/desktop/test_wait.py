from __future__ import annotations

import asyncio

import pytest

from activities.nodes.desktop.fill import fill
from activities.nodes.desktop.wait import wait
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of

TEXT = {"app": "editor", "target": {"control_type": "Edit"}}


@pytest.fixture(autouse=True)
async def programs(screen: Screen, steps: Steps) -> None:
    await screen.have("editor")
    await steps.do(fill, TEXT | {"value": "nothing"})


async def test_a_text_is_waited_for(steps: Steps) -> None:
    waiting = asyncio.create_task(steps.do(wait, TEXT | {"text": "ready"}))
    await steps.do(fill, TEXT | {"value": "it is ready now"})

    assert {} == await waiting


async def test_what_never_shows_is_told_with_what_does(steps: Steps) -> None:
    error = await failure_of(steps.do(wait, TEXT | {"text": "ready"}, timeout=2))

    assert ("ElementNotReadyError", "robot") == (error.type, error.kind)
    assert "'ready'" in error.message
    assert "'nothing'" in error.message


@pytest.mark.parametrize(
    ("app", "target", "state"),
    [
        ("editor", {"control_type": "Window", "sub_name": "journal.txt"}, "visible"),
        ("editor", {"control_type": "Window", "name": "Nothing"}, "gone"),
        ("settings", {"control_type": "Spinner"}, "disabled"),
        ("settings", "Wrap long lines", "unchecked"),
    ],
)
async def test_a_control_is_waited_for_to_be_as_it_shall(
    screen: Screen, steps: Steps, app: str, target: object, state: str
) -> None:
    await screen.have(app)

    assert {} == await steps.do(wait, {"app": app, "target": target, "state": state})
