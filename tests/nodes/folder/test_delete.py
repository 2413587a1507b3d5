from __future__ import annotations

from pathlib import Path

import pytest

from activities.nodes.folder.delete import delete
from tests.support.steps import Steps, failure_of


async def test_a_file_is_deleted_and_one_that_is_gone_is_fine(steps: Steps, share: Path) -> None:
    (share / "a").write_bytes(b"1")

    outputs = [await steps.do(delete, {"folder": "inbox", "path": "a"}) for _ in range(2)]

    assert [{"deleted": True}, {"deleted": False}] == outputs
    assert not (share / "a").exists()


async def test_nothing_is_deleted_where_steps_may_only_read(steps: Steps, share: Path) -> None:
    kept = share.with_name("archive") / "a"
    kept.write_bytes(b"1")

    await failure_of(steps.do(delete, {"folder": "archive", "path": "a"}))

    assert kept.exists()


async def test_a_folder_is_no_file_to_delete(steps: Steps, share: Path) -> None:
    (share / "done").mkdir()

    error = await failure_of(steps.do(delete, {"folder": "inbox", "path": "done"}))

    assert ("business", False, "expected a file, found a folder: 'done'") == (error.kind, error.acted, error.message)


@pytest.mark.usefixtures("gone")
async def test_a_file_of_a_share_that_is_gone_does_not_pass_for_deleted(steps: Steps) -> None:
    error = await failure_of(steps.do(delete, {"folder": "inbox", "path": "a.pdf"}))

    assert ("MachineError", False) == (error.type, error.acted)
