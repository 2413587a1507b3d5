from __future__ import annotations

from pathlib import Path

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
