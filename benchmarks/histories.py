"""What a run's history tells of how long things took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from workflows.ids import SESSION_ACTIVITY


def waits(events: Sequence[HistoryEvent]) -> dict[str, list[float]]:
    """How long steps and sessions of a run had to wait, as its history tells."""
    at = {event.event_id: time_of(event) for event in events}
    found: dict[str, list[float]] = defaultdict(list)
    kinds: dict[int, str] = {}
    for event in events:
        match event.event_type:
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                kinds[event.event_id] = event.activity_task_scheduled_event_attributes.activity_type.name
            case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
                scheduled = event.activity_task_started_event_attributes.scheduled_event_id
                kind = "a session's" if kinds[scheduled] == SESSION_ACTIVITY else "a step's"
                found[f"{kind} order to its start"].append(at[event.event_id] - at[scheduled])
    wished, opened = earliest(events, asks_pool), earliest(events, is_opened)
    if wished is not None and opened is not None:
        found["the wish for a session to having it"].append(opened - wished)
    found["a run's start to its first step"].append(begun(events, after=0) - time_of(events[0]))
    return found


def time_of(event: HistoryEvent) -> float:
    """When something happened, in seconds since 1970 UTC."""
    return event.event_time.ToNanoseconds() / 1e9


def earliest(events: Sequence[HistoryEvent], holds: Callable[[HistoryEvent], bool], after: float = 0) -> float | None:
    """When something happened first after a moment; None if it did not."""
    return next((time_of(event) for event in events if time_of(event) > after and holds(event)), None)


def asks_pool(event: HistoryEvent) -> bool:
    """Whether a run tells its pool something."""
    return event.event_type == EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED


def is_opened(event: HistoryEvent) -> bool:
    """Whether a run is told that it has a session."""
    return _signalled(event) == "session_opened"


def is_placed(event: HistoryEvent) -> bool:
    """Whether a run is told who will have its session."""
    return _signalled(event) == "placed"


def _signalled(event: HistoryEvent) -> str:
    return event.workflow_execution_signaled_event_attributes.signal_name


def begun(events: Sequence[HistoryEvent], *, after: float) -> float:
    """When the first step began that was ordered after a moment."""
    steps = {
        event.event_id
        for event in events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
        and event.activity_task_scheduled_event_attributes.activity_type.name.startswith(("page.", "browser."))
        and time_of(event) > after
    }
    return next(
        time_of(event) for event in events if event.activity_task_started_event_attributes.scheduled_event_id in steps
    )


def is_failed(event: HistoryEvent) -> bool:
    """Whether an activity has failed or was not heard of any more."""
    return event.event_type in {
        EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
    }
