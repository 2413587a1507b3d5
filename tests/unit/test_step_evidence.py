"""What shows how a step went never stands in the way of what became of it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.secrets import masked
from tests.support.bell import Bell, bell_node, failing, ring_once, steps_with
from tests.support.steps import failure_of
from workflows.call import FileEntry, StepCall
from workflows.errors import RobotError

PIECE = FileEntry(digest="sha256:" + "0" * 64, size=1)


@pytest.fixture
def bell() -> Bell:
    return Bell()


async def look_well(_call: StepCall) -> AsyncIterator[tuple[str, FileEntry]]:
    yield "screenshot", PIECE


async def look_forever(call: StepCall) -> AsyncIterator[tuple[str, FileEntry]]:
    async for found in look_well(call):
        yield found
    await asyncio.Event().wait()


async def look_badly(call: StepCall) -> AsyncIterator[tuple[str, FileEntry]]:
    async for found in look_well(call):
        yield found
    raise ZeroDivisionError


@pytest.mark.parametrize("look", [look_well, look_forever, look_badly])
async def test_an_error_brings_the_evidence_that_could_be_had_in_time(tmp_path: Path, bell: Bell, look: Any) -> None:
    steps = steps_with(bell, tmp_path, evidence=look, look=timedelta(milliseconds=50))

    error = await failure_of(steps.do(bell_node(failing(RobotError("stuck")))))

    assert ("stuck", {"screenshot": PIECE}) == (error.message, error.evidence)


@pytest.mark.parametrize(("level", "expected"), [("off", {}), ("failure", {}), ("all", {"screenshot": PIECE})], ids=str)
async def test_a_step_that_goes_well_brings_evidence_where_all_do(
    tmp_path: Path, bell: Bell, level: str, expected: dict[str, FileEntry]
) -> None:
    steps = steps_with(bell, tmp_path, evidence=look_well)

    outcome = await steps.outcome(bell_node(ring_once), {}, evidence=level)

    assert expected == outcome.evidence


async def test_evidence_is_not_looked_for_where_a_document_wants_none(tmp_path: Path, bell: Bell) -> None:
    steps = steps_with(bell, tmp_path, evidence=look_well)

    error = await failure_of(steps.do(bell_node(failing(RobotError("stuck"))), evidence="off"))

    assert {} == error.evidence


async def test_evidence_knows_the_secrets_also_of_a_step_that_failed_before_it_was_given_any(
    tmp_path: Path, bell: Bell
) -> None:
    told: list[str] = []

    async def look(_call: StepCall) -> AsyncIterator[tuple[str, FileEntry]]:
        told.append(masked("it is s3cret bim-bam"))
        yield "screenshot", PIECE

    steps = steps_with(bell, tmp_path, evidence=look)
    steps.environment.info = dataclasses.replace(steps.environment.info, attempt=2)

    error = await failure_of(steps.do(bell_node(ring_once), known=("tone",)))

    assert ("OutcomeUnknownError", ["it is ***"]) == (error.type, told)
