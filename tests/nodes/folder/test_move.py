from __future__ import annotations

import asyncio
from pathlib import Path

from activities.nodes.folder.move import move
from tests.support.share import contents, names
from tests.support.steps import Steps, failure_of


async def test_a_file_is_moved_to_a_folder_that_need_not_exist(steps: Steps, share: Path) -> None:
    (share / "a.pdf").write_bytes(b"1")

    await steps.do(move, {"folder": "inbox", "path": "a.pdf", "to": "done/2026/a.pdf"})

    assert {"done/2026/a.pdf": b"1"} == contents(share)


async def test_of_runs_that_want_one_file_one_gets_it(steps: Steps, share: Path) -> None:
    (share / "a.pdf").write_bytes(b"1")

    outcomes = await asyncio.gather(
        *(
            steps.do(move, {"folder": "inbox", "path": "a.pdf", "to": f"taken/{number}/a.pdf"}, key=f"run-{number}")
            for number in range(4)
        ),
        return_exceptions=True,
    )

    assert 1 == sum(not isinstance(outcome, BaseException) for outcome in outcomes)
    assert 1 == len(names(share))


async def test_what_is_missing_or_in_the_way_is_said_and_nothing_was_done(steps: Steps, share: Path) -> None:
    (share / "a").write_bytes(b"1")
    (share / "b").write_bytes(b"2")

    missing = await failure_of(steps.do(move, {"folder": "inbox", "path": "c", "to": "d"}))
    taken = await failure_of(steps.do(move, {"folder": "inbox", "path": "a", "to": "b"}))

    assert "the folder has no file 'c'; somebody else may have taken it" == missing.message
    assert "already has another file 'b'" in taken.message
    assert (False, False) == (missing.acted, taken.acted)
    assert b"2" == (share / "b").read_bytes()
