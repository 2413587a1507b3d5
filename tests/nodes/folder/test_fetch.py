from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from activities.nodes.folder.fetch import fetch
from tests.support.steps import Steps, failure_of


async def test_files_are_copied_and_stay_where_they_are(steps: Steps, share: Path) -> None:
    (share / "x").mkdir()
    for path in ("a.pdf", "x/b.pdf", "c.txt"):
        (share / path).write_text(path)

    output = await steps.do(fetch, {"folder": "inbox", "path": "**/*.pdf", "to": "in"})

    assert (["in/a.pdf", "in/x/b.pdf"], ["a.pdf", "x/b.pdf"], 2) == (
        output["files"],
        output["sources"],
        output["count"],
    )
    assert b"x/b.pdf" == await steps.content("in/x/b.pdf")
    assert (share / "a.pdf").is_file()


async def test_a_file_that_is_missing_is_named_and_a_pattern_may_fit_none(steps: Steps) -> None:
    error = await failure_of(steps.do(fetch, {"folder": "inbox", "path": "a.pdf"}))
    none = await steps.do(fetch, {"folder": "inbox", "path": "*.pdf"})

    assert ("business", "the folder 'inbox' has no file 'a.pdf'") == (error.kind, error.message)
    assert 0 == none["count"]


async def test_a_file_of_the_run_is_replaced_only_if_asked(steps: Steps, share: Path) -> None:
    (share / "a").write_text("new")
    await steps.put("a", b"old")

    error = await failure_of(steps.do(fetch, {"folder": "inbox", "path": "a"}))
    await steps.do(fetch, {"folder": "inbox", "path": "a", "overwrite": True})

    assert "the run already has a file 'a'" in error.message
    assert b"new" == await steps.content("a")


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "link", "out/passwd"])
async def test_nothing_outside_is_fetched(steps: Steps, share: Path, path: str) -> None:
    (share / "link").symlink_to("/etc/passwd")
    (share / "out").symlink_to("/etc")

    await failure_of(steps.do(fetch, {"folder": "inbox", "path": path}))

    assert {} == steps.files


async def test_half_of_a_file_that_grows_is_no_copy(steps: Steps, share: Path) -> None:
    growing = share / "a.bin"
    with growing.open("wb") as file:
        file.truncate(150_000_000)  # long enough to copy for this process to get its turn meanwhile
    fetching = asyncio.create_task(steps.do(fetch, {"folder": "inbox", "path": "a.bin"}))

    while not fetching.done():
        with growing.open("ab") as file:
            file.write(b"more")
        await asyncio.sleep(0)
    error = await failure_of(fetching)

    assert ("MachineError", False) == (error.type, error.acted)
    assert "the file 'a.bin' was changed while it was copied" in error.message
    assert {} == steps.files
