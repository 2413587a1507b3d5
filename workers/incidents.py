"""Incidents as Temporal's lists know them: parked runs by document, step and cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from hashlib import sha256

from pydantic import Field, ValidationError
from temporalio.client import Client, RPCError, WorkflowExecution, WorkflowHandle, WorkflowQueryFailedError
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import WorkflowAlreadyStartedError

from workers.filters import quoted
from workers.runs import STEP
from workflows.call import Message
from workflows.errors import ConfigurationError
from workflows.fixing import FixIncident
from workflows.ids import ORCHESTRATOR_QUEUE, PLATFORM_QUEUE, RunId
from workflows.incidents import MOST_RUNS, Cause, FixOrder, FixProgress, FixState, fix_id
from workflows.notice import IncidentId
from workflows.signs import PARKED_MEMO

ERROR = SearchAttributeKey.for_keyword("AetherError")


_ORDER = "order"
_PATIENCE = timedelta(seconds=5)


class NoSuchIncidentError(ConfigurationError):
    """No runs are parked for an incident of this name."""


class FixUnderWayError(ConfigurationError):
    """Somebody is fixing the incident in another way."""


class _Memo(Message):
    """What a parked run notes about itself."""

    at: float = 0.0
    place: str = ""
    message: str = ""


class _Memos(Message):
    parked: _Memo = Field(default=_Memo(), alias=PARKED_MEMO)


@dataclass(frozen=True, slots=True)
class ParkedRun:
    """A run that waits for a person."""

    run: RunId
    cause: Cause
    since: datetime
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Incident:
    """Runs that wait at the same step for the same reason."""

    cause: Cause
    runs: tuple[ParkedRun, ...]
    """The one that has waited longest comes first; there is at least one."""

    @property
    def id(self) -> IncidentId:
        """Its name, the same wherever it is computed."""
        return self.cause.incident

    @property
    def first(self) -> datetime:
        """Since when it is there."""
        return self.runs[0].since

    @property
    def last(self) -> datetime:
        """When a run parked last."""
        return self.runs[-1].since

    @property
    def sample(self) -> ParkedRun:
        """What shows best what is wrong: the last one."""
        return self.runs[-1]


async def find_incidents(client: Client, *, queue: str = ORCHESTRATOR_QUEUE) -> list[Incident]:
    """Find all incidents, those of the most runs first."""
    return grouped([_parked(each, await each.memo()) async for each in _executions(client, queue)])


async def parked_runs(client: Client, cause: Cause, *, queue: str = ORCHESTRATOR_QUEUE) -> list[str]:
    """Find the runs of an incident, those that were started first in front."""
    step = f"AetherStep = {quoted(cause.step)}" if cause.step else "AetherStep IS NULL"
    condition = f"WorkflowType = {quoted(cause.document)} AND {step} AND AetherError = {quoted(cause.error)}"
    return [each.id async for each in _executions(client, queue, condition)][::-1]


async def start_fix(client: Client, order: FixOrder) -> tuple[WorkflowHandle[FixIncident, FixProgress], bool]:
    """Begin to fix an incident; tell whether the same was under way already.

    Raises:
        FixUnderWayError: another fix of it is.
    """
    incident, wanted = order.cause.incident, _digest(order)
    try:
        handle = await client.start_workflow(
            FixIncident.run,
            FixState(order=order),
            id=fix_id(incident),
            task_queue=PLATFORM_QUEUE,
            memo={_ORDER: wanted},
            static_summary=f"fixes incident {incident}",
        )
    except WorkflowAlreadyStartedError:
        handle = _fix_handle(client, incident)
        memo = await (await handle.describe()).memo()
        if memo.get(_ORDER) != wanted:
            raise FixUnderWayError(
                f"another fix of incident {incident} is under way; `aether incidents show {incident}` shows how far it "
                f"is, and `temporal workflow cancel -w {fix_id(incident)}` stops it"
            ) from None
        return handle, True
    return handle, False


async def fix_of(client: Client, incident: IncidentId) -> FixProgress | None:
    """How far the last fix of an incident is or was; None where there was none, or nobody answers."""
    handle = _fix_handle(client, incident)
    try:
        return await handle.query(FixIncident.progress, rpc_timeout=_PATIENCE)
    except (RPCError, WorkflowQueryFailedError):
        return None


def grouped(runs: Iterable[ParkedRun]) -> list[Incident]:
    """Put runs with one cause together."""
    by_cause: defaultdict[Cause, list[ParkedRun]] = defaultdict(list)
    for run in runs:
        by_cause[run.cause].append(run)
    incidents = (
        Incident(cause, tuple(sorted(its, key=lambda run: (run.since, run.run)))) for cause, its in by_cause.items()
    )
    return sorted(incidents, key=lambda incident: (-len(incident.runs), incident.first))


def pick(incidents: Iterable[Incident], name: str) -> Incident:
    """Pick an incident by its id, or by its beginning where that is clear.

    Raises:
        NoSuchIncidentError: there is none, or there are several.
    """
    known = {str(incident.id): incident for incident in incidents}
    found = [incident for identity, incident in known.items() if name and identity.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise NoSuchIncidentError(f"several incidents begin with {name!r}; write more of the one you mean")
    near = get_close_matches(name[:100], known, n=1)
    remedy = f"did you mean {near[0]!r}?" if near else "`aether incidents` shows those there are"
    raise NoSuchIncidentError(f"no runs are parked for an incident {name!r}; {remedy}")


def _fix_handle(client: Client, incident: IncidentId) -> WorkflowHandle[FixIncident, FixProgress]:
    return client.get_workflow_handle(fix_id(incident), result_type=FixProgress)


def _digest(order: FixOrder) -> str:
    return sha256(order.model_dump_json().encode()).hexdigest()


def _executions(client: Client, queue: str, condition: str | None = None) -> AsyncIterator[WorkflowExecution]:
    query = f"TaskQueue = {quoted(queue)} AND ExecutionStatus = 'Running' AND AetherStatus = 'Parked'"
    return client.list_workflows(f"{query} AND {condition}" if condition else query, limit=MOST_RUNS)


def _parked(execution: WorkflowExecution, memos: object) -> ParkedRun:
    attributes = execution.typed_search_attributes
    cause = Cause(document=execution.workflow_type, step=attributes.get(STEP) or "", error=attributes.get(ERROR) or "")
    try:
        memo = _Memos.model_validate(memos).parked
    except ValidationError:
        memo = _Memo()
    since = datetime.fromtimestamp(memo.at, UTC) if memo.at else execution.start_time
    return ParkedRun(RunId(execution.id), cause, since, memo.place, memo.message)
