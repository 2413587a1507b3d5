from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import anyio
import pytest

from activities.drivers.local_file import local_file


async def test_a_file_is_written_and_read_again(tmp_path: Path) -> None:
    async with local_file(tmp_path / "a", "wb") as file:
        await file.write(b"content")
    async with local_file(tmp_path / "a", "rb") as file:
        content = await file.read()

    assert b"content" == content


async def test_a_file_that_is_just_being_opened_is_closed_when_nobody_wants_it_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    begun, may_end, opens = threading.Event(), threading.Event(), anyio.open_file

    async def slowly(*arguments: Any) -> Any:
        begun.set()
        await asyncio.to_thread(may_end.wait)
        opened.append(await opens(*arguments))
        return opened[0]

    async def use() -> None:
        async with local_file(tmp_path / "a", "wb"):
            raise AssertionError

    monkeypatch.setattr(anyio, "open_file", slowly)
    using = asyncio.create_task(use())
    await asyncio.to_thread(begun.wait)
    using.cancel()
    may_end.set()
    await asyncio.wait({using})

    assert using.cancelled()
    assert opened[0].wrapped.closed


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        async with local_file(tmp_path / "gone", "rb"):
            pass
