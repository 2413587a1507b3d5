from __future__ import annotations

from activities.nodes.desktop.fill import fill
from activities.nodes.desktop.get_file import get_file
from activities.nodes.desktop.press import press
from activities.nodes.desktop.put_file import put_file
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of


async def test_what_a_program_has_saved_becomes_a_file_of_the_run(screen: Screen, steps: Steps) -> None:
    await screen.have("editor")
    text = {"app": "editor", "target": {"control_type": "Edit"}}
    await steps.do(fill, text | {"value": "written in the editor"})
    await steps.do(press, text | {"keys": "{Ctrl}s"})

    got = await steps.do(get_file, {"name": "journal.txt", "path": "out/journal.txt"})

    assert "out/journal.txt" == got["path"]
    assert got["size"] == len(await steps.content("out/journal.txt"))


async def test_a_file_that_no_program_has_saved_is_not_taken(steps: Steps) -> None:
    await steps.put("untouched.txt", b"as it was")
    await steps.do(put_file, {"path": "untouched.txt"})

    error = await failure_of(steps.do(get_file, {"name": "untouched.txt"}, timeout=1))

    assert ("NodeFailedError", "robot", False) == (error.type, error.kind, error.acted)
    assert "no program has saved 'untouched.txt' since it was lent" in error.message
