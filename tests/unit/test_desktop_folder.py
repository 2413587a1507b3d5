from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from activities.artifacts import LocalArtifactStore
from activities.drivers.desktop.folder import lend, saved
from activities.workspace import LocalWorkspace
from workflows.errors import NodeFailedError, PathOutsideWorkspaceError

NOW = timedelta()
SOON = timedelta(seconds=5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


async def workspace_with(tmp_path: Path, path: str, content: bytes) -> LocalWorkspace:
    store = LocalArtifactStore(tmp_path / "artifacts")
    return LocalWorkspace({path: await store.put(content)}, store, scratch=tmp_path)


async def test_a_file_of_the_run_is_lent_under_its_own_name(tmp_path: Path, folder: Path) -> None:
    async with await workspace_with(tmp_path, "in/ä notes.txt", b"hello") as workspace:
        place = await lend(workspace, "in/ä notes.txt", folder)

    assert folder / "ä notes.txt" == place
    assert b"hello" == place.read_bytes()


async def test_a_file_is_lent_under_another_name(tmp_path: Path, folder: Path) -> None:
    async with await workspace_with(tmp_path, "a.txt", b"hello") as workspace:
        place = await lend(workspace, "a.txt", folder, "deep/b.txt")

    assert folder / "deep" / "b.txt" == place
    assert b"hello" == place.read_bytes()


async def test_a_lent_file_counts_once_a_program_has_saved_it(tmp_path: Path, folder: Path) -> None:
    async with await workspace_with(tmp_path, "a.txt", b"hello") as workspace:
        place = await lend(workspace, "a.txt", folder)

    with pytest.raises(NodeFailedError, match=r"no program has saved 'a\.txt' since it was lent"):
        await saved(folder, "a.txt", within=NOW)
    place.write_bytes(b"changed")

    assert place == await saved(folder, "a.txt", within=SOON)


async def test_a_file_counts_once_nobody_writes_it_any_more(folder: Path) -> None:
    whole = b"0123456789" * 4

    async def write() -> None:
        for end in range(10, len(whole) + 1, 10):
            (folder / "out.csv").write_bytes(whole[:end])
            await asyncio.sleep(0.15)

    writing = asyncio.create_task(write())
    place = await saved(folder, "out.csv", within=SOON)
    content = place.read_bytes()
    await writing

    assert whole == content


async def test_a_file_that_does_not_come_is_told_with_those_that_are_there(folder: Path) -> None:
    (folder / "other.txt").touch()

    with pytest.raises(NodeFailedError, match=r"no program has written 'out\.csv' .*; it has 'other\.txt'"):
        await saved(folder, "out.csv", within=NOW)


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../b"])
async def test_paths_do_not_leave_the_folder(tmp_path: Path, folder: Path, path: str) -> None:
    async with await workspace_with(tmp_path, "a.txt", b"") as workspace:
        with pytest.raises(PathOutsideWorkspaceError):
            await lend(workspace, "a.txt", folder, path)

    with pytest.raises(PathOutsideWorkspaceError):
        await saved(folder, path, within=NOW)


async def test_links_do_not_leave_the_folder(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "secret").write_text("confidential")
    (folder / "out.txt").symlink_to(tmp_path / "secret")

    with pytest.raises(PathOutsideWorkspaceError, match="a link leads out of it"):
        await saved(folder, "out.txt", within=NOW)
