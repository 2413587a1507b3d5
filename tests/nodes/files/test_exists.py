from __future__ import annotations

from activities.nodes.files.exists import exists
from tests.support.steps import Steps


async def test_a_file_that_is_there_has_a_size(steps: Steps) -> None:
    await steps.put("a.txt", b"text")

    assert {"exists": True, "size": 4} == await steps.do(exists, {"path": "a.txt"})


async def test_a_folder_is_no_file(steps: Steps) -> None:
    await steps.put("a/b.txt", b"text")

    assert {"exists": False, "size": None} == await steps.do(exists, {"path": "a"})
