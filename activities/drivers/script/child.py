"""One child process: started, watched, and ended with all that it started."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from pydantic import JsonValue

_LAUNCHER = Path(__file__).with_name("launcher.py")
_SIGNALLED = 128
_LOOK = 0.1
"""Seconds between two looks at how much it has said."""
_CHAPTERS = ("stdout", "stderr")


@dataclass(frozen=True, slots=True)
class Said:
    """What a program said until it ended."""

    code: int
    stdout: bytes
    stderr: bytes
    problem: str | None = None
    """Why it was ended."""


@dataclass(frozen=True, slots=True)
class Child:
    """A program that was started; it reads from a file and writes to others, so that nobody waits for the other."""

    process: Process
    desk: Path
    """Where these files are."""

    async def finish(self, most: int) -> Said:
        """Wait for its end, and give what it said; one that says too much is ended."""
        ending = asyncio.create_task(self.process.wait())
        problem: str | None = None
        try:
            while not ending.done():
                await asyncio.wait({ending}, timeout=_LOOK)
                if problem is None and await asyncio.to_thread(self._longest) > most:
                    problem = f"wrote more than {most} bytes and was ended"
                    await self.end()
        finally:
            ending.cancel()
        stdout, stderr = [await asyncio.to_thread(self._said, chapter, most) for chapter in _CHAPTERS]
        return Said(ending.result(), stdout, stderr, problem)

    async def end(self) -> None:
        """End it, and what it started."""
        await asyncio.to_thread(_end, self.process.pid)

    def _longest(self) -> int:
        return max((self.desk / chapter).stat().st_size for chapter in _CHAPTERS)

    def _said(self, chapter: str, most: int) -> bytes:
        with (self.desk / chapter).open("rb") as file:
            return file.read(most)


@asynccontextmanager
async def launched(spec: dict[str, JsonValue], given: bytes, scratch: Path) -> AsyncIterator[Child]:
    """Have a program run for as long as the block lasts; then it and what it started are ended."""
    desk = await asyncio.to_thread(_laid, spec, given, scratch)
    try:
        child = Child(await _started(desk), desk)
        try:
            yield child
        finally:
            await child.end()
            await child.process.wait()
    finally:
        await asyncio.to_thread(shutil.rmtree, desk, ignore_errors=True)


async def _started(desk: Path) -> Process:
    files = [await asyncio.to_thread(os.open, desk / name, mode) for name, mode in _OPENED.items()]
    stdin, stdout, stderr = files
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(_LAUNCHER),
            str(desk / "spec.json"),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd="/",
            env={},
            start_new_session=True,
        )
    finally:
        for file in files:
            os.close(file)


_OPENED = {"stdin": os.O_RDONLY, **dict.fromkeys(_CHAPTERS, os.O_WRONLY | os.O_CREAT | os.O_APPEND)}


def ended(code: int) -> str:
    """Say how a program ended."""
    number = -code if code < 0 else code - _SIGNALLED
    if number not in {each.value for each in signal.Signals}:
        return f"ended with exit code {code}"
    match name := signal.Signals(number):
        case signal.Signals.SIGXCPU:
            return "used up its processor time"
        case signal.Signals.SIGXFSZ:
            return "wrote a file that is too large"
        case _:
            return f"was ended by {name.name}"


def _laid(spec: dict[str, JsonValue], given: bytes, scratch: Path) -> Path:
    desk = Path(tempfile.mkdtemp(prefix="desk-", dir=scratch))
    (desk / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    (desk / "stdin").write_bytes(given)
    return desk


def _end(process: int) -> None:
    """End a process, its group, and those of its children that left the group."""
    left: list[psutil.Process] = []
    with suppress(psutil.Error):
        left = psutil.Process(process).children(recursive=True)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)
    for each in left:
        with suppress(psutil.Error):
            each.kill()
