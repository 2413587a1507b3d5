from __future__ import annotations

import asyncio
from pathlib import Path

from activities.nodes.desktop.put_file import put_file
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of


async def test_a_copy_of_a_file_is_put_where_programs_find_it(screen: Screen, steps: Steps) -> None:
    await steps.put("in/invoice.txt", b"4711")

    put = await steps.do(put_file, {"path": "in/invoice.txt"})
    renamed = await steps.do(put_file, {"path": "in/invoice.txt", "name": "copy.txt"})

    assert str(screen.station.folder / "invoice.txt") == put["place"]
    assert [b"4711", b"4711"] == [await asyncio.to_thread(Path(each["place"]).read_bytes) for each in (put, renamed)]


async def test_nothing_is_put_outside_of_the_desktops_folder(steps: Steps) -> None:
    await steps.put("invoice.txt", b"4711")

    error = await failure_of(steps.do(put_file, {"path": "invoice.txt", "name": "../invoice.txt"}))

    assert ("PathOutsideWorkspaceError", False) == (error.type, error.acted)
