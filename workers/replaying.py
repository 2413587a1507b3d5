"""Histories replayed against this build: would it break the runs that are under way?"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from workers.histories import begun, replayer, start_of

_FAILURE = re.compile(r'message: "((?:[^"\\]|\\.)*)".*?type: "([^"]*)"', re.DOTALL)
_CODE = re.compile(r"^(?:\d+: )?(?:\[TMPRL1100\] )?Nondeterminism error: ")
_MACHINE = re.compile(r"(.+) machine does not handle this event: HistoryEvent\(id: (\d+), (\w+)\)")


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of replaying one execution of a run."""

    run: str
    document: str
    execution: str
    """Temporal's own id of the execution."""
    reason: str | None = None
    """Why this build cannot go on with it; None when it can."""


async def replay_all(
    histories: AsyncIterator[WorkflowHistory], plugins: Sequence[object], workflows: Sequence[type], *, namespace: str
) -> AsyncIterator[Replayed]:
    """Replay histories one after the other, as a worker of this build would."""
    each = replayer(plugins, workflows, namespace=namespace)
    async for history in histories:
        start = start_of(history)
        reason = await _reason(each, history)
        yield Replayed(history.workflow_id, start.workflow_type.name, start.original_execution_run_id, reason)


async def _reason(each: Replayer, history: WorkflowHistory) -> str | None:
    if not begun(history):
        return None
    result = await each.replay_workflow(history, raise_on_replay_failure=False)
    return None if result.replay_failure is None else reason_of(str(result.replay_failure))


def reason_of(failure: str) -> str:
    """Say what a replayer says, without the shapes of its insides."""
    inner = _FAILURE.search(failure)
    message, kind = inner.groups() if inner is not None else (failure, "")
    message = _CODE.sub("", message).replace('\\"', '"')
    if machine := _MACHINE.fullmatch(message):
        command, number, recorded = machine.groups()
        return f"event {number} is {recorded!r}, where this build wants something else: {command.lower()}"
    return f"{kind}: {message}" if kind else message
