from __future__ import annotations

import os
from pathlib import Path

import pytest

from activities.nodes.folder.list import list_folder
from tests.support.steps import Steps, failure_of


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("*", ["a.pdf", "ü 報告.txt"]),
        ("*.pdf", ["a.pdf"]),
        ("**", ["a.pdf", "x/b.pdf", "x/y/c.pdf", "ü 報告.txt"]),
        ("x/*.pdf", ["x/b.pdf"]),
        ("none", []),
    ],
)
async def test_files_are_listed_by_pattern(steps: Steps, share: Path, pattern: str, paths: list[str]) -> None:
    (share / "x" / "y").mkdir(parents=True)
    for path in ("a.pdf", "ü 報告.txt", "x/b.pdf", "x/y/c.pdf"):
        (share / path).write_bytes(b"12")

    output = await steps.do(list_folder, {"folder": "inbox", "pattern": pattern})

    assert paths == [file["path"] for file in output["files"]]
    assert all(file["size"] == 2 and file["modified"].endswith("Z") for file in output["files"])


async def test_what_programs_keep_for_themselves_is_left_out(steps: Steps, share: Path) -> None:
    for name in (".hidden", "~$open.docx", "a.PART", "b.crdownload", ".aether-1-0.partial"):
        (share / name).write_bytes(b"")
    (share / "link").symlink_to("/etc/passwd")
    (share / "elsewhere").symlink_to("/etc")

    assert [] == (await steps.do(list_folder, {"folder": "inbox", "pattern": "**"}))["files"]


async def test_no_other_folder_can_be_reached(steps: Steps) -> None:
    unknown = await failure_of(steps.do(list_folder, {"folder": "outbox"}))
    outside = await failure_of(steps.do(list_folder, {"folder": "inbox", "pattern": "../*"}))
    path = await failure_of(steps.do(list_folder, {"folder": "/etc"}))

    assert "this robot shares no folder 'outbox', only 'inbox', 'archive'" in unknown.message
    assert "PathOutsideWorkspaceError" == outside.type
    assert "'folder'" in path.message
    assert {"configuration"} == {unknown.kind, outside.kind, path.kind}


async def test_a_name_that_is_no_text_is_named_where_it_is_asked_for(steps: Steps, share: Path) -> None:
    (share / "a.txt").write_bytes(b"")
    (share / os.fsdecode(b"\xff.pdf")).write_bytes(b"")

    listing = await steps.do(list_folder, {"folder": "inbox", "pattern": "*.txt"})
    error = await failure_of(steps.do(list_folder, {"folder": "inbox"}))

    assert 1 == listing["count"]
    assert "business" == error.kind
    assert r"no text in UTF-8: b'\xff.pdf'; rename it" in error.message
