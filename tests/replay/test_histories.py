"""Runs that began on an older build go on with this one."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.worker import Replayer

from tests.replay.features import FEATURES
from tests.replay.record import HISTORIES, files_of
from workers.histories import read_history
from workers.plugin import AetherPlugin
from workflows.run import Run


def test_every_feature_has_its_history() -> None:
    assert {file for name in FEATURES for file in files_of(name)} == set(HISTORIES.glob("*.json"))


@pytest.mark.parametrize("name", sorted(FEATURES))
async def test_a_history_still_replays(name: str, tmp_path: Path) -> None:
    # Without the watch on slow activations: here it would only tell how busy this machine is.
    replayer = Replayer(workflows=[Run], plugins=[AetherPlugin(payloads=tmp_path)], debug_mode=True)

    for file in files_of(name):
        await replayer.replay_workflow(read_history(file))
