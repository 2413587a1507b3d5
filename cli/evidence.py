"""`aether show --evidence` and `aether show --trace`: what steps left behind, as files."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue
from temporalio.client import Client

from activities.evidence import FILE_NAMES, EvidenceStore, local_evidence
from activities.sealing import Seal
from cli.caller import Caller
from cli.connecting import with_client
from cli.failure import CommandError
from cli.keeping import secret_store
from cli.output import Output
from workers.attempts import Attempt, attempts_of
from workers.records import read_row
from workers.settings import Settings
from workflows.call import FileEntry

_UNFIT = re.compile(r"[^\w.\[\]-]+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """One file to be written."""

    attempt: Attempt
    kind: str
    entry: FileEntry
    path: Path

    def record(self) -> dict[str, JsonValue]:
        """The same for programs."""
        attempt = self.attempt
        return {
            "step": attempt.step,
            "place": attempt.place,
            "attempt": attempt.number,
            "kind": self.kind,
            "path": str(self.path),
        }


def save_evidence(caller: Caller, run: str, directory: Path) -> int:
    """Write what the step that failed last left behind; where none failed, what all of them did."""

    async def save(settings: Settings, client: Client) -> list[_Piece]:
        await read_row(client, run)
        found = [attempt for attempt in await attempts_of(client, run) if attempt.evidence]
        if not found:
            raise CommandError(
                "not-found",
                f"no step of run {run!r} has left evidence",
                hint="steps in a browser do when they fail; with 'evidence: all' in the document, every one does",
            )
        pieces = list(_pieces(found, directory))
        await _write(_store(settings), pieces)
        return pieces

    return _tell(caller, run, with_client(caller, save))


def save_trace(caller: Caller, run: str, step: str, directory: Path) -> int:
    """Write the latest trace of a step, and open it where somebody can look at it."""

    async def save(settings: Settings, client: Client) -> list[_Piece]:
        await read_row(client, run)
        attempts = [attempt for attempt in await attempts_of(client, run) if step in {attempt.step, attempt.place}]
        traced = [attempt for attempt in attempts if "trace" in attempt.evidence]
        if not traced:
            raise _untraced(run, step, attempts)
        latest = traced[-1]
        piece = _Piece(latest, "trace", latest.evidence["trace"], directory / f"{_folder(latest)}-trace.zip")
        await _write(_store(settings), [piece])
        return [piece]

    pieces = with_client(caller, save)
    code = _tell(caller, run, pieces)
    _open(Output(caller), pieces[0].path)
    return code


def _pieces(attempts: Sequence[Attempt], directory: Path) -> Iterator[_Piece]:
    failed = [attempt for attempt in attempts if attempt.error is not None]
    for number, attempt in enumerate(failed[-1:] or attempts, 1):
        folder = directory if failed else directory / f"{number:03}-{_folder(attempt)}"
        for kind, entry in attempt.evidence.items():
            yield _Piece(attempt, kind, entry, folder / FILE_NAMES.get(kind, kind))


async def _write(store: EvidenceStore, pieces: Sequence[_Piece]) -> None:
    for piece in pieces:
        content = await store.read(piece.entry)
        piece.path.parent.mkdir(parents=True, exist_ok=True)
        piece.path.write_bytes(content)


def _store(settings: Settings) -> EvidenceStore:
    return local_evidence(settings.artifacts, Seal(secret_store(settings).sealing_key()))


def _tell(caller: Caller, run: str, pieces: Sequence[_Piece]) -> int:
    output = Output(caller)
    if output.text:
        for piece in pieces:
            output.show(str(piece.path))
    else:
        output.write({"run": run, "evidence": [piece.record() for piece in pieces]})
    return 0


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


def _open(output: Output, path: Path) -> None:
    """Open a trace where there is a screen, and say how it is done."""
    command = [sys.executable, "-m", "playwright", "show-trace", str(path)]
    if output.text:
        output.note(shlex.join(command))
    if sys.stdout.isatty() and _has_screen(os.environ):
        quiet = subprocess.DEVNULL
        subprocess.Popen(command, start_new_session=True, stdout=quiet, stderr=quiet)  # noqa: S603 - our own


def _has_screen(environment: Mapping[str, str]) -> bool:
    return os.name == "nt" or sys.platform == "darwin" or bool(environment.keys() & {"DISPLAY", "WAYLAND_DISPLAY"})


def _folder(attempt: Attempt) -> str:
    return _UNFIT.sub("_", attempt.place)
