"""What a run knows is folded from its history, with no worker anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from tests.replay.features import FEATURES
from tests.replay.record import HISTORIES, files_of
from workers.folding import CannotFoldError, Folded, fold_histories
from workers.histories import read_history
from workers.plugin import AetherPlugin
from workflows.events import CancelRequested, NodeDone, Started

PLUGINS = [AetherPlugin(payloads=Path("nowhere"))]


async def folded(name: str, events: int | None = None) -> Folded:
    """A recorded run, as of one of its events."""
    history = read_history(HISTORIES / f"{name}.json")
    part = WorkflowHistory(history.workflow_id, history.events[:events])
    return await fold_histories([part], PLUGINS, namespace="default")


@pytest.mark.parametrize("name", sorted(FEATURES))
async def test_a_run_that_has_ended_is_known_to_its_end(name: str) -> None:
    run = await fold_histories([read_history(file) for file in files_of(name)], PLUGINS, namespace="default")

    assert FEATURES[name].ends == run.progress.status
    assert run.state.finished


async def test_a_run_is_known_as_of_each_of_its_events() -> None:
    parts = [await folded("steps", events) for events in (5, 7, 11, 13)]

    assert [
        ("running", "pending"),
        ("done", "running"),
        ("done", "running"),
        ("done", "done"),
    ] == [tuple(step.status for step in part.progress.steps) for part in parts]
    assert [1, 2, 2, 3] == [len(part.told) for part in parts]


async def test_what_the_world_told_a_run_is_known_with_its_time() -> None:
    run = await folded("steps")

    assert [Started, NodeDone, NodeDone] == [type(each.event) for each in run.told]
    assert sorted(each.at for each in run.told) == [each.at for each in run.told]
    assert {"a": {"n": 1}} == run.told[2].before.fibers[0].scope.names


async def test_the_end_of_a_history_is_not_taken_for_a_cancellation() -> None:
    run = await folded("wait", 9)

    assert "running" == run.progress.status
    assert not [each for each in run.told if isinstance(each.event, CancelRequested)]


async def test_a_run_nobody_has_taken_up_knows_nothing() -> None:
    with pytest.raises(CannotFoldError, match="has not begun"):
        await folded("steps", 1)


async def test_a_run_of_another_build_is_told_apart_from_no_run_at_all() -> None:
    text = (HISTORIES / "steps.json").read_text(encoding="utf-8").replace("test.write", "test.rewrite")
    history = WorkflowHistory.from_json("test/1", text)

    with pytest.raises(CannotFoldError, match="'test/1' was recorded by a build that works differently"):
        await fold_histories([history], PLUGINS, namespace="default")
