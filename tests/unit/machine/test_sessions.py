"""What the shell of a run knows of its sessions."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.machine import plan_of
from workflows.errands import Errands
from workflows.events import Event
from workflows.start import RunInput


async def test_a_session_that_has_just_ended_needs_no_closing() -> None:
    plan = plan_of([{"do": "page.read"}])
    posted: list[Callable[[], Event]] = []
    errands = Errands(plan, "seed", RunInput(plan=plan, inputs={}, files={}), posted.append)

    errands.sessions.close("nobody/1")

    assert [] == posted
    assert not errands.leases.busy
