"""Runs folded from their histories: what a run knows, without an orchestrator that answers for it.

The interpreter is pure, and everything the world ever told a run is in its history. So replaying the history
in this very process gives the run's state, at its end and at every moment before.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field

from temporalio import workflow
from temporalio.client import Client, WorkflowHistory
from temporalio.common import RawValue
from typing_extensions import override

from workers.histories import begun, chain, replayer, start_of
from workers.replaying import reason_of
from workflows.errors import ConfigurationError
from workflows.events import Event
from workflows.moments import Told
from workflows.plan import Plan
from workflows.progress import RunProgress
from workflows.run import Run
from workflows.start import RunInput, RunResult
from workflows.state import State


class CannotFoldError(ConfigurationError):
    """A history that this build cannot replay."""


@dataclass(slots=True)
class Tape:
    """What one execution leaves behind as it is replayed."""

    told: list[Told] = field(default_factory=list)
    start: RunInput | None = None
    run: Watched | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """What a run knows."""

    start: RunInput
    """What its first execution was started with, of those that Temporal still has."""
    whole: bool
    """Whether that is the run's beginning."""
    source: str
    """The document by which it goes on, as its author wrote it."""
    plan: Plan
    """The same, compiled."""
    progress: RunProgress
    state: State
    told: tuple[Told, ...]
    """All that happened to it, the first first."""


_TAPE: ContextVar[Tape] = ContextVar("tape")


@workflow.defn(dynamic=True)
class Watched(Run):
    """A run that is looked at while it is replayed."""

    @workflow.init
    def __init__(self, args: Sequence[RawValue]) -> None:
        super().__init__(args)
        self._tape = _TAPE.get()
        self._tape.run = self

    @workflow.run
    @override
    async def run(self, args: Sequence[RawValue]) -> RunResult:
        """Do the document's steps over again."""
        self._tape.start = workflow.payload_converter().from_payload(args[0].payload, RunInput)
        return await super().run(args)

    @override
    def _advance(self, event: Event) -> None:
        at = workflow.now().timestamp()
        if at <= 0:
            return  # the history is at its end: the SDK clears the run away by cancelling it, at no time at all
        self._tape.told.append(Told(event, at, self._plan, self._state))
        super()._advance(event)

    def folded(self, start: RunInput | None, told: Sequence[Told], *, whole: bool) -> Folded | None:
        """What it has come to know; None before its first moment."""
        progress = self.progress()
        if progress is None or start is None or not told:
            return None
        return Folded(
            start=start,
            whole=whole,
            source=self._given.source,
            plan=self._plan,
            progress=progress,
            state=self._state,
            told=tuple(told),
        )


async def fold(client: Client, run: str) -> Folded:
    """Fold a run, over all its continuations that Temporal still has.

    Raises:
        CannotFoldError: it was recorded by a build that works differently, or is no run of a document.
    """
    return await fold_histories(
        await chain(client, run), client.config(active_config=True)["plugins"], namespace=client.namespace
    )


async def fold_histories(histories: Sequence[WorkflowHistory], plugins: Sequence[object], *, namespace: str) -> Folded:
    """Fold the histories of all executions of one run, the first one first.

    Raises:
        CannotFoldError: they were recorded by a build that works differently, or of something else.
    """
    tapes = [await _replay(history, plugins, namespace) for history in histories]
    last = tapes[-1].run
    told = [each for tape in tapes for each in tape.told]
    whole = not start_of(histories[0]).continued_execution_run_id
    folded = last.folded(tapes[0].start, told, whole=whole) if last is not None else None
    if folded is None:
        raise CannotFoldError(f"run {histories[-1].workflow_id!r} has not begun")
    return folded


async def _replay(history: WorkflowHistory, plugins: Sequence[object], namespace: str) -> Tape:
    tape = Tape()
    if not begun(history):
        return tape
    token = _TAPE.set(tape)
    try:
        result = await replayer(plugins, [Watched], namespace=namespace).replay_workflow(
            history, raise_on_replay_failure=False
        )
    finally:
        _TAPE.reset(token)
    if result.replay_failure is not None:
        raise CannotFoldError(
            f"the history of run {history.workflow_id!r} was recorded by a build that works differently, or is no "
            f"run of a document ({reason_of(str(result.replay_failure))})"
        )
    return tape
