"""`aether show --evidence` and `aether show --trace`: what steps left behind, as files."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from pydantic import JsonValue
from temporalio.client import Client

from activities.evidence import FILE_NAMES, Videos, evidence_directory, local_evidence
from activities.sealing import Seal
from cli.caller import Caller
from cli.connecting import with_client
from cli.failure import CommandError
from cli.output import Output
from workers.attempts import Attempt, attempts_of
from workers.keys import local_secrets
from workers.records import read_row
from workers.settings import Settings

_UNFIT = re.compile(r"[^\w.\[\]-]+")


Written: TypeAlias = dict[str, JsonValue]
"""One file that was written: where it is, and what it shows."""


def save_evidence(caller: Caller, run: str, directory: Path) -> int:
    """Write what the step that failed last left behind, or all steps where all do, and the films of sessions."""

    async def save(settings: Settings, client: Client) -> list[Written]:
        await read_row(client, run)
        shelf = _Shelf(settings)
        found = [attempt for attempt in await attempts_of(client, run) if attempt.evidence]
        all_do = any(attempt.error is None for attempt in found)
        for number, attempt in enumerate(found if all_do else found[-1:], 1):
            await shelf.write(attempt, directory / f"{number:03}-{_name(attempt)}" if all_do else directory)
        await shelf.write_films(run, directory)
        if not shelf.written:
            raise CommandError(
                "not-found",
                f"no step of run {run!r} has left evidence",
                hint="steps in a browser do when they fail; with 'evidence: all' in the document, every one does",
            )
        return shelf.written

    _tell(Output(caller), run, with_client(caller, save))
    return 0


def save_trace(caller: Caller, run: str, step: str, directory: Path) -> int:
    """Write the latest trace of a step, and open it where somebody can look at it."""

    async def save(settings: Settings, client: Client) -> list[Written]:
        await read_row(client, run)
        attempts = [attempt for attempt in await attempts_of(client, run) if step in {attempt.step, attempt.place}]
        traced = [attempt for attempt in attempts if "trace" in attempt.evidence]
        if not traced:
            raise _untraced(run, step, attempts)
        shelf = _Shelf(settings)
        await shelf.write_one(traced[-1], "trace", directory / f"{_name(traced[-1])}-trace.zip")
        return shelf.written

    written, output = with_client(caller, save), Output(caller)
    _tell(output, run, written)
    _open(output, str(written[0]["path"]))
    return 0


class _Shelf:
    """The evidence of an installation, on its way into files."""

    def __init__(self, settings: Settings) -> None:
        seal = Seal(local_secrets(settings).sealing_key())
        self._store = local_evidence(settings.artifacts, seal)
        self._videos = Videos(evidence_directory(settings.artifacts), seal)
        self.written: list[Written] = []

    async def write(self, attempt: Attempt, directory: Path) -> None:
        """Write all that an attempt left behind."""
        for kind in attempt.evidence:
            await self.write_one(attempt, kind, directory / FILE_NAMES.get(kind, kind))

    async def write_one(self, attempt: Attempt, kind: str, path: Path) -> None:
        """Write one piece of it."""
        about: Written = {"step": attempt.step, "place": attempt.place, "attempt": attempt.number, "kind": kind}
        self._write(path, await self._store.read(attempt.evidence[kind]), about)

    async def write_films(self, run: str, directory: Path) -> None:
        """Write the films of a run's sessions."""
        for number, film in enumerate(await self._videos.of(run), 1):
            about: Written = {"step": None, "place": None, "attempt": None, "kind": "video"}
            self._write(directory / f"video-{number}.avi", film, about)

    def _write(self, path: Path, content: bytes, about: Written) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.written.append({**about, "path": str(path)})


def _tell(output: Output, run: str, written: Sequence[Written]) -> None:
    if output.text:
        for each in written:
            output.show(str(each["path"]))
    else:
        output.write({"run": run, "evidence": [*written]})


def _untraced(run: str, step: str, attempts: Sequence[Attempt]) -> CommandError:
    """Say why there is no trace."""
    if not attempts:
        return CommandError("not-found", f"run {run!r} has tried no step {step!r}", hint=f"see `aether show {run}`")
    return CommandError(
        "not-found",
        f"step {step!r} of run {run!r} has left no trace",
        hint="steps in a browser do when they fail, unless their page may show a secret; the file console.json of "
        f"`aether show {run} --evidence DIRECTORY` says why there is none",
    )


def _open(output: Output, path: str) -> None:
    """Open a trace where there is a screen, and say how it is done."""
    command = [sys.executable, "-m", "playwright", "show-trace", path]
    if output.text:
        output.note(shlex.join(command))
    if sys.stdout.isatty() and _has_screen(os.environ):
        quiet = subprocess.DEVNULL
        subprocess.Popen(command, start_new_session=True, stdout=quiet, stderr=quiet)  # noqa: S603 - our own


def _has_screen(environment: Mapping[str, str]) -> bool:
    return os.name == "nt" or sys.platform == "darwin" or bool(environment.keys() & {"DISPLAY", "WAYLAND_DISPLAY"})


def _name(attempt: Attempt) -> str:
    return _UNFIT.sub("_", attempt.place)
