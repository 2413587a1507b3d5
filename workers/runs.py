"""Starting runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Self
from uuid import uuid4

from pydantic import JsonValue
from temporalio.client import Client, RPCError, WorkflowHandle
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCStatusCode

from workflows.call import Files
from workflows.errors import ConfigurationError, InvalidInputError
from workflows.ids import DEFAULT_ENVIRONMENT, ORCHESTRATOR_QUEUE, RunId
from workflows.plan import Plan
from workflows.start import RunInput, RunResult

STATUS = SearchAttributeKey.for_keyword("AetherStatus")
STEP = SearchAttributeKey.for_keyword("AetherStep")
KEY = SearchAttributeKey.for_keyword("AetherKey")

_JOIN = WorkflowIDConflictPolicy.USE_EXISTING
_LONGEST_KEY = 200
_LONGEST_SUMMARY = 200
_LONGEST_VALUE = 200
_LONGEST_DETAILS = 10_000


@dataclass(frozen=True, slots=True)
class StartedRun:
    """A run that was started, or that an earlier start with the same key had started."""

    run: RunId
    handle: WorkflowHandle[Any, RunResult]
    attached: bool
    """Whether it was there before."""
    same: bool
    """Whether it was started with the same document and inputs."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose robots a run gets, and how soon."""

    environment: str = DEFAULT_ENVIRONMENT
    priority: int | None = None
    """From 0 to 20, which is most urgent; None for that of the document."""
    tenant: str = ""
    """On whose behalf it runs."""
    robot: str | None = None
    """The only robot that may hold its sessions."""

    @classmethod
    def of(cls, start: RunInput) -> Self:
        """What a run was started with."""
        return cls(start.environment, start.priority, start.tenant, start.robot)

    def fields(self) -> dict[str, Any]:
        """What differs from the usual, as fields of what a run is started with."""
        usual = Claim()
        return {name: value for name, value in asdict(self).items() if value != getattr(usual, name)}


async def start_run(  # noqa: PLR0913 - what a run is made of
    client: Client,
    plan: Plan,
    *,
    inputs: Mapping[str, JsonValue],
    files: Files,
    source: str,
    version: int | None = None,
    key: str | None = None,
    by: str = "",
    breaks: Sequence[str] = (),
    slow: float = 0.0,
    claim: Claim = Claim(),
    tags: Sequence[str] = (),
    queue: str = ORCHESTRATOR_QUEUE,
) -> StartedRun:
    """Start a run; with a key, only if no run of the document has that key yet.

    Its robots must have these tags besides those that the document needs.

    Raises:
        InvalidInputError: the key cannot be used.
        ConfigurationError: the server lacks Aether's search attributes.
    """
    run = new_run_id(plan.name, key)
    start = uuid4().hex
    memo = {"start": start, "request": _digest(plan, inputs, files)}
    message = RunInput(
        plan=plan.model_copy(update={"needs": tuple(dict.fromkeys((*plan.needs, *tags)))}),
        inputs=dict(inputs),
        files=files,
        source=source,
        version=version,
        by=by,
        breaks=tuple(breaks),
        slow=slow,
        **claim.fields(),
    )
    handle = await launch(client, message, run=run, key=key, memo=memo, queue=queue)
    if key is None:
        return StartedRun(run, handle, attached=False, same=True)
    found = await (await handle.describe()).memo()
    return StartedRun(run, handle, attached=found.get("start") != start, same=found.get("request") == memo["request"])


async def launch(  # noqa: PLR0913 - what a run is made of
    client: Client,
    message: RunInput,
    *,
    run: RunId,
    key: str | None = None,
    memo: Mapping[str, JsonValue],
    queue: str = ORCHESTRATOR_QUEUE,
) -> WorkflowHandle[Any, RunResult]:
    """Start the Temporal workflow of a run, or join the one that has its key.

    Raises:
        ConfigurationError: the server lacks Aether's search attributes.
    """
    plan = message.plan
    try:
        return await client.start_workflow(
            plan.name,
            message,
            id=run,
            task_queue=queue,
            result_type=RunResult,
            id_conflict_policy=_JOIN if key is not None else WorkflowIDConflictPolicy.FAIL,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            memo=memo,
            search_attributes=_attributes(key),
            static_summary=_first_line(plan)[:_LONGEST_SUMMARY],
            static_details=_details(plan, message.inputs),
        )
    except WorkflowAlreadyStartedError:
        return client.get_workflow_handle(run, result_type=RunResult)
    except RPCError as error:
        if error.status is RPCStatusCode.INVALID_ARGUMENT and "search attribute" in error.message.lower():
            raise ConfigurationError(
                f"the Temporal namespace {client.namespace!r} lacks Aether's search attributes ({error.message}); "
                "`aether doctor` says how to add them"
            ) from error
        raise


def new_run_id(document: str, key: str | None) -> RunId:
    """Name a run: by its key, else by the time of its start.

    Raises:
        InvalidInputError: the key cannot be part of a name.
    """
    if key is None:
        return RunId(f"{document}/{datetime.now(UTC):%y%m%d-%H%M%S}-{uuid4().hex[:6]}")
    if not key.strip() or not key.isprintable() or len(key) > _LONGEST_KEY:
        raise InvalidInputError(f"expected a key of 1 to {_LONGEST_KEY} printable characters, found {key!r}")
    return RunId(f"{document}/{key}")


def _attributes(key: str | None) -> TypedSearchAttributes:
    attributes: list[SearchAttributePair[Any]] = [SearchAttributePair(STATUS, "Running")]
    if key is not None:
        attributes.append(SearchAttributePair(KEY, key))
    return TypedSearchAttributes(attributes)


def _digest(plan: Plan, inputs: Mapping[str, JsonValue], files: Files) -> str:
    parts = [
        plan.model_dump(mode="json"),
        dict(inputs),
        {path: entry.digest for path, entry in files.items()},
    ]
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _first_line(plan: Plan) -> str:
    return plan.description.strip().partition("\n")[0] or plan.name


def _details(plan: Plan, inputs: Mapping[str, JsonValue]) -> str:
    lines = [plan.description.strip(), ""] if plan.description.strip() else []
    if inputs:
        lines += ["| input | value |", "|---|---|"]
        lines += [f"| {name} | `{_cell(value)}` |" for name, value in inputs.items()]
    return "\n".join(lines)[:_LONGEST_DETAILS]


def _cell(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False).replace("|", "\\|").replace("`", "'")
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
