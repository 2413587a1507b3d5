"""What was tried in a run, attempt by attempt, read from its histories."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import ActivityTaskScheduledEventAttributes, HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.exceptions import ApplicationError

from workers.histories import chain
from workflows.call import ErrorValue, FileEntry, StepCall, StepOutcome


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a step that has ended."""

    step: str
    place: str
    """The step with the rounds it is in."""
    number: int
    """Counted from 1."""
    ended: datetime
    error: ErrorValue | None
    """Why it failed; None if it did not."""
    evidence: Mapping[str, FileEntry]


_TOLD = 2
"""What the activity of a step is told: its parameters, and its call."""


async def attempts_of(client: Client, run: str) -> tuple[Attempt, ...]:
    """Read all attempts of a run's steps, over all its continuations, in the order in which they ended."""
    return tuple([attempt for history in await chain(client, run) async for attempt in _attempts(client, history)])


async def _attempts(client: Client, history: WorkflowHistory) -> AsyncIterator[Attempt]:
    ordered: dict[int, ActivityTaskScheduledEventAttributes] = {}
    for event in history.events:
        match event.event_type:
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                ordered[event.event_id] = event.activity_task_scheduled_event_attributes
            case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                done = event.activity_task_completed_event_attributes
                call = await _call(client, ordered.pop(done.scheduled_event_id))
                if call is not None:
                    [outcome] = await client.data_converter.decode(done.result.payloads, [StepOutcome])
                    yield _attempt(call, event, None, outcome.evidence)
            case EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED:
                failed = event.activity_task_failed_event_attributes
                call = await _call(client, ordered.pop(failed.scheduled_event_id))
                if call is not None:
                    error = _told(await client.data_converter.decode_failure(failed.failure))
                    yield _attempt(call, event, error, error.evidence)


async def _call(client: Client, ordered: ActivityTaskScheduledEventAttributes) -> StepCall | None:
    """What a step's activity was told; None for other activities, which are told one thing."""
    if len(ordered.input.payloads) != _TOLD:
        return None
    _, call = await client.data_converter.decode(ordered.input.payloads, [dict[str, Any], StepCall])
    return cast("StepCall", call)


def _attempt(
    call: StepCall, event: HistoryEvent, error: ErrorValue | None, evidence: Mapping[str, FileEntry]
) -> Attempt:
    return Attempt(
        step=call.step,
        place=call.place,
        number=call.attempt,
        ended=event.event_time.ToDatetime(UTC),
        error=error,
        evidence=evidence,
    )


def _told(failure: BaseException) -> ErrorValue:
    match failure:
        case ApplicationError(details=(dict() as details, *_)):
            return ErrorValue.model_validate(details)
        case _:
            return ErrorValue(type=type(failure).__name__, kind="robot", message=str(failure), acted=None)
