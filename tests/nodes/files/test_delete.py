from __future__ import annotations

from activities.nodes.files.delete import delete
from tests.support.steps import Steps


async def test_a_deleted_file_is_gone(steps: Steps) -> None:
    await steps.put("a.txt", b"text")

    output = await steps.do(delete, {"path": "a.txt"})

    assert {"deleted": True} == output
    assert {} == steps.files


async def test_deleting_what_is_not_there_is_fine(steps: Steps) -> None:
    assert {"deleted": False} == await steps.do(delete, {"path": "a.txt"})
