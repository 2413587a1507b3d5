"""The command line as people and scripts use it: a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support import warm

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a command."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Aether:
    """`aether` in a directory, with an environment that says where Temporal is."""

    directory: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    async def __call__(self, *arguments: str | Path, stdin: str = "", seconds: float = 150) -> Done:
        """Run a command to its end, in a process that has loaded its modules already."""
        try:
            code, out, err = await warm.run(
                [*map(str, arguments)],
                directory=self.directory,
                environ=self.environment(),
                stdin=stdin,
                seconds=seconds,
            )
        except TimeoutError as error:
            message = f"the command did not end within {seconds:.0f} s:\n{error}"
            raise AssertionError(message) from None
        return Done(code, out, err)

    async def start(self, *arguments: str | Path) -> Process:
        """Start a command."""
        return await create_subprocess_exec(
            *self.command(*arguments),
            cwd=self.directory,
            env=self.environment(),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
        )

    @staticmethod
    def command(*arguments: str | Path) -> list[str]:
        """The whole command line."""
        return [sys.executable, "-P", "-m", "cli", *map(str, arguments)]

    def write(self, name: str, text: str) -> Path:
        """Put a file into the directory."""
        path = self.directory / name
        path.write_text(text, encoding="utf-8")
        return path

    def environment(self) -> dict[str, str]:
        """What the command finds in its environment: nothing of ours but what is given."""
        ours = ("TEMPORAL_", "AETHER_")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return inherited | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "100"} | dict(self.environ)


async def finish(process: Process, *, stdin: str = "", seconds: float = 150) -> Done:
    """Wait for a command's end."""
    try:
        async with asyncio.timeout(seconds):
            out, err = await process.communicate(stdin.encode())
    except TimeoutError:
        process.send_signal(signal.SIGKILL)
        out, err = await process.communicate()
        message = f"the command did not end within {seconds:.0f} s:\n{out.decode()}\n{err.decode()}"
        raise AssertionError(message) from None
    return Done(process.returncode or 0, out.decode(), err.decode())


async def line_with(stream: asyncio.StreamReader, words: str, *, seconds: float = 90) -> str:
    """Wait for a line that contains some words, and give everything up to it."""
    read = []
    async with asyncio.timeout(seconds):
        while line := (await stream.readline()).decode():
            read.append(line)
            if words in line:
                return "".join(read)
    message = f"no line with {words!r} in:\n{''.join(read)}"
    raise AssertionError(message)
