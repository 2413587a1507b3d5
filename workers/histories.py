"""Histories of runs: read from Temporal or from files, and handed to a replayer of this build."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import cache
from pathlib import Path

from google.protobuf.json_format import ParseError
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import WorkflowExecutionStartedEventAttributes
from temporalio.client import Client, RPCError, WorkflowHistory
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.service import RPCStatusCode
from temporalio.worker import Plugin, Replayer

from workers.build import BUILD_ID
from workflows.errors import ConfigurationError
from workflows.ids import ORCHESTRATOR_QUEUE, PLATFORM_QUEUE


class InvalidHistoryError(ConfigurationError):
    """What was given is no history of a run."""


def replayer(client_plugins: Sequence[object], workflows: Sequence[type], *, namespace: str) -> Replayer:
    """Make a replayer that reads values and interprets runs as the workers of this build do.

    Without the watch on slow activations: it would only tell how busy this machine is.
    """
    plugins = [plugin for plugin in client_plugins if isinstance(plugin, Plugin)]
    return Replayer(
        workflows=workflows, plugins=plugins, namespace=namespace, build_id=BUILD_ID, runtime=_quiet(), debug_mode=True
    )


@cache
def _quiet() -> Runtime:
    """A runtime that does not write to standard output what its callers are told anyway."""
    return Runtime(telemetry=TelemetryConfig(logging=None))


def begun(history: WorkflowHistory) -> bool:
    """Whether anything has been asked of an orchestrator yet; before, there is nothing to replay."""
    return any(event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED for event in history.events)


def start_of(history: WorkflowHistory) -> WorkflowExecutionStartedEventAttributes:
    """What an execution was started with.

    Raises:
        InvalidHistoryError: its first event tells of no start.
    """
    if not history.events or not history.events[0].HasField("workflow_execution_started_event_attributes"):
        raise InvalidHistoryError(f"the history of {history.workflow_id!r} does not begin with the start of a run")
    return history.events[0].workflow_execution_started_event_attributes


def read_history(path: Path) -> WorkflowHistory:
    """Read a history as `aether history save` and Temporal's own tools write it.

    Raises:
        InvalidHistoryError: the file cannot be read, or holds something else.
    """
    try:
        history = WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidHistoryError(f"cannot read {str(path)!r}: {error.strerror or error}") from error
    except (ValueError, ParseError, KeyError, TypeError, AttributeError) as error:
        raise InvalidHistoryError(
            f"{str(path)!r} is no history of a run ({error}); `aether history save RUN --to FILE` writes one"
        ) from error
    return WorkflowHistory(start_of(history).workflow_id or path.stem, history.events)


async def open_histories(client: Client) -> AsyncIterator[WorkflowHistory]:
    """Fetch the history of every run that has not ended, and of what the platform does for all of them."""
    query = f"TaskQueue IN ('{ORCHESTRATOR_QUEUE}', '{PLATFORM_QUEUE}') AND ExecutionStatus = 'Running'"
    async for execution in client.list_workflows(query):
        try:
            yield await client.get_workflow_handle(execution.id, run_id=execution.run_id).fetch_history()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # it has been deleted meanwhile
                raise


async def chain(client: Client, run: str) -> tuple[WorkflowHistory, ...]:
    """Fetch the histories of all executions of a run, the first one first.

    A run that continued as new is a chain of executions; those whose retention has ended are missing at its beginning.
    """
    histories: list[WorkflowHistory] = []
    execution: str | None = None
    while execution != "":
        try:
            history = await client.get_workflow_handle(run, run_id=execution).fetch_history()
        except RPCError as error:
            if not histories or error.status is not RPCStatusCode.NOT_FOUND:
                raise
            break
        histories.append(history)
        execution = start_of(history).continued_execution_run_id
    return tuple(reversed(histories))
