from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from activities.nodes.folder.wait import Wait, wait
from activities.sessions.folders import Seen
from tests.support.steps import Steps, failure_of

SOON = {"folder": "inbox", "pattern": "*.pdf", "settle": "100ms"}


async def test_a_file_that_is_complete_is_given_the_oldest_first(steps: Steps, share: Path) -> None:
    for age, name in enumerate(("new.pdf", "old.pdf")):
        (share / name).write_bytes(b"12")
        os.utime(share / name, (1_000_000 - age, 1_000_000 - age))

    output = await steps.do(wait, SOON)

    assert ("old.pdf", "old.pdf", 2) == (output["path"], output["name"], output["size"])
    assert "1970-01-12T13:46:39Z" == output["modified"]


@dataclass
class Growing:
    """A folder with a file that has grown whenever somebody looks, up to a size."""

    size: int = 0
    looks: int = 0

    async def find(self, _folder: str, _pattern: str) -> tuple[Seen, ...]:
        self.looks += 1
        self.size = min(self.size + 1, 5)
        return (Seen("a.pdf", self.size, datetime(2026, 1, 31, tzinfo=UTC)),)


async def test_a_file_that_still_grows_is_not_complete() -> None:
    folder: Any = Growing()

    arrived = await wait(folder, Wait.model_validate(SOON))

    assert 5 == arrived.size
    assert folder.looks > 5


async def test_a_file_that_does_not_come_is_an_error_that_can_be_caught(steps: Steps, share: Path) -> None:
    (share / "other.txt").write_bytes(b"")

    error = await failure_of(steps.do(wait, SOON | {"within": "200ms"}))

    assert ("EventExpiredError", "business") == (error.type, error.kind)
    assert "no file that matches '*.pdf' was complete in folder 'inbox' within 200ms" == error.message
