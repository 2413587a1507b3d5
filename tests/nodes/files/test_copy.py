from __future__ import annotations

from activities.nodes.files.copy import copy
from tests.support.steps import Steps, failure_of


async def test_a_copy_has_the_content_and_the_original_stays(steps: Steps) -> None:
    await steps.put("a.txt", b"text")

    output = await steps.do(copy, {"path": "a.txt", "to": "b/c.txt"})

    assert {"path": "b/c.txt", "size": 4} == output
    assert ["a.txt", "b/c.txt"] == sorted(steps.files)
    assert steps.files["a.txt"] == steps.files["b/c.txt"]


async def test_no_content_is_touched(steps: Steps) -> None:
    await steps.put("a.txt", b"text")
    steps.store.path_of(steps.files["a.txt"].digest).unlink()

    output = await steps.do(copy, {"path": "a.txt", "to": "b.txt"})

    assert 4 == output["size"]


async def test_an_existing_file_is_replaced_only_when_told(steps: Steps) -> None:
    await steps.put("a.txt", b"new")
    await steps.put("b.txt", b"old")

    error = await failure_of(steps.do(copy, {"path": "a.txt", "to": "b.txt"}))
    await steps.do(copy, {"path": "a.txt", "to": "b.txt", "overwrite": True})

    assert "WorkspaceFileError" == error.type
    assert b"new" == await steps.content("b.txt")


async def test_a_missing_file_cannot_be_copied(steps: Steps) -> None:
    error = await failure_of(steps.do(copy, {"path": "a.txt", "to": "b.txt"}))

    assert "WorkspaceFileError" == error.type
