"""Record the histories that every later build must still be able to replay.

Run `python -m tests.replay.record` from the checkout after adding a feature to `FEATURES`. It only adds files:
a history that was recorded once is never written again, for it stands for runs that are under way somewhere.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError

from tests.support.machine import plan_of
from tests.support.runs import runs
from tests.support.server import temporal_server
from workers.plugin import AetherPlugin
from workflows.call import ErrorValue, StepCall
from workflows.progress import PROGRESS_QUERY, RunProgress
from workflows.start import RunResult

HISTORIES = Path(__file__).parent / "histories"

Handle = WorkflowHandle[Any, RunResult]


async def leave_alone(_run: Handle) -> None:
    """Let the run come to its own end."""


async def cancel_at_work(run: Handle) -> None:
    """Cancel the run in the middle of a step."""
    while not any(part.status == "running" for part in (await _progress(run)).steps):  # noqa: ASYNC110 - asked for
        await asyncio.sleep(0.05)
    await run.cancel()


async def _progress(run: Handle) -> RunProgress:
    progress: RunProgress = await run.query(PROGRESS_QUERY, result_type=RunProgress)
    return progress


@dataclass(frozen=True)
class Feature:
    """A document that uses one feature, and what is done to its run."""

    steps: list[Any]
    outputs: dict[str, Any] = field(default_factory=dict)
    disturb: Callable[[Handle], Awaitable[None]] = leave_alone
    defaults: dict[str, Any] = field(default_factory=dict)


SET = {"set": {"total": 0, "seen": []}}
ADD = {"set": {"total": "${{ total + n }}"}}
FEATURES: Mapping[str, Feature] = {
    "steps": Feature(
        [{"id": "a", "do": "test.read", "with": {"n": 1}}, {"do": "test.write", "with": {"n": "${{ a.n + 1 }}"}}],
        {"a": "${{ a.n }}"},
    ),
    "if_and_switch": Feature(
        [
            {"if": False, "then": [SET], "elif": [{"if": "${{ 1 < 2 }}", "then": [{"do": "test.read"}]}]},
            {"switch": "b", "cases": [{"when": ["a", "b"], "do": [{"do": "test.write"}]}], "default": [SET]},
        ],
    ),
    "loops": Feature(
        [
            SET,
            {"for_each": [1, 2, 3], "as": "n", "do": [{"continue": "${{ n == 2 }}"}, {"do": "test.read"}, ADD]},
            {"while": "${{ total < 6 }}", "do": [{"set": {"total": "${{ total + 1 }}"}}, {"do": "test.write"}]},
            {"id": "each", "for_each": {"x": 1}, "do": "test.read", "with": {"key": "${{ item.key }}"}},
        ],
        {"total": "${{ total }}", "each": "${{ each.results }}"},
    ),
    "try_catch_finally": Feature(
        [
            {
                "try": [{"id": "bad", "do": "test.pay"}],
                "catch": [{"on": "business", "do": [{"set": {"why": "${{ error.message }}"}}]}],
                "finally": [{"do": "test.write"}],
            },
        ],
        {"why": "${{ why }}"},
    ),
    "retry": Feature([{"do": "test.flaky"}], defaults={"retry": {"delays": ["100ms", "100ms"], "jitter": 0.2}}),
    "wait": Feature([{"wait": "100ms"}, {"wait": {"until": "2026-01-01T00:00:00Z"}}, {"do": "test.read"}]),
    "session": Feature([{"do": "page.read"}, {"do": "page.click"}, {"do": "page.fill"}]),
    "cancel": Feature([{"try": [{"do": "test.hang"}], "finally": [{"do": "test.write"}]}], disturb=cancel_at_work),
    "failure": Feature([{"do": "test.read"}, {"throw": {"type": "OddError", "message": "odd"}}]),
    "breathing": Feature(
        [{"set": {"n": 0}}, {"for_each": "${{ range(9000) }}", "do": [{"set": {"n": "${{ n + item }}"}}]}],
        {"n": "${{ n }}"},
    ),
    "clock_and_chance": Feature(
        [{"set": {"at": "${{ now() }}", "id": "${{ uuid() }}"}}, {"do": "test.read"}],
        {"id": "${{ id }}"},
    ),
}  # fmt: skip


async def echo(params: dict[str, Any], _call: StepCall) -> Any:
    return params


async def refuse(_params: dict[str, Any], _call: StepCall) -> Any:
    error = ErrorValue(type="RefusedError", kind="business", message="not payable")
    raise ApplicationError(error.message, error.model_dump(mode="json"), type=error.type, non_retryable=True)


async def fail_once(_params: dict[str, Any], call: StepCall) -> Any:
    if call.attempt == 1:
        error = ErrorValue(type="FlakyError", kind="robot", message="not yet")
        raise ApplicationError(error.message, error.model_dump(mode="json"), type=error.type, non_retryable=True)
    return {"attempt": call.attempt}


async def hang(_params: dict[str, Any], _call: StepCall) -> Any:
    while True:
        activity.heartbeat()
        await asyncio.sleep(0.1)


NODES = {
    "test.read": echo,
    "test.write": echo,
    "test.pay": refuse,
    "test.flaky": fail_once,
    "test.hang": hang,
    "page.read": echo,
    "page.click": echo,
    "page.fill": echo,
}


async def record(client: Client, name: str, feature: Feature) -> None:
    """Run a feature's document to its end, and keep its history."""
    async with runs(client, NODES) as started:
        run = await started.start(plan_of(feature.steps, outputs=feature.outputs, defaults=feature.defaults))
        await feature.disturb(run)
        with suppress(WorkflowFailureError):
            await run.result()
    history = await run.fetch_history()
    (HISTORIES / f"{name}.json").write_text(history.to_json(), encoding="utf-8")


async def main() -> None:
    """Record what has not been recorded yet."""
    missing = [name for name in FEATURES if not (HISTORIES / f"{name}.json").exists()]
    with tempfile.TemporaryDirectory() as directory:
        async with temporal_server(Path(directory)) as server:
            plugin = AetherPlugin(payloads=Path(directory, "payloads"))
            client = await Client.connect(server.address, identity="recorder", plugins=[plugin])
            for name in missing:
                await record(client, name, FEATURES[name])
                sys.stdout.write(f"recorded {name}\n")


if __name__ == "__main__":
    asyncio.run(main())
