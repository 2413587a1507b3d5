"""`aether retry` and `aether fork`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import JsonValue
from rich.text import Text

from cli.answering import changed_inputs
from cli.caller import Caller
from cli.connecting import settings_of
from cli.documents import Source, latest, source_of
from cli.failure import CommandError, ExitCode
from cli.output import Output
from workers.answers import me
from workers.places import attach
from workers.records import read_row
from workers.retrying import Document, Order, Renewed, renew
from workers.settings import Settings

_SHOWN = 5
"""Places that are named one by one."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A run that is to go on where another one was, as typed."""

    run: str
    at: str
    document: Path | None
    inputs: tuple[str, ...] = ()
    latest: bool = False
    """Whether the document is the one that is published now."""


def retry_run(caller: Caller, wish: Wish) -> int:
    """Go on where a run has ended."""
    if wish.latest and wish.document is not None:
        raise CommandError("usage", "--latest and --document exclude each other: both say which document is meant")
    return _renew(caller, wish, "retry")


def fork_run(caller: Caller, wish: Wish) -> int:
    """Begin another run at a step of a run."""
    return _renew(caller, wish, "fork")


def _renew(caller: Caller, wish: Wish, kind: Literal["retry", "fork"]) -> int:
    output = Output(caller)
    settings = settings_of(caller)
    given = source_of(settings, wish.document, output) if wish.document is not None else None

    async def start() -> tuple[Settings, Renewed, Source | None]:
        attached, client = await attach(settings)
        row, _ = await read_row(client, wish.run)
        source = await latest(client, row.document) if wish.latest else given
        document = Document(source.plan, source.text, source.version) if source is not None else None
        inputs = changed_inputs(source.plan if source is not None else None, wish.inputs)
        order = Order(run=wish.run, at=wish.at, kind=kind, by=me(), document=document, inputs=inputs)
        return attached, await renew(client, order), source

    attached, renewed, source = asyncio.run(start())
    version = _version(wish, renewed, source)
    link = attached.run_link(renewed.run)
    if output.text:
        output.show(renewed.run)
        _tell(output, renewed, version, link)
    else:
        output.write(_record(renewed, version, link))
    return ExitCode.OK


def _version(wish: Wish, renewed: Renewed, source: Source | None) -> str:
    if source is not None:
        return f"{source.plan.name}, version {source.version}" if source.version else str(wish.document)
    corrected = f", corrected {renewed.revision} times" if renewed.revision > 1 else ", as corrected"
    return f"the document that {renewed.origin.run} was started with{corrected if renewed.revision else ''}"


def _record(renewed: Renewed, version: str, link: str | None) -> dict[str, JsonValue]:
    return {
        "run": renewed.run,
        "document": renewed.origin.document,
        "origin": renewed.origin.run,
        "from": renewed.place,
        "version": version,
        "doubts": list(renewed.doubts),
        "repeats": list(renewed.repeats),
        "until": renewed.until.isoformat() if renewed.until else None,
        "link": link,
    }


def _tell(output: Output, renewed: Renewed, version: str, link: str | None) -> None:
    output.note(f"goes on at {renewed.place}, with {version}")
    if renewed.repeats:
        output.note(Text(f"does again what had a lasting effect: {_few(renewed.repeats)}", style="yellow"))
    if renewed.doubts:
        places = _few(renewed.doubts)
        output.note(
            Text(f"waits for you at {places}, which may have taken effect before: `aether fix`", style="yellow")
        )
    if renewed.until is not None:
        output.note(
            Text(f"{renewed.origin.run} is kept until {renewed.until.astimezone():%Y-%m-%d %H:%M}", style="dim")
        )
    if link:
        output.note(Text(link, style="dim"))


def _few(places: Sequence[str]) -> str:
    shown = ", ".join(places[:_SHOWN])
    return shown if len(places) <= _SHOWN else f"{shown} and {len(places) - _SHOWN} more"
