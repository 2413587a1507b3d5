"""How long evidence is kept, with runs on a real server that refer to it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from activities.evidence import evidence_directory, local_evidence
from activities.sealing import Seal
from tests.support.machine import plan_of
from tests.support.runs import runs
from workers.attempts import attempts_of
from workers.retention import tidy
from workers.settings import Settings
from workflows.call import ErrorValue, FileEntry, StepCall

LATER = datetime.now(UTC) + timedelta(days=31)


async def test_old_evidence_goes_away_unless_an_open_run_refers_to_it(client: Client, tmp_path: Path) -> None:
    settings = Settings.located(tmp_path)
    store = local_evidence(settings.artifacts, Seal(bytes(32)))
    used, unused = await store.keep("source", b"used"), await store.keep("source", b"unused")
    assert used is not None
    assert unused is not None

    async def fail(_params: dict[str, Any], _call: StepCall) -> Any:
        error = ErrorValue(type="PageError", kind="robot", message="it broke", evidence={"source": used})
        raise ApplicationError(error.message, error.model_dump(mode="json"), type=error.type, non_retryable=True)

    async with runs(client, {"test.read": fail}) as started:
        run = await started.start(plan_of([{"do": "test.read", "retry": {"delays": ["1h"]}}]))
        await listed(client, f"WorkflowId = '{run.id}' AND ExecutionStatus = 'Running'")
        await attempted(client, run.id)

        assert 0 == await tidy(settings, client)
        assert 1 == await tidy(settings, client, now=LATER)
        assert b"used" == await store.read(used)
        assert not _path(settings, unused).exists()

        await run.cancel()
        with pytest.raises(WorkflowFailureError):
            await run.result()
        await listed(client, f"WorkflowId = '{run.id}' AND ExecutionStatus = 'Canceled'")
        assert 1 == await tidy(settings, client, now=LATER)
        assert not _path(settings, used).exists()


def _path(settings: Settings, entry: FileEntry) -> Path:
    digest = entry.digest.removeprefix("sha256:")
    return evidence_directory(settings.artifacts) / digest[:2] / digest[2:]


async def listed(client: Client, query: str) -> None:
    """Wait until Temporal's lists know of something: they are a little late."""
    async with asyncio.timeout(90):
        while not (await client.count_workflows(query)).count:  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0.02)


async def attempted(client: Client, run: str) -> None:
    """Wait until the first attempt of a step has ended."""
    async with asyncio.timeout(90):
        while not await attempts_of(client, run):  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0.02)
