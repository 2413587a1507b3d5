from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from activities.nodes.folder.deliver import deliver
from tests.support.share import contents, names
from tests.support.steps import Steps, failure_of


@pytest.mark.parametrize(
    ("params", "target"),
    [({}, "b.txt"), ({"to": "2026/"}, "2026/b.txt"), ({"to": "2026/c.txt"}, "2026/c.txt")],
)
async def test_a_file_is_delivered_under_its_path(
    steps: Steps, share: Path, params: dict[str, Any], target: str
) -> None:
    await steps.put("out/b.txt", b"content")

    output = await steps.do(deliver, {"path": "out/b.txt", "folder": "inbox"} | params)

    assert {"files": [target], "written": [target], "count": 1} == output
    assert b"content" == (share / target).read_bytes()


async def test_delivering_again_changes_nothing(steps: Steps, share: Path) -> None:
    await steps.put("b.txt", b"content")
    await steps.do(deliver, {"path": "b.txt", "folder": "inbox"})
    before = (share / "b.txt").stat()

    output = await steps.do(deliver, {"path": "b.txt", "folder": "inbox"}, attempt=2)

    assert [] == output["written"]
    assert (before.st_ino, before.st_mtime_ns) == (
        (share / "b.txt").stat().st_ino,
        (share / "b.txt").stat().st_mtime_ns,
    )


async def test_another_file_in_the_way_stays_unless_it_is_to_be_replaced(steps: Steps, share: Path) -> None:
    await steps.put("a.txt", b"a")
    await steps.put("b.txt", b"new")
    (share / "b.txt").write_bytes(b"old")

    error = await failure_of(steps.do(deliver, {"path": "*.txt", "folder": "inbox"}))
    left = names(share)
    await steps.do(deliver, {"path": "*.txt", "folder": "inbox", "overwrite": True})

    assert ("business", "the folder already has another file 'b.txt'") == (error.kind, error.message.partition(";")[0])
    assert ["b.txt"] == left
    assert {"a.txt": b"a", "b.txt": b"new"} == contents(share)


async def test_what_an_attempt_that_was_killed_left_is_gone_after_the_next(steps: Steps, share: Path) -> None:
    await steps.put("b.txt", b"content")
    mark = hashlib.sha256(b"one").hexdigest()[:16]
    (share / f".aether-{mark}-0.partial").write_bytes(b"con")

    await steps.do(deliver, {"path": "b.txt", "folder": "inbox"}, key="one", attempt=2)

    assert {"b.txt": b"content"} == contents(share)


async def test_of_runs_that_deliver_different_files_to_one_place_one_succeeds(steps: Steps, share: Path) -> None:
    for number in range(4):
        await steps.put(f"{number}", str(number).encode())

    outcomes = await asyncio.gather(
        *(
            steps.do(deliver, {"path": f"{number}", "folder": "inbox", "to": "it"}, key=f"run-{number}")
            for number in range(4)
        ),
        return_exceptions=True,
    )

    assert 1 == sum(not isinstance(outcome, BaseException) for outcome in outcomes)
    assert ["it"] == names(share)


@pytest.mark.parametrize("to", ["/etc/x", "../x", "out/x"])
async def test_nothing_outside_is_written(steps: Steps, share: Path, tmp_path: Path, to: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (share / "out").symlink_to(tmp_path / "elsewhere")
    await steps.put("b.txt", b"content")

    error = await failure_of(steps.do(deliver, {"path": "b.txt", "folder": "inbox", "to": to}))

    assert "PathOutsideWorkspaceError" == error.type
    assert [] == names(tmp_path / "elsewhere")


async def test_a_folder_may_be_read_only(steps: Steps) -> None:
    await steps.put("b.txt", b"content")

    error = await failure_of(steps.do(deliver, {"path": "b.txt", "folder": "archive"}))

    assert "the folder 'archive' is read-only" in error.message


async def test_names_that_are_the_same_or_files_that_are_missing_are_said(steps: Steps) -> None:
    await steps.put("x/b.txt", b"1")
    await steps.put("y/b.txt", b"2")

    same = await failure_of(steps.do(deliver, {"path": "**", "folder": "inbox"}))
    none = await failure_of(steps.do(deliver, {"path": "c.txt", "folder": "inbox"}))

    assert "have the same name; deliver them one by one" in same.message
    assert "the run has no file 'c.txt' to deliver" == none.message


@pytest.mark.usefixtures("gone")
async def test_nothing_is_delivered_to_where_a_share_is_no_more(steps: Steps, share: Path) -> None:
    await steps.put("a.txt", b"1")

    error = await failure_of(steps.do(deliver, {"path": "a.txt", "folder": "inbox"}))

    assert ("MachineError", False) == (error.type, error.acted)
    assert "the folder 'inbox' is not there" in error.message
    assert {} == contents(share)


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(
    ("to", "said"),
    [("done", "found a folder: 'done'; write 'done/'"), ("b.txt/c.txt", "a file where its folder should be: 'b.txt'")],
)
async def test_files_and_folders_do_not_take_each_others_place(
    steps: Steps, share: Path, to: str, said: str, *, overwrite: bool
) -> None:
    await steps.put("a.txt", b"1")
    (share / "done").mkdir()
    (share / "b.txt").write_bytes(b"2")

    error = await failure_of(steps.do(deliver, {"path": "a.txt", "folder": "inbox", "to": to, "overwrite": overwrite}))

    assert ("business", False) == (error.kind, error.acted)
    assert said in error.message
    assert {"b.txt": b"2"} == contents(share)


async def test_a_link_that_leads_nowhere_is_in_the_way_too(steps: Steps, share: Path) -> None:
    await steps.put("b.txt", b"new")
    (share / "b.txt").symlink_to(share / "gone.txt")

    error = await failure_of(steps.do(deliver, {"path": "b.txt", "folder": "inbox"}))

    assert "the folder already has another file 'b.txt'" == error.message.partition(";")[0]


async def test_a_place_that_somebody_empties_meanwhile_gets_the_file(
    steps: Steps, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await steps.put("b.txt", b"new")
    link = os.link

    def taken(_source: Path, _target: Path) -> None:
        monkeypatch.setattr(os, "link", link)
        raise FileExistsError

    monkeypatch.setattr(os, "link", taken)

    await steps.do(deliver, {"path": "b.txt", "folder": "inbox"})

    assert {"b.txt": b"new"} == contents(share)


async def test_runs_that_deliver_the_same_file_to_one_place_all_succeed(steps: Steps, share: Path) -> None:
    await steps.put("a.txt", b"1")
    params = {"path": "a.txt", "folder": "inbox", "to": "new/a.txt"}

    await asyncio.gather(*(steps.do(deliver, params, key=f"run-{number}") for number in range(4)))

    assert {"new/a.txt": b"1"} == contents(share)
