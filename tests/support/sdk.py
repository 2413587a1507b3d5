"""Temporal's SDK as a worker has it, without a worker: what travels, and instances of workflows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.failure.v1 import Failure
from temporalio.common import Priority, TypedSearchAttributes
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails
from temporalio.workflow import Info, _Definition

from tests.support.pools import NOON
from workers.failures import ReadableFailureConverter
from workflows.errors import AetherError
from workflows.ids import ORCHESTRATOR_QUEUE

CONVERTER = pydantic_data_converter.payload_converter
FAILURES = ReadableFailureConverter()
RUN_ID = "first"


def payload(value: Any) -> Payload:
    """A value as it travels."""
    return CONVERTER.to_payloads([value])[0]


def plain(payloads: Any) -> list[Any]:
    """What travels, as JSON."""
    return [CONVERTER.from_payload(each) for each in payloads]


def failure(error: BaseException) -> Failure:
    """An error as it travels."""
    travelling = Failure()
    FAILURES.to_failure(error, CONVERTER, travelling)
    return travelling


def instance_of(kind: type, name: str) -> WorkflowInstance:
    """A workflow that is to be told that it has been started."""
    start = datetime.fromtimestamp(NOON, UTC)
    info = Info(
        attempt=1, continued_run_id=None, cron_schedule=None, execution_timeout=None, first_execution_run_id=RUN_ID,
        headers={}, namespace="default", original_execution_run_id=RUN_ID, parent=None, root=None, priority=Priority(),
        raw_memo={}, retry_policy=None, run_id=RUN_ID, run_timeout=None, search_attributes={}, start_time=start,
        task_queue=ORCHESTRATOR_QUEUE, task_timeout=timedelta(seconds=10),
        typed_search_attributes=TypedSearchAttributes([]), workflow_id=name, workflow_start_time=start,
        workflow_type="test",
    )  # fmt: skip
    details = WorkflowInstanceDetails(
        payload_converter_factory=lambda: CONVERTER, failure_converter_class=ReadableFailureConverter,
        interceptor_classes=[], defn=_Definition.must_from_class(kind), info=info, randomness_seed=1,
        extern_functions={}, disable_eager_activity_execution=True,
        worker_level_failure_exception_types=[AetherError], patch_activation_callback=None,
        last_completion_result=Payloads(), last_failure=None,
    )  # fmt: skip
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(_made(details))
    finally:
        loop.close()


async def _made(details: WorkflowInstanceDetails) -> WorkflowInstance:
    """Made where a loop runs, as the SDK wants it."""
    return UnsandboxedWorkflowRunner().create_instance(details)
