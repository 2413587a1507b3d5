from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from activities.artifacts import ArtifactLostError, LocalArtifactStore
from activities.workspace import LocalWorkspace, own_scratch, safe_path
from workflows.call import FileEntry
from workflows.errors import NodeFailedError, PathOutsideWorkspaceError, WorkspaceFileError


@pytest.fixture
def store(tmp_path: Path) -> LocalArtifactStore:
    return LocalArtifactStore(tmp_path / "artifacts")


@pytest.fixture
def workspace(tmp_path: Path, store: LocalArtifactStore) -> LocalWorkspace:
    (tmp_path / "scratch").mkdir()
    return LocalWorkspace({}, store, scratch=tmp_path / "scratch")


async def write(workspace: LocalWorkspace, path: str, content: bytes) -> None:
    async with workspace.writing(path) as place:
        place.write_bytes(content)


async def read(workspace: LocalWorkspace, path: str) -> bytes:
    async with workspace.reading(path) as place:
        return place.read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "./",
        "..",
        "../x",
        "a/../../x",
        "a/..",
        "a/.. /b",
        ".. ./x",
        "/etc/passwd",
        "//server/share",
        "C:/x",
        "c:x",
        "a\\b",
        "..\\x",
        "\\\\server\\share",
        "a\0b",
        "a\nb",
        "a\x7fb",
        "\ud800",
        "x" * 256,
        "ä" * 128,
        "/".join(["x" * 100] * 11),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(PathOutsideWorkspaceError, match="expected a relative path"):
        safe_path(path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.txt", "a.txt"),
        ("./a.txt", "a.txt"),
        ("a//b/./c", "a/b/c"),
        ("a/", "a"),
        ("a..b/...", "a..b/..."),
        ("Rechnung März.xlsx", "Rechnung März.xlsx"),
        ("Ma\u0308rz", "März"),
    ],
)
def test_a_path_has_one_name(path: str, expected: str) -> None:
    assert expected == safe_path(path)


async def test_a_file_is_lent_under_its_own_name(workspace: LocalWorkspace) -> None:
    await write(workspace, "in/report.xlsx", b"text")

    async with workspace.reading("in/report.xlsx") as place:
        assert "report.xlsx" == place.name
        assert b"text" == place.read_bytes()


async def test_two_files_of_one_name_can_be_open_at_once(workspace: LocalWorkspace) -> None:
    await write(workspace, "a/x", b"a")
    await write(workspace, "b/x", b"b")

    async with workspace.reading("a/x") as first, workspace.reading("b/x") as second:
        assert [b"a", b"b"] == [first.read_bytes(), second.read_bytes()]


async def test_what_a_failing_block_wrote_does_not_count(workspace: LocalWorkspace) -> None:
    async def write_half() -> None:
        async with workspace.writing("a.txt") as place:
            place.write_bytes(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_half()

    assert {} == workspace.changes
    assert not workspace.exists("a.txt")


async def test_changes_tell_what_was_written_and_deleted(store: LocalArtifactStore, tmp_path: Path) -> None:
    entry = await store.put(b"old")
    workspace = LocalWorkspace({"old.txt": entry, "gone.txt": entry}, store, scratch=tmp_path)

    await write(workspace, "new.txt", b"new")
    workspace.move("old.txt", "kept.txt")
    workspace.delete("gone.txt")

    assert {"new.txt", "old.txt", "kept.txt", "gone.txt"} == set(workspace.changes)
    assert (None, None, entry) == tuple(workspace.changes[path] for path in ("old.txt", "gone.txt", "kept.txt"))


async def test_changing_a_lent_file_changes_nothing_of_the_run(workspace: LocalWorkspace) -> None:
    await write(workspace, "a.txt", b"text")

    async with workspace.reading("a.txt") as place:
        place.write_bytes(b"changed")

    assert b"text" == await read(workspace, "a.txt")


async def test_a_link_is_not_taken_for_a_file(workspace: LocalWorkspace) -> None:
    with pytest.raises(PathOutsideWorkspaceError, match="symbolic link"):
        async with workspace.writing("a.txt") as place:
            place.symlink_to("/etc/passwd")

    assert {} == workspace.changes


async def test_writing_nothing_is_an_error(workspace: LocalWorkspace) -> None:
    with pytest.raises(NodeFailedError, match="nothing was written to"):
        async with workspace.writing("a.txt"):
            pass


async def test_the_copies_go_away_with_the_step(workspace: LocalWorkspace, tmp_path: Path) -> None:
    async with workspace:
        await write(workspace, "a.txt", b"text")
        assert list((tmp_path / "scratch").iterdir())

    assert [] == list((tmp_path / "scratch").iterdir())


async def test_a_step_that_opens_no_file_makes_no_directory(workspace: LocalWorkspace, tmp_path: Path) -> None:
    async with workspace:
        workspace.find("**")

        assert [] == list((tmp_path / "scratch").iterdir())


async def test_a_missing_file_says_what_there_is(workspace: LocalWorkspace) -> None:
    with pytest.raises(WorkspaceFileError, match="it has no files yet"):
        workspace.entry("x")
    await write(workspace, "report.csv", b"")
    with pytest.raises(WorkspaceFileError, match=r"it has 'report\.csv'"):
        workspace.entry("x")


async def test_content_that_was_changed_in_the_store_is_not_used(
    workspace: LocalWorkspace, store: LocalArtifactStore
) -> None:
    await write(workspace, "a.txt", b"text")
    path = store.path_of(workspace.entry("a.txt").digest)
    path.chmod(0o644)
    path.write_bytes(b"tampered")

    with pytest.raises(ArtifactLostError, match="has been changed"):
        await read(workspace, "a.txt")


async def test_content_of_another_installation_is_not_found(workspace: LocalWorkspace, tmp_path: Path) -> None:
    await write(workspace, "a.txt", b"text")
    elsewhere = LocalWorkspace(
        {"a.txt": workspace.entry("a.txt")}, LocalArtifactStore(tmp_path / "other"), scratch=tmp_path
    )

    with pytest.raises(ArtifactLostError, match="same artifact directory"):
        await read(elsewhere, "a.txt")


async def test_a_made_up_digest_reaches_no_file(store: LocalArtifactStore, tmp_path: Path) -> None:
    with pytest.raises(ArtifactLostError, match="expected a digest"):
        await store.fetch(FileEntry(digest="sha256:../../etc/passwd", size=1), tmp_path / "x")


def test_a_robot_removes_what_killed_ones_left_behind_and_nothing_else(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    host = socket.gethostname()
    names = {f"{host}.{gone.pid}": "dead", f"{host}.{os.getppid()}": "alive", f"other-{host}.{gone.pid}": "elsewhere"}
    for name in names:
        (tmp_path / name / "aether-step-x").mkdir(parents=True)
        (tmp_path / name / "aether-step-x" / "report.csv").write_text("confidential")

    own = own_scratch(tmp_path)

    left = {path.name for path in tmp_path.iterdir()}
    assert {own.name, *(name for name, state in names.items() if state != "dead")} == left
    assert [] == list(own.iterdir())
