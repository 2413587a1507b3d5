"""`aether retry` and `aether fork`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue
from rich.text import Text
from temporalio.client import Client

from cli.answering import changed_inputs
from cli.caller import Caller
from cli.checking import checked_plan
from cli.connecting import with_client
from cli.failure import ExitCode
from cli.output import Output
from workers.answers import me
from workers.retrying import Document, Order, Renewed, renew
from workers.settings import Settings


@dataclass(frozen=True, slots=True)
class Wish:
    """A run that is to go on where another one was, as typed."""

    run: str
    at: str
    document: Path | None
    inputs: tuple[str, ...] = ()


def retry_run(caller: Caller, wish: Wish) -> int:
    """Go on where a run has ended."""
    return _renew(caller, wish, _order(caller, wish, fork=False))


def fork_run(caller: Caller, wish: Wish) -> int:
    """Begin another run at a step of a run."""
    return _renew(caller, wish, _order(caller, wish, fork=True))


def _order(caller: Caller, wish: Wish, *, fork: bool) -> Order:
    document = None
    if wish.document is not None:
        document = Document(*checked_plan(wish.document, Output(caller)))
    inputs = changed_inputs(document.plan if document else None, wish.inputs)
    return Order(run=wish.run, at=wish.at, kind="fork" if fork else "retry", by=me(), document=document, inputs=inputs)


def _renew(caller: Caller, wish: Wish, order: Order) -> int:
    async def start(settings: Settings, client: Client) -> tuple[Settings, Renewed]:
        return settings, await renew(client, order)

    settings, renewed = with_client(caller, start)
    output = Output(caller)
    version = _version(wish, renewed)
    link = settings.run_link(renewed.run)
    if output.text:
        output.show(renewed.run)
        _tell(output, renewed, version, link)
    else:
        output.write(_record(renewed, version, link))
    return ExitCode.OK


def _version(wish: Wish, renewed: Renewed) -> str:
    if wish.document is not None:
        return str(wish.document)
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


_SHOWN = 5
