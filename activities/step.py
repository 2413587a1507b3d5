"""One node as one Temporal activity: everything that goes with a step and is not the node's own business."""

from __future__ import annotations

import asyncio
import dataclasses
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Generic, TypeAlias

import structlog
from pydantic import JsonValue, TypeAdapter
from temporalio import activity
from temporalio.common import RawValue

from activities.artifacts import ArtifactStore
from activities.failure import application_error, error_value, explain
from activities.heartbeat import LimitReachedError, StoodStillError, supervise
from activities.node import Node, P, R, S
from activities.order import ordered_again
from activities.provider import Evidence, Provider
from activities.secrets import Mask, Secrets, fill, learn
from activities.workspace import LocalWorkspace
from workflows.call import ErrorValue, FileEntry, Heal, PageMark, StepCall, StepOutcome
from workflows.duration import format_duration
from workflows.errors import (
    AetherError,
    MachineError,
    NodeNotInstalledError,
    OutcomeUnknownError,
    ResultTooLargeError,
    StepTimeoutError,
)
from workflows.spec import Effect

StepActivity: TypeAlias = Callable[[dict[str, JsonValue], StepCall], Awaitable[StepOutcome]]

_log: structlog.stdlib.BoundLogger = structlog.get_logger()
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


@dataclass(frozen=True, slots=True)
class Workbench:
    """What every step on a robot uses."""

    secrets: Secrets
    artifacts: ArtifactStore
    mask: Mask = field(default_factory=Mask)
    """Knows every secret this process has resolved."""
    heartbeat: timedelta = timedelta(seconds=1)
    """How often the server hears of a step: before it misses one, the step's session must have ended."""
    grace: timedelta = timedelta(seconds=1.5)
    """How long a stopped node may tidy up."""
    look: timedelta = timedelta(seconds=4.5)
    """How long it may take to collect what shows how a step went."""
    result_limit: int = 4 * 1024 * 1024
    """The longest output a run can carry along, in bytes of JSON."""
    scratch: Path | None = None
    """Where steps have their temporary files; the system's place for those by default."""


def step_activity(node: Node[S, P, R], provider: Provider[S], workbench: Workbench) -> StepActivity:
    """Make the Temporal activity, named after the node, that does one attempt of a step."""

    @activity.defn(name=node.name)
    async def step(params: dict[str, JsonValue], call: StepCall) -> StepOutcome:
        return await _Attempt(node, provider, workbench, call).make(params)

    return step


@activity.defn(dynamic=True)
async def not_installed(arguments: Sequence[RawValue]) -> None:
    """Answer steps whose node type this robot does not have."""
    node = activity.info().activity_type
    error = NodeNotInstalledError(
        f"this robot has no node {node!r}; install the package that brings it, or a newer version, on every robot "
        f"that takes work from {activity.info().task_queue!r}"
    )
    raise application_error(error_value(error, _step_of(arguments), Mask()))


def _step_of(arguments: Sequence[RawValue]) -> str | None:
    match arguments:
        case [_, call]:
            return activity.payload_converter().from_payload(call.payload, StepCall).step
        case _:
            return None


class _Attempt(Generic[S, P, R]):
    """One attempt of one step."""

    def __init__(self, node: Node[S, P, R], provider: Provider[S], workbench: Workbench, call: StepCall) -> None:
        self._node = node
        self._provider = provider
        self._workbench = workbench
        self._call = call
        self._acting = False
        """Whether the node itself has been called."""

    async def make(self, params: dict[str, JsonValue]) -> StepOutcome:
        """Do the step, tell the log how it went, and give the run what it can use."""
        started = time.monotonic()
        try:
            outcome = await self._limited(params)
        except asyncio.CancelledError:
            self._tell(started, "cancelled", reason=_reason())
            raise
        except Exception as error:  # noqa: BLE001 - the edge of a process: whatever a node raises
            value = self._value_of(error)
            self._tell(started, "failed", error=value.type, kind=value.kind, acted=value.acted, message=value.message)
            shown = value.model_copy(update={"evidence": await self._evidence()})
            raise application_error(shown) from None  # a cause would carry what the mask took out
        self._tell(started, "done")
        if self._call.evidence == "all":
            return outcome.model_copy(update={"evidence": await self._evidence()})
        return outcome

    async def _evidence(self) -> dict[str, FileEntry]:
        """Collect what shows how the attempt went, as far as it can be had soon: nothing depends on it."""
        if self._provider.evidence is None or self._call.evidence == "off":
            return {}
        found: dict[str, FileEntry] = {}
        with self._workbench.mask.worn():
            looking = asyncio.create_task(self._look(self._provider.evidence, found))
        try:
            await asyncio.wait({looking}, timeout=self._workbench.look.total_seconds())
        finally:
            looking.cancel()
        if looking.done() and (error := looking.exception()) is not None:
            _log.warning("evidence.failed", error=type(error).__name__, found=list(found))
        return dict(found)

    async def _look(self, evidence: Evidence, found: dict[str, FileEntry]) -> None:
        bench = self._workbench
        await learn(self._call.known, secrets=bench.secrets, mask=bench.mask)  # the attempt may have failed before
        async for kind, entry in evidence(self._call):
            found[kind] = entry  # noqa: PERF403 - what was found in time counts

    async def _limited(self, params: dict[str, JsonValue]) -> StepOutcome:
        limit = self._call.timeout
        bench = self._workbench
        try:
            return await supervise(self._work(params), limit=limit, interval=bench.heartbeat, grace=bench.grace)
        except LimitReachedError:
            raise StepTimeoutError(
                f"step {self._call.step!r} ({self._node.name}) took longer than its timeout of "
                f"{format_duration(timedelta(seconds=limit))}",
                acted=self._acted,
            ) from None
        except StoodStillError:
            raise MachineError(
                f"the robot's machine was frozen in the middle of step {self._call.step!r} ({self._node.name}), for so "
                "long that its run may go on elsewhere",
                acted=self._acted,
            ) from None

    async def _work(self, params: dict[str, JsonValue]) -> StepOutcome:
        bench, call = self._workbench, self._call
        self._refuse_repetition()
        await learn(call.known, secrets=bench.secrets, mask=bench.mask)
        filled = await fill(params, call.secrets, secrets=bench.secrets, mask=bench.mask)
        checked = self._node.read_params(filled)
        async with AsyncExitStack() as stack:
            stack.enter_context(bench.mask.worn())
            workspace = await self._workspace(stack)
            session = await stack.enter_async_context(self._provider.open(call, workspace))
            self._acting = True
            result = await self._node(session, checked)
            output = self._output(result)
            changes = workspace.changes if workspace else {}
            files = {bench.mask.scrub(path): entry for path, entry in changes.items()}
            return StepOutcome(output=output, files=files, page=await self._page(), healed=self._healed())

    async def _page(self) -> PageMark | None:
        """Tell where the page was left; a page whose address holds a secret cannot be had again by it."""
        mark = await self._provider.left(self._call) if self._provider.left is not None else None
        address = self._workbench.mask.scrub(mark.url) if mark else None
        if mark is None or address == mark.url:
            return mark
        document = "beyond" if mark.document == "fresh" else mark.document
        return mark.model_copy(update={"url": address, "document": document})

    def _healed(self) -> tuple[Heal, ...]:
        return tuple(self._provider.healed(self._call)) if self._provider.healed is not None else ()

    def _refuse_repetition(self) -> None:
        """Refuse what the server may order in spite of one attempt."""
        if self._call.effect is Effect.ONCE and ordered_again():
            raise OutcomeUnknownError(
                f"step {self._call.step!r} ({self._node.name}) was ordered a second time, but what it does must happen "
                "once; look whether the first attempt took effect",
                acted=None,
            )

    async def _workspace(self, stack: AsyncExitStack) -> LocalWorkspace | None:
        if not self._node.workspace:
            return None
        files = LocalWorkspace(self._call.files or {}, self._workbench.artifacts, scratch=self._workbench.scratch)
        return await stack.enter_async_context(files)

    def _output(self, result: R) -> JsonValue:
        content = result.model_dump_json().encode()
        limit = self._workbench.result_limit
        if len(content) > limit:
            raise ResultTooLargeError(
                f"the output of step {self._call.step!r} ({self._node.name}) has {len(content) // 1024} KiB as JSON "
                f"and a run can carry {limit // 1024} KiB; ask for less, or have the step write a file",
                acted=self._call.effect is Effect.ONCE,
            )
        return self._workbench.mask.scrub(_JSON.validate_json(content))

    def _value_of(self, error: Exception) -> ErrorValue:
        mask = self._workbench.mask
        value = error_value(explain(error, self._node.name, acted=self._acted), self._call.step, mask)
        if not isinstance(error, AetherError):
            _log.error(
                "step.broken", error=value.type, traceback=mask.scrub("".join(traceback.format_exception(error)))
            )
        return value

    @property
    def _acted(self) -> bool | None:
        """What is known when the node does not tell."""
        return None if self._acting and self._call.effect is not Effect.READ else False

    def _tell(self, started: float, outcome: str, **facts: object) -> None:
        _log.info("step.finished", outcome=outcome, seconds=round(time.monotonic() - started, 3), **facts)


def _reason() -> str:
    """Say who cancelled."""
    details = activity.cancellation_details()
    if details is None:
        return "unknown"
    return next((name for name, true in dataclasses.asdict(details).items() if true), "unknown")
