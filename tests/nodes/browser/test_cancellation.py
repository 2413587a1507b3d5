from __future__ import annotations

import asyncio
from typing import Any

import pytest

from activities.node import Node
from activities.nodes.browser.click import click
from activities.nodes.browser.wait import wait
from tests.support.browser import Desk
from tests.support.eventually import eventually
from tests.support.steps import Steps


@pytest.mark.parametrize("node", [click, wait], ids=lambda node: node.name)
async def test_a_cancelled_minute_of_waiting_ends_at_once_and_leaves_no_page(
    desk: Desk, steps: Steps, node: Node[Any, Any, Any]
) -> None:
    await desk.show("nothing to click")
    context = desk.host.find(desk.session).context
    step = asyncio.create_task(steps.do(node, {"target": "#never"}, session=desk.grant, timeout=60.0))
    await eventually(desk.host.find(desk.session).turn.locked)

    async with asyncio.timeout(30):
        steps.environment.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step
        await desk.host.close(desk.session)

    assert context.pages == []
    assert desk.session not in desk.host.sessions
