"""Workflows of the platform that began on an older build go on with this one."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.replay.record_platform import HISTORIES, STORIES
from workers.platform import WORKFLOWS
from workers.plugin import AetherPlugin


def test_every_story_has_its_history() -> None:
    assert set(STORIES) == {path.stem for path in HISTORIES.glob("*.json")}


@pytest.mark.parametrize("name", sorted(STORIES))
async def test_a_history_of_the_platform_still_replays(name: str, tmp_path: Path) -> None:
    text = (HISTORIES / f"{name}.json").read_text(encoding="utf-8")
    replayer = Replayer(workflows=WORKFLOWS, plugins=[AetherPlugin(payloads=tmp_path)], debug_mode=True)

    await replayer.replay_workflow(WorkflowHistory.from_json(name, text))
