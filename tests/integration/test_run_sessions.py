"""Sessions as a run has them: refused, given up, asked for again, forged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError

from tests.support.machine import plan_of
from tests.support.runs import runs, until_cancelled
from workflows.call import ErrorValue, SessionGrant, StepCall

Grant = Callable[[], Awaitable[None]]
STEPS: list[Any] = [{"do": "page.click", "retry": {"delays": ["10ms", "10ms"]}}]


async def echo(params: dict[str, Any], _call: StepCall) -> Any:
    return params


class Keeper:
    """Does something else with each session it is asked for; the last one it holds."""

    def __init__(self, *before: Callable[[Grant], Awaitable[None]]) -> None:
        self.before = list(before)
        self.asked = asyncio.Event()

    async def __call__(self, grant: Grant) -> None:
        self.asked.set()
        if self.before:
            await self.before.pop(0)(grant)
        else:
            await grant()
            await until_cancelled()


async def give_up(_grant: Grant) -> None:
    return


async def refuse(_grant: Grant) -> None:
    error = ErrorValue(type="SessionUnavailableError", kind="robot", message="no browser", acted=None)
    raise ApplicationError(error.message, error.model_dump(mode="json"), type=error.type, non_retryable=True)


async def never_grant(_grant: Grant) -> None:
    await until_cancelled()


async def test_a_session_refused_or_given_up_is_asked_for_again(client: Client) -> None:
    async with runs(client, {"page.click": echo}, Keeper(give_up, refuse)) as started:
        await started.outputs(STEPS, {})

    assert [3] == [call.attempt for call in started.calls]


async def test_a_session_lost_between_two_steps_is_had_again(client: Client) -> None:
    lost = asyncio.Event()

    async def lose(grant: Grant) -> None:
        await grant()
        await lost.wait()

    async def read(_params: dict[str, Any], call: StepCall) -> Any:
        lost.set()
        if call.session in [earlier.session for earlier in started.calls[:-1]]:
            error = ErrorValue(type="SessionLostError", kind="robot", message="no such session")
            raise ApplicationError(error.message, error.model_dump(mode="json"), type=error.type, non_retryable=True)
        return {}

    step = {"do": "page.read", "retry": {"delays": ["10ms"]}}
    async with runs(client, {"page.read": read}, Keeper(lose)) as started:
        await started.outputs([step, {"wait": "500ms"}, step], {})

    first, *_, last = started.calls
    assert first.session != last.session


async def test_a_run_that_waits_for_a_session_can_be_cancelled(client: Client) -> None:
    keeper = Keeper(never_grant)

    async with runs(client, {"page.click": echo}, keeper) as started:
        handle = await started.start(plan_of(STEPS))
        await keeper.asked.wait()
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as caught:
            await asyncio.wait_for(handle.result(), 90)

    assert isinstance(caught.value.cause, CancelledError)


async def test_a_session_nobody_asked_for_is_not_taken(client: Client) -> None:
    keeper = Keeper(never_grant)

    async with runs(client, {"page.click": echo}, keeper) as started:
        handle = await started.start(plan_of(STEPS))
        await keeper.asked.wait()
        await handle.signal("session_opened", SessionGrant(id="forged", robot="r", capability="browser"))
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await asyncio.wait_for(handle.result(), 90)

    assert [] == started.calls


async def test_a_run_that_sleeps_can_be_cancelled(client: Client) -> None:
    async with runs(client, {"test.read": echo}) as started:
        handle = await started.start(plan_of([{"do": "test.read"}, {"wait": "1h"}]))
        async for event in handle.fetch_history_events(wait_new_event=True):
            if event.HasField("timer_started_event_attributes"):
                break
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as caught:
            await asyncio.wait_for(handle.result(), 90)

    assert isinstance(caught.value.cause, CancelledError)


async def test_a_run_that_only_computes_for_long_shows_signs_of_life(client: Client) -> None:
    """Temporal gives each activation two seconds; the work goes on in the next one."""
    count = {"while": "${{ n < 9000 }}", "do": [{"set": {"n": "${{ n + 1 }}"}}]}

    async with runs(client, {}) as started:
        outputs = await started.outputs([{"set": {"n": 0}}, count], {"n": "${{ n }}"})

    assert {"n": 9000} == outputs
