"""What steps remember of the elements they used, so that they know them again."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from typing_extensions import override

from activities.private import private_directory
from activities.variant import variant, without_route

_MOST_PER_STEP = 50
"""A loop over many rows has a target for each; the ones used last are kept."""

_NAMED = "page-"
"""How files are called that are named by what pages of many records have in common."""

LONGEST_PICTURE = 24_000
"""Characters a picture of an element may have."""

Short = Annotated[str, StringConstraints(max_length=200)]
Words = Annotated[tuple[Short, ...], Field(max_length=40)]


class Known(BaseModel):
    """What all parts of a fingerprint share: immutable, and tolerant of what a newer release may add."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Twin(Known):
    """Another element of the same name, by its surroundings."""

    around: Words
    heading: Short
    landmark: Short
    href: Short
    path: Words
    same: bool = True
    """Whether it was the same in all that it was, too."""


class Fingerprint(Known):
    """One element, by what it is, what it is near to, and what else there was.

    It holds what a page shows to everybody who opens it, never what fields hold, and is small: at most some KiB of
    JSON, the same for every browser and machine.
    """

    version: Literal[1]
    look: Short
    """A digest of all that the element is: as long as it is the same, nothing has changed."""
    tag: Short
    kind: Literal["click", "field", "check", "file", "other"]
    """How it is used."""
    type: Short
    role: Short
    id: Short
    name: Short
    test: Short
    href: Short
    """Where it leads, without host and query."""
    src: Short
    choice: Short
    """Which of several boxes it is."""
    text: Short
    label: Short
    hint: Short
    icon: Short
    classes: Words
    attributes: Annotated[dict[Short, Short], Field(max_length=20)]
    options: Words
    path: Words
    """The elements it is in, innermost last, each with its number among its kind."""
    box: tuple[float, float, float, float]
    near: Words
    """Words close to it."""
    left: Short
    above: Short
    around: Words
    """Words of its row, card or group."""
    heading: Short
    landmark: Short
    mark: Words
    """Its name, id, field name and address, as digests."""
    usable: int
    """How many elements there were to choose from."""
    others: Annotated[tuple[Short, ...], Field(max_length=300)]
    """The marks of the others, those closest to it."""
    twins: Annotated[tuple[Twin, ...], Field(max_length=12)]
    turn: int
    """How many of its twins come before it."""
    picture: Annotated[str, StringConstraints(max_length=LONGEST_PICTURE)] = ""
    """How it looks (PNG, Base64), of small elements that say nothing; never of a field."""
    looking_alike: int = 0
    """How many others looked like it."""
    record: Short = ""
    """A digest of the address it was taken at, where pages of many records are one."""
    accepted: bool = False
    """Whether a person said that this is the element of its step, and no step has used it by its target since."""

    @property
    def says_something(self) -> bool:
        """Whether it has a text or name, or is a field: those are not known by how they look."""
        return bool(self.text or self.label or self.hint) or self.kind in ("field", "file")

    @property
    def called(self) -> str:
        """What people call it."""
        return self.text or self.label or self.hint or self.icon or self.name or self.id or self.tag


class FingerprintKey(Known):
    """Whose fingerprint it is: the same step may meet its target on several pages."""

    document: str
    step: str
    target: str
    """The target as it is written: another one is the author's decision, not a change of the page."""
    page: Annotated[str, AfterValidator(variant)]
    """Origin, path and route, with a placeholder for what tells records apart."""

    def without_route(self) -> FingerprintKey:
        """The same of an application as a whole."""
        return self.model_copy(update={"page": without_route(self.page)})


class Kept(Known):
    """A fingerprint and whose it is."""

    key: FingerprintKey
    fingerprint: Fingerprint


class FingerprintStore(Protocol):
    """Where fingerprints are kept."""

    async def get(self, key: FingerprintKey) -> Fingerprint | None:
        """The fingerprint of an element; None if it was never seen."""

    async def put(self, key: FingerprintKey, fingerprint: Fingerprint) -> None:
        """Keep a fingerprint in place of the one before."""

    async def of(self, document: str) -> Sequence[Kept]:
        """All that is known of the elements of a document."""


class LocalFingerprintStore(FingerprintStore):
    """Fingerprints as files of one directory: a folder for each step of each document."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @override
    async def get(self, key: FingerprintKey) -> Fingerprint | None:
        kept = await asyncio.to_thread(self._get, key)
        return kept.fingerprint if kept is not None else None

    @override
    async def put(self, key: FingerprintKey, fingerprint: Fingerprint) -> None:
        await asyncio.to_thread(_write, self._path(key), Kept(key=key, fingerprint=fingerprint))

    @override
    async def of(self, document: str) -> Sequence[Kept]:
        return await asyncio.to_thread(_all, self._directory / _digest(document))

    def _get(self, key: FingerprintKey) -> Kept | None:
        """Read a fingerprint; that of the application as a whole where its route was never seen."""
        path = self._path(key)
        kept = _read(path)
        if kept is None and self._renamed(path.parent):
            kept = _read(path)
        plain = key.without_route()
        return kept if kept is not None or plain == key else self._get(plain)

    def _renamed(self, folder: Path) -> bool:
        """Give the fingerprints of a step that an older release named by whole addresses the names they have now."""
        older = [path for path in folder.glob("*.json") if not path.name.startswith(_NAMED)]
        for path in sorted(older, key=_age):
            kept = _read(path)
            with suppress(FileNotFoundError):  # another robot was faster
                if kept is None or (named := self._path(kept.key)).exists():
                    path.unlink()
                else:
                    path.replace(named)
        return bool(older)

    def _path(self, key: FingerprintKey) -> Path:
        element = _digest(f"{key.target}\n{key.page}")
        return self._directory / _digest(key.document) / _digest(key.step) / f"{_NAMED}{element}.json"


def local_fingerprints(artifacts: Path) -> LocalFingerprintStore:
    """Have the fingerprints of an installation that keeps its artifacts in a directory."""
    return LocalFingerprintStore(artifacts / "fingerprints")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _read(path: Path) -> Kept | None:
    """Read a fingerprint; one that another release wrote in its own way is as good as none."""
    try:
        return Kept.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _all(folder: Path) -> list[Kept]:
    """All of a document; the latest where an older release kept several of one page."""
    oldest_first = sorted(folder.glob("*/*.json"), key=_age, reverse=True)
    found = {kept.key: kept for path in oldest_first if (kept := _read(path)) is not None}
    return sorted(found.values(), key=lambda kept: (kept.key.step, kept.key.target, kept.key.page))


def _write(path: Path, kept: Kept) -> None:
    private_directory(path.parent)
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(kept.model_dump_json())
    Path(partial).replace(path)
    files = sorted(path.parent.glob("*.json"), key=_age)
    for old in files[_MOST_PER_STEP:]:
        old.unlink(missing_ok=True)


def _age(path: Path) -> float:
    with suppress(FileNotFoundError):  # another step took it away
        return -path.stat().st_mtime
    return 0.0
