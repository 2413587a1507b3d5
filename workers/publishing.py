"""Documents that are published: their versions, and the one that new runs get."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    RPCError,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCStatusCode

from workflows.errors import ConfigurationError
from workflows.ids import PLATFORM_QUEUE
from workflows.plan import Plan
from workflows.publishing import (
    PREFIX,
    PUBLISH_UPDATE,
    PUBLISHED,
    ROLLBACK_UPDATE,
    VERSION_QUERY,
    VERSIONS_QUERY,
    PublishRequest,
    RollbackRequest,
    Shelf,
    Summary,
    Version,
)

_PATIENCE = timedelta(seconds=10)


class NotPublishedError(ConfigurationError):
    """There is no such published document, or no such version of it."""


class LibraryClosedError(ConfigurationError):
    """Nobody answers for published documents."""


async def publish(  # noqa: PLR0913 - what is published, all by keyword
    client: Client, plan: Plan, *, source: str, by: str, note: str = "", queue: str = PLATFORM_QUEUE
) -> int:
    """Publish a version of a document, and tell its number."""
    start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        PUBLISHED,
        Shelf(),
        id=PREFIX + plan.name,
        task_queue=queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=f"the versions of {plan.name}"[:200],
    )
    request = PublishRequest(plan=plan, source=source, by=by, note=note)
    try:
        number: int = await client.execute_update_with_start_workflow(
            PUBLISH_UPDATE, request, start_workflow_operation=start, result_type=int, rpc_timeout=_PATIENCE
        )
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise _closed() from error
    return number


async def roll_back(client: Client, name: str, *, to: int | None, by: str) -> int:
    """Give new runs an earlier version, and tell its number.

    Raises:
        NotPublishedError: there is none.
    """
    request = RollbackRequest(to=to, by=by)
    try:
        number: int = await _shelf(client, name).execute_update(
            ROLLBACK_UPDATE, request, result_type=int, rpc_timeout=_PATIENCE
        )
    except WorkflowUpdateFailedError as error:
        raise NotPublishedError(f"document {name!r} cannot be rolled back: {error.cause}") from error
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise _closed() from error
    except RPCError as error:
        raise _trouble(name, error) from error
    return number


async def versions(client: Client, name: str) -> tuple[Summary, ...]:
    """List the versions of a document, the latest first.

    Raises:
        NotPublishedError: there are none.
    """
    answer: list[Summary] = await _ask(client, name, VERSIONS_QUERY, None, list[Summary])
    return tuple(answer)


async def published(client: Client, name: str, number: int | None = None) -> Version:
    """Get a version of a document; the one that new runs get if no other is named.

    Raises:
        NotPublishedError: there is none.
    """
    version: Version | None = await _ask(client, name, VERSION_QUERY, number, Version)
    if version is None:
        wanted = f"version {number}" if number is not None else "version"
        raise NotPublishedError(f"document {name!r} has no {wanted}; see `aether versions {name}`")
    return version


async def _ask(client: Client, name: str, query: str, argument: int | None, result: Any) -> Any:  # noqa: ANN401
    arguments = [] if argument is None else [argument]
    try:
        return await _shelf(client, name).query(query, args=arguments, result_type=result, rpc_timeout=_PATIENCE)
    except WorkflowQueryFailedError as error:
        raise _closed() from error
    except RPCError as error:
        raise _trouble(name, error) from error


def _shelf(client: Client, name: str) -> WorkflowHandle[Any, Any]:
    return client.get_workflow_handle(PREFIX + name)


def _trouble(name: str, error: RPCError) -> Exception:
    match error.status:
        case RPCStatusCode.NOT_FOUND:
            return NotPublishedError(f"no document {name!r} is published; `aether publish FILE` does that")
        case RPCStatusCode.DEADLINE_EXCEEDED | RPCStatusCode.CANCELLED | RPCStatusCode.FAILED_PRECONDITION:
            return _closed()
        case _:
            return error


def _closed() -> LibraryClosedError:
    return LibraryClosedError("nobody answers for published documents; is an orchestrator at work? see `aether doctor`")
