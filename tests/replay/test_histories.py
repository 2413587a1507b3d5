"""Runs that began on an older build go on with this one."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.replay.record import FEATURES, HISTORIES
from workers.plugin import AetherPlugin
from workflows.run import Run


def test_every_feature_has_its_history() -> None:
    assert set(FEATURES) == {path.stem for path in HISTORIES.glob("*.json")}


@pytest.mark.parametrize("name", sorted(FEATURES))
async def test_a_history_still_replays(name: str, tmp_path: Path) -> None:
    text = (HISTORIES / f"{name}.json").read_text(encoding="utf-8")
    # Without the watch on slow activations: here it would only tell how busy this machine is.
    replayer = Replayer(workflows=[Run], plugins=[AetherPlugin(payloads=tmp_path)], debug_mode=True)

    await replayer.replay_workflow(WorkflowHistory.from_json(name, text))
