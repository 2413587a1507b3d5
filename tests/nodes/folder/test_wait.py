from __future__ import annotations

import asyncio
import os
from pathlib import Path

from activities.nodes.folder.wait import wait
from tests.support.steps import Steps, failure_of

SOON = {"folder": "inbox", "pattern": "*.pdf", "settle": "100ms"}


async def test_a_file_that_is_complete_is_given_the_oldest_first(steps: Steps, share: Path) -> None:
    for age, name in enumerate(("new.pdf", "old.pdf")):
        (share / name).write_bytes(b"12")
        os.utime(share / name, (1_000_000 - age, 1_000_000 - age))

    output = await steps.do(wait, SOON)

    assert ("old.pdf", "old.pdf", 2) == (output["path"], output["name"], output["size"])
    assert "1970-01-12T13:46:39Z" == output["modified"]


async def test_a_file_that_still_grows_is_not_complete(steps: Steps, share: Path) -> None:
    waiting = asyncio.create_task(steps.do(wait, SOON | {"settle": "400ms"}))
    for size in range(1, 9):
        (share / "a.pdf").write_bytes(b"x" * size)
        await asyncio.sleep(0.1)

    assert 8 == (await waiting)["size"]


async def test_a_file_that_does_not_come_is_an_error_that_can_be_caught(steps: Steps, share: Path) -> None:
    (share / "other.txt").write_bytes(b"")

    error = await failure_of(steps.do(wait, SOON | {"within": "200ms"}))

    assert ("EventExpiredError", "business") == (error.type, error.kind)
    assert "no file that matches '*.pdf' was complete in folder 'inbox' within 200ms" == error.message
