"""What connections to all databases have in common: all or nothing, and once only."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable

from pydantic import JsonValue
from typing_extensions import override

from activities.drivers.database.values import json_text, read_json
from activities.sessions.database import Link
from workflows.call import StepCall


class TransactionalLink(Link):
    """One connection; `once` keeps a record of each step in a table of the database itself.

    The record is written in the transaction of what the step does, so that either both are there or neither. A second
    attempt that comes while the first is still under way waits for it at the key of the table.
    """

    def __init__(self, call: StepCall) -> None:
        self._call = call
        self._open = False
        """Whether nothing counts yet: a transaction has begun and was not told to end."""

    @override
    async def atomically(self, work: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        await self._begin()
        self._open = True
        try:
            result = await work()
        except BaseException:
            await self._rollback()
            raise
        finally:
            self._open = False
        await self._commit()
        return result

    @override
    async def once(self, work: Callable[[], Awaitable[JsonValue]]) -> tuple[JsonValue, bool]:
        await self._have_effects()
        repeated = False

        async def first() -> JsonValue:
            nonlocal repeated
            if not await self._claim(self._call.key):
                repeated = True
                return read_json(await self._recall(self._call.key))
            result = await work()
            await self._remember(self._call.key, json_text(result))
            return result

        return await self.atomically(first), repeated

    @abstractmethod
    async def _begin(self) -> None:
        """Begin a transaction."""

    @abstractmethod
    async def _commit(self) -> None:
        """Make it count."""

    @abstractmethod
    async def _rollback(self) -> None:
        """Undo it; an error that ends it says nothing of its own."""

    @abstractmethod
    async def _have_effects(self) -> None:
        """See that there is a table of effects."""

    @abstractmethod
    async def _claim(self, key: str) -> bool:
        """Put a key into the table; whether it was new."""

    @abstractmethod
    async def _recall(self, key: str) -> str:
        """Give the result that is kept with a key."""

    @abstractmethod
    async def _remember(self, key: str, result: str) -> None:
        """Keep a result with a key."""
