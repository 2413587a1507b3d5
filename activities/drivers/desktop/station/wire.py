"""The connection of a robot to the supervisor of a desktop: JSON, a line for each request, answer and piece of news."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, Self

_LONGEST = 2**22


class Wire:
    """One connection; answers find whoever asked, the rest is news."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = count(1)
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._hear: Callable[[dict[str, Any]], None] = lambda _: None
        self._lose: Callable[[], None] = lambda: None
        self._over = False
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, socket: Path) -> Self:
        """Speak to whoever listens there.

        Raises:
            OSError: nobody does.
        """
        return cls(*await asyncio.open_unix_connection(socket, limit=_LONGEST))

    def on_news(self, hear: Callable[[dict[str, Any]], None], lose: Callable[[], None]) -> None:
        """Have somebody told what nobody asked for, and that the other side is gone."""
        self._hear, self._lose = hear, lose
        if self._over:
            lose()

    async def ask(self, verb: str, **facts: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON has it
        """Have something done, and hear what came of it.

        Raises:
            ConnectionError: the other side is gone, before it answered or at all.
        """
        number = self.tell(verb, **facts)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        if self._over:
            answer.set_exception(ConnectionResetError("nobody answers any more"))
        try:
            return await answer
        finally:
            del self._asked[number]

    def tell(self, verb: str, **facts: Any) -> int:  # noqa: ANN401 - the same
        """Have something done, without waiting for it; what is asked later is done later."""
        number = next(self._numbers)
        if not self._over:
            self._writer.write(json.dumps({"number": number, "do": verb, **facts}).encode() + b"\n")
        return number

    def close(self) -> None:
        """Hang up."""
        self._reading.cancel()
        self._writer.close()
        self._end()

    async def _read(self) -> None:
        try:
            while line := await self._reader.readline():
                self._take(json.loads(line))
        except (OSError, ValueError):
            pass
        self._end()

    def _take(self, told: dict[str, Any]) -> None:
        answer = self._asked.get(told["number"]) if "number" in told else None
        if answer is not None and not answer.done():
            answer.set_result(told)
        elif "number" not in told:
            self._hear(told)

    def _end(self) -> None:
        if self._over:
            return
        self._over = True
        self._writer.close()
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError("nobody answers any more"))
        self._lose()
