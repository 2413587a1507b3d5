"""What the examples under fire share: a whole stack whose processes are killed, and the documents of the portal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from activities.catalog import Catalog
from activities.drivers.local_secrets import LocalSecrets
from tests.support.portal import PASSWORD
from workers.dev import ORCHESTRATOR, ROBOT, Part, Stack, stack
from workers.server import load
from workers.settings import Settings
from workflows.compile import compile_plan
from workflows.parse import parse
from workflows.plan import Plan


@asynccontextmanager
async def stack_under_fire(directory: Path, parts: Sequence[Part] = (ORCHESTRATOR, ROBOT)) -> AsyncIterator[Stack]:
    """A dev stack on disk, whose processes are started again when they are killed."""
    settings = Settings.located(directory / "state", secrets_key=directory / "keys" / "secrets.key")
    secrets = LocalSecrets(settings.secrets, settings.secrets_key)
    await asyncio.to_thread(secrets.set, "portal-password", PASSWORD)
    async with stack(settings, config=load().on_free_ports(), parts=parts) as running:
        yield running


def plan_in(document: Path) -> Plan:
    """The plan of a document that is right."""
    parsed = parse(document.read_bytes(), file=document.name)
    compiled = compile_plan(parsed.document, Catalog.discover().specs(), source=parsed.source)
    assert compiled.plan is not None, compiled.problems
    return compiled.plan
