"""Documents as commands are given them: files, or the names of published ones."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client

from cli.checking import checked_plan
from cli.output import Output
from workers.places import attach
from workers.publishing import published
from workers.settings import Settings
from workflows.plan import Plan
from workflows.publishing import Version

_NAME = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9 ._/-]*)(@(?P<version>\d+))?")
_SUFFIXES = frozenset({".yaml", ".yml", ".json"})


@dataclass(frozen=True, slots=True)
class Source:
    """A document that is to run."""

    plan: Plan
    text: str
    version: int | None = None
    """Of a published document."""


def source_of(settings: Settings, document: Path, output: Output) -> Source:
    """Read a document from its file; where there is no such file, get the published one of that name.

    Raises:
        DocumentError: it cannot run.
        NotPublishedError: there is neither.
    """
    name = _NAME.fullmatch(str(document))
    if name is None or document.suffix in _SUFFIXES or document.exists():
        return Source(*checked_plan(document, output))
    number = int(name["version"]) if name["version"] else None
    version = asyncio.run(_get(settings, name["name"], number))
    output.note(f"{name['name']}, version {version.number}, published by {version.by}")
    return from_version(version)


def from_version(version: Version) -> Source:
    """A published document."""
    return Source(version.plan, version.source, version.number)


async def latest(client: Client, name: str) -> Source:
    """The published document that new runs get."""
    return from_version(await published(client, name))


async def _get(settings: Settings, name: str, number: int | None) -> Version:
    _, client = await attach(settings)
    return await published(client, name, number)
