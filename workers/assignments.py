"""Documents that are bound to robots without being edited: what their next runs are started with."""

from __future__ import annotations

from pydantic import Field
from temporalio.client import Client, RPCError, WorkflowExecution, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCStatusCode

from workflows.assignment import ASSIGNED, MEMO, PREFIX, Assignment
from workflows.call import Message
from workflows.ids import PLATFORM_QUEUE


class _Memo(Message):
    assignment: Assignment | None = Field(default=None, alias=MEMO)


async def assign(client: Client, assignment: Assignment) -> None:
    """Bind a document; what bound it before holds no more."""
    await client.start_workflow(
        ASSIGNED,
        assignment,
        id=PREFIX + assignment.document,
        task_queue=PLATFORM_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
        memo={MEMO: assignment},
        static_summary=f"the robots of {assignment.document}"[:200],
    )


async def release(client: Client, document: str, *, by: str) -> bool:
    """Bind a document no more; say whether it was bound."""
    try:
        await client.get_workflow_handle(PREFIX + document).terminate(reason=f"{by} has bound it no more")
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


async def assigned(client: Client, document: str) -> Assignment | None:
    """What a document is bound to at this moment."""
    try:
        found = await client.get_workflow_handle(PREFIX + document).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None
    return await _read(found) if found.status is WorkflowExecutionStatus.RUNNING else None


async def assignments(client: Client) -> list[Assignment]:
    """All that is bound, by the documents' names."""
    query = f"WorkflowType = '{ASSIGNED}' AND ExecutionStatus = 'Running'"
    found = [await _read(each) async for each in client.list_workflows(query)]
    return sorted((each for each in found if each), key=lambda each: each.document)


async def _read(execution: WorkflowExecution) -> Assignment | None:
    return _Memo.model_validate(await execution.memo()).assignment
