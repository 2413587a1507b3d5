"""A node that can be made to do anything, and the steps that do it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from activities.node import Capability, Node, Params, Result, node
from activities.provider import Provider
from activities.sessions.files import Workspace
from tests.support.steps import Steps
from workflows.call import StepCall
from workflows.spec import Effect


class Bell:
    """A thing in the world; a ring cannot be taken back."""

    def __init__(self) -> None:
        self.rings: list[str] = []
        self.broken: Exception | None = None
        self.lent = 0


BELL: Capability[Bell] = Capability("bell")


class Ring(Params):
    """How to ring."""

    tone: str = "ding"
    """The sound."""
    times: int = 1
    """How often."""


class Rung(Result):
    """What was heard."""

    heard: JsonValue
    """The sound."""


Behaviour = Callable[[Bell, Ring], Awaitable[Rung]]


def bell_node(behaviour: Behaviour, effect: Effect = Effect.ONCE) -> Node[Bell, Ring, Rung]:
    async def ring(bell: Bell, params: Ring) -> Rung:
        return await behaviour(bell, params)

    return node("bell.ring", needs=BELL, effect=effect, workspace=False)(ring)


async def ring_once(bell: Bell, params: Ring) -> Rung:
    bell.rings.append(params.tone)
    return Rung(heard=params.tone)


async def ring_forever(bell: Bell, params: Ring) -> Rung:
    bell.rings.append(params.tone)
    await asyncio.Event().wait()
    raise AssertionError


def failing(error: Exception) -> Behaviour:
    async def ring(_bell: Bell, _params: Ring) -> Rung:
        raise error

    return ring


def steps_with(bell: Bell, directory: Path, **bench: Any) -> Steps:
    @asynccontextmanager
    async def lend(_call: StepCall, _workspace: Workspace | None) -> AsyncIterator[Bell]:
        if bell.broken:
            raise bell.broken
        bell.lent += 1
        try:
            yield bell
        finally:
            bell.lent -= 1

    provider = Provider(BELL, lend, evidence=bench.pop("evidence", None))
    return Steps(directory, provider, secrets={"tone": "s3cret bim-bam"}, **bench)
