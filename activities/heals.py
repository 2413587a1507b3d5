"""What steps found in place of their elements, or would have taken, and what people said to that."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue, ValidationError

from activities.fingerprints import Fingerprint, FingerprintKey
from activities.private import private_directory
from workflows.call import FileEntry
from workflows.errors import ConfigurationError

Outcome: TypeAlias = Literal["healed", "proposed", "refused"]
"""What a step did: it acted on what it found, or asks a person, or would not have it."""

_MOST = 1000
"""Findings that are kept; those met last stay."""
_MOST_OCCASIONS = 500
_FINDING, _OCCASIONS, _RULING = "finding.json", "occasions.jsonl", "ruling.json"


class UnknownHealError(ConfigurationError):
    """A heal that nobody has recorded, or that is forgotten."""


class Record(BaseModel):
    """What all parts of a heal share: immutable, and tolerant of what a newer release may add."""

    model_config = ConfigDict(frozen=True, extra="ignore")


R = TypeVar("R", bound=Record)


class Suggested(Record):
    """A target that names what was found, and nothing else."""

    target: JsonValue
    """As documents write it."""
    stability: int
    """From 0 to 100: how likely it is to mean the same element when the page has changed."""
    reason: str


class Finding(Record):
    """An element whose target does not name it any more, and what it is now: the same for all steps that met it."""

    id: str
    key: FingerprintKey
    """Whose element it is."""
    before: Fingerprint
    after: Fingerprint | None
    """What was found; None where nothing was, or its page shows a secret."""
    found: str
    """What was found, in words; empty where nothing was."""
    targets: tuple[Suggested, ...] = ()
    """Those of what was found, the most stable one first."""
    picture: FileEntry | None = None
    """The page with what was found marked in it; encrypted, in the evidence store."""


class Occasion(Record):
    """One step that met it."""

    at: AwareDatetime
    outcome: Outcome
    run: str
    """The Temporal workflow id."""
    place: str
    """The step with the rounds it is in, e.g. `pay_all[7].pay`."""
    effect: str
    score: float | None = None
    margin: float | None = None
    tier: int = 1
    """How it was known: 1 by what it is, 2 by what is around it, 3 by how it looks."""
    reason: str


class Ruling(Record):
    """What a person said to it."""

    verdict: Literal["accepted", "rejected"]
    at: AwareDatetime
    by: str
    note: str = ""


class Heal(Record):
    """A finding, on whatever occasions, and what a person said to it."""

    finding: Finding
    occasions: tuple[Occasion, ...]
    """The latest one last; never none."""
    ruling: Ruling | None = None

    @property
    def state(self) -> Literal["healed", "proposed", "refused", "accepted", "rejected"]:
        """What a person said, or else what was done the last time."""
        return self.ruling.verdict if self.ruling is not None else self.occasions[-1].outcome

    @property
    def runs(self) -> tuple[str, ...]:
        """The runs that met it, the latest one last."""
        return tuple(dict.fromkeys(occasion.run for occasion in self.occasions))


def heal_id(key: FingerprintKey, found: str, after: Fingerprint | None) -> str:
    """Name what was found for an element: the same in all runs."""
    whole = json.dumps([key.model_dump(), after.look if after is not None else "", found])
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


class Heals:
    """Findings as folders of one directory, beside the fingerprints.

    Robots that share it may write at the same time: a finding is written once, occasions are lines that are added,
    and a ruling is a file of its own.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def note(self, finding: Finding, occasion: Occasion) -> None:
        """Keep what a step found."""
        await asyncio.to_thread(self._note, finding, occasion)

    async def knows(self, heal: str) -> bool:
        """Tell whether it was found before."""
        return await asyncio.to_thread((self._directory / heal / _FINDING).is_file)

    async def ruling(self, heal: str) -> Ruling | None:
        """What a person said to it."""
        return await asyncio.to_thread(_read, self._directory / heal / _RULING, Ruling)

    async def all(self) -> Sequence[Heal]:
        """Everything that is kept, the latest first."""
        return await asyncio.to_thread(self._all)

    async def get(self, heal: str) -> Heal:
        """Find one by its id, or the beginning of it.

        Raises:
            UnknownHealError: there is none, or several begin like this.
        """
        found = [each for each in await self.all() if each.finding.id.startswith(heal)] if heal else []
        if len(found) == 1:
            return found[0]
        said = f"{len(found)} heals begin with {heal!r}" if found else f"no heal {heal!r} is recorded"
        raise UnknownHealError(f"{said}; see `aether heal list`")

    async def rule(self, heal: str, ruling: Ruling) -> None:
        """Keep what a person said to it, in place of what was said before."""
        await asyncio.to_thread(_write, self._directory / heal / _RULING, ruling.model_dump_json())

    def _note(self, finding: Finding, occasion: Occasion) -> None:
        folder = private_directory(self._directory / finding.id)
        if not (folder / _FINDING).is_file():
            _write(folder / _FINDING, finding.model_dump_json())
            self._forget_surplus()
        _append(folder / _OCCASIONS, occasion.model_dump_json())

    def _all(self) -> list[Heal]:
        found = [heal for folder in _folders(self._directory) if (heal := _heal_in(folder)) is not None]
        return sorted(found, key=lambda heal: heal.occasions[-1].at, reverse=True)

    def _forget_surplus(self) -> None:
        """Drop what was met longest ago."""
        for folder in sorted(_folders(self._directory), key=_met, reverse=True)[_MOST:]:
            shutil.rmtree(folder, ignore_errors=True)


def local_heals(artifacts: Path) -> Heals:
    """Have the heals of an installation that keeps its artifacts in a directory."""
    return Heals(artifacts / "heals")


def _folders(directory: Path) -> list[Path]:
    return [folder for folder in directory.glob("*") if folder.is_dir()]


def _heal_in(folder: Path) -> Heal | None:
    finding = _read(folder / _FINDING, Finding)
    occasions = tuple(_occasions(folder / _OCCASIONS))
    if finding is None or not occasions:
        return None
    return Heal(finding=finding, occasions=occasions, ruling=_read(folder / _RULING, Ruling))


def _occasions(path: Path) -> Iterable[Occasion]:
    with suppress(FileNotFoundError):
        for line in path.read_text(encoding="utf-8").splitlines():
            with suppress(ValidationError):  # another release wrote it in its own way
                yield Occasion.model_validate_json(line)


def _met(folder: Path) -> float:
    """When a finding was met last, as far as it was."""
    for name in (_OCCASIONS, _FINDING):
        with suppress(FileNotFoundError):
            return (folder / name).stat().st_mtime
    return 0.0


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if len(lines) > 2 * _MOST_OCCASIONS:
        _write(path, "".join(lines[-_MOST_OCCASIONS:]))


def _read(path: Path, model: type[R]) -> R | None:
    try:
        return model.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _write(path: Path, content: str) -> None:
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
    Path(partial).replace(path)
