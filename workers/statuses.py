"""A status that the server knows and its SDK does not: runs that were paused with Temporal's own tools."""

from __future__ import annotations

from temporalio.api.enums.v1 import WorkflowExecutionStatus as ServerStatus
from temporalio.client import WorkflowExecutionStatus


def know_paused_runs() -> None:
    """Have the SDK take paused runs for what they are, open: it could not list or describe any run beside them."""
    WorkflowExecutionStatus._missing_ = classmethod(_open)  # type: ignore[assignment,method-assign]


def _open(_: type[WorkflowExecutionStatus], value: object) -> WorkflowExecutionStatus | None:
    return WorkflowExecutionStatus.RUNNING if value == ServerStatus.WORKFLOW_EXECUTION_STATUS_PAUSED else None
