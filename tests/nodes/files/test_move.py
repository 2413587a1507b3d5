from __future__ import annotations

from activities.nodes.files.move import move
from tests.support.steps import Steps, failure_of


async def test_a_moved_file_has_only_its_new_path(steps: Steps) -> None:
    await steps.put("a.txt", b"text")

    output = await steps.do(move, {"path": "a.txt", "to": "b/c.txt"})

    assert {"path": "b/c.txt", "size": 4} == output
    assert ["b/c.txt"] == list(steps.files)


async def test_a_file_moved_onto_itself_stays(steps: Steps) -> None:
    await steps.put("a.txt", b"text")

    await steps.do(move, {"path": "a.txt", "to": "./a.txt", "overwrite": True})

    assert b"text" == await steps.content("a.txt")


async def test_an_existing_file_is_replaced_only_when_told(steps: Steps) -> None:
    await steps.put("a.txt", b"new")
    await steps.put("b.txt", b"old")

    error = await failure_of(steps.do(move, {"path": "a.txt", "to": "b.txt"}))

    assert "set 'overwrite: true' to replace it" in error.message
    assert b"old" == await steps.content("b.txt")
