from __future__ import annotations

import asyncio
import hashlib
import tracemalloc
from pathlib import Path

import pytest

from activities.artifacts import LocalArtifactStore
from workflows.call import FileEntry

MEGABYTE = 1024 * 1024


@pytest.fixture
def store(tmp_path: Path) -> LocalArtifactStore:
    return LocalArtifactStore(tmp_path / "artifacts")


async def test_content_is_kept_by_its_digest(store: LocalArtifactStore, tmp_path: Path) -> None:
    entry = await store.put(b"text")
    await store.fetch(entry, tmp_path / "copy")

    assert FileEntry(digest=f"sha256:{hashlib.sha256(b'text').hexdigest()}", size=4) == entry
    assert b"text" == (tmp_path / "copy").read_bytes()
    assert await store.has(entry.digest)
    assert not await store.has(f"sha256:{'0' * 64}")


async def test_the_same_content_is_kept_once(store: LocalArtifactStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"text")

    entries = [await store.put(b"text"), await store.put(tmp_path / "file")]

    assert entries[0] == entries[1]
    assert 1 == len([path for path in (tmp_path / "artifacts").rglob("*") if path.is_file()])


async def test_many_at_once_do_not_disturb_each_other(store: LocalArtifactStore, tmp_path: Path) -> None:
    contents = [bytes([number % 4]) * 100_000 for number in range(40)]

    entries = await asyncio.gather(*(store.put(content) for content in contents))
    for number, (content, entry) in enumerate(zip(contents, entries, strict=True)):
        await store.fetch(entry, tmp_path / str(number))
        assert content == (tmp_path / str(number)).read_bytes()

    assert 4 == len({entry.digest for entry in entries})
    assert [] == list((tmp_path / "artifacts").glob(".partial-*"))


async def test_what_cannot_be_read_leaves_nothing_behind(store: LocalArtifactStore, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await store.put(tmp_path / "missing")

    assert [] == list((tmp_path / "artifacts").iterdir())


async def test_a_file_of_200_megabytes_is_never_in_memory(store: LocalArtifactStore, tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(200 * MEGABYTE)

    tracemalloc.start()
    try:
        entry = await store.put(large)
        await store.fetch(entry, tmp_path / "copy")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert 200 * MEGABYTE == entry.size == (tmp_path / "copy").stat().st_size
    assert peak < 8 * MEGABYTE
