"""What a robot's steps remember of elements, from one run to the next."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import structlog
from pydantic import ValidationError

from activities.drivers.playwright.healing.journal import Journal
from activities.drivers.playwright.healing.recall import Habit, Recall
from activities.fingerprints import FingerprintStore
from workflows.call import FileEntry, Heal, StepCall

_MOST_SHOWN = 100

_log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Memory:
    """Gives each step what it knows of its elements, and keeps what it has learned."""

    def __init__(self, store: FingerprintStore, journal: Journal | None = None, *, alone: bool = True) -> None:
        self._store = store
        self._journal = journal
        self._alone = alone
        """Whether steps act by themselves on what is beyond doubt."""
        self._habits: set[Habit] = set()
        self._steps: dict[tuple[str, str, int], Recall] = {}
        self._shown: dict[tuple[str, str, int], Mapping[str, FileEntry]] = {}
        """Pictures of what steps that failed ask a person about, until they are fetched."""

    @asynccontextmanager
    async def recalling(self, call: StepCall) -> AsyncIterator[Recall]:
        """What a step knows, for as long as it lasts; what it learns is kept if it succeeds."""
        recall = self._steps[_one(call)] = Recall(self._store, call, self._habits, self._journal, alone=self._alone)
        try:
            yield recall
            await self._keep(recall)
        finally:
            del self._steps[_one(call)]
            self._shown[_one(call)] = recall.pictures
            while len(self._shown) > _MOST_SHOWN:
                del self._shown[next(iter(self._shown))]

    def healed(self, call: StepCall) -> Sequence[Heal]:
        """The elements that a step that is about to end found again."""
        recall = self._steps.get(_one(call))
        return recall.healed if recall is not None else ()

    def shown(self, call: StepCall) -> Mapping[str, FileEntry]:
        """The pictures of what a step that has ended asks a person about, once."""
        return self._shown.pop(_one(call), {})

    @staticmethod
    async def _keep(recall: Recall) -> None:
        """Keep what was learned; a step that is done does not fail because the disk is full."""
        try:
            await recall.keep()
        except (OSError, ValidationError) as error:
            _log.warning("fingerprint.not_kept", error=type(error).__name__)


def _one(call: StepCall) -> tuple[str, str, int]:
    return call.run, call.place, call.attempt
