"""Archives (zip, tar, tar.gz, tar.bz2, tar.xz) and single compressed files, read without trusting them."""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BufferedIOBase
from pathlib import Path
from tarfile import EOFHeaderError, HeaderError, ReadError  # type: ignore[attr-defined] # not in typeshed
from typing import Protocol, Self, cast

from typing_extensions import override

from workflows.errors import InvalidFileError

MOST_FILES = 10_000
LARGEST = 2 * 1024**3
"""Unpacked, in bytes."""
_STEEPEST = 1_000
"""How many times larger than its archive all content may be; documents get to a hundred times."""
_HARMLESS = 20 * 1024**2
"""In bytes: what is smaller may be packed as tightly as it likes."""
_CHUNK = 1024 * 1024
_SAYS_UTF8 = 0x800
_COMPRESSED: dict[bytes, Callable[[Path], BufferedIOBase]] = {
    b"\x1f\x8b": gzip.GzipFile,
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
_ENDINGS = (".gz", ".bz2", ".xz")
_UNREADABLE = (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, lzma.LZMAError, zlib.error, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive."""

    name: str
    """Its path as the archive has it, with `/` between folders."""
    size: int | None
    """How long it is, in bytes; None where only unpacking tells."""
    link: bool = False
    """Whether it is no content of its own: a link, a device."""


class Archive(Protocol):
    """An archive to read, member after member."""

    def members(self) -> Iterator[tuple[Member, Callable[[], BufferedIOBase]]]:
        """Give each file with a way to open it, to be used before the next one is asked for."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Which archive to open, and how."""

    path: Path
    shown_as: str
    """How the run knows it."""
    password: str | None = None


@contextmanager
def opened(packed: Packed) -> Iterator[Archive]:
    """Open an archive; its kind is told by its content.

    Raises:
        InvalidFileError: it is none, is broken or protected, or unpacks to more than a robot takes.
    """
    try:
        with _open(packed) as archive:
            yield archive
    except _UNREADABLE as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the machine's trouble, not the archive's
        raise InvalidFileError(
            f"{packed.shown_as!r} is no archive (zip, tar, tar.gz, tar.bz2, tar.xz) that can be unpacked: {error}"
        ) from error


@contextmanager
def _open(packed: Packed) -> Iterator[Archive]:
    if zipfile.is_zipfile(packed.path):
        with zipfile.ZipFile(packed.path) as archive:
            yield _Zip(archive, packed)
        return
    with packed.path.open("rb") as file:
        start = file.read(6)
    decompress = next((way for mark, way in _COMPRESSED.items() if start.startswith(mark)), None)
    with _Limited(decompress(packed.path) if decompress else packed.path.open("rb"), packed) as content:
        if _is_tar(packed, decompress):
            with tarfile.open(fileobj=content, mode="r|", tarinfo=_Entry) as tar:
                yield _Tar(tar)
        elif decompress is None:
            raise InvalidFileError(f"{packed.shown_as!r} is no archive (zip, tar, tar.gz, tar.bz2, tar.xz)")
        else:
            yield _Single(content, packed)


def _is_tar(packed: Packed, decompress: Callable[[Path], BufferedIOBase] | None) -> bool:
    with decompress(packed.path) if decompress else packed.path.open("rb") as file:
        head = file.read(tarfile.BLOCKSIZE)
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


class _Zip(Archive):
    def __init__(self, archive: zipfile.ZipFile, packed: Packed) -> None:
        self._archive = archive
        self._packed = packed

    @override
    def members(self) -> Iterator[tuple[Member, Callable[[], BufferedIOBase]]]:
        found = self._archive.infolist()
        _refuse_bomb(sum(entry.file_size for entry in found), self._packed)
        for entry in found:
            if not entry.is_dir():
                link = stat.S_ISLNK(entry.external_attr >> 16)
                yield (
                    Member(_name_of(entry).replace("\\", "/"), entry.file_size, link),
                    partial(self._read, entry),
                )

    def _read(self, entry: zipfile.ZipInfo) -> BufferedIOBase:
        shown, password = self._packed.shown_as, self._packed.password
        if entry.flag_bits & 1 and password is None:
            raise InvalidFileError(f"{entry.filename!r} in {shown!r} is protected; give the archive's 'password'")
        if entry.flag_bits & 1 and entry.compress_type == 99:  # noqa: PLR2004 - how archives mark AES
            raise InvalidFileError(
                f"{entry.filename!r} in {shown!r} is encrypted with AES, which cannot be opened here; ask for an "
                "archive without a password, or one with 'ZipCrypto'"
            )
        try:
            return cast("BufferedIOBase", self._archive.open(entry, pwd=password.encode() if password else None))
        except RuntimeError as error:
            raise InvalidFileError(f"the given password does not open {entry.filename!r} in {shown!r}") from error


def _name_of(entry: zipfile.ZipInfo) -> str:
    """Read a name as it was meant: some programs write UTF-8 without saying so."""
    if entry.flag_bits & _SAYS_UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode()
    except UnicodeError:
        return entry.filename


class _Entry(tarfile.TarInfo):
    """Knows a tar that ends before its end: else what is missing would not be missed."""

    @override
    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile)
        except EOFHeaderError:
            raise
        except HeaderError as error:
            if tarfile.offset == 0:
                raise
            msg = f"it is broken or cut off after {tarfile.offset} bytes"
            raise ReadError(msg) from error


class _Tar(Archive):
    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive

    @override
    def members(self) -> Iterator[tuple[Member, Callable[[], BufferedIOBase]]]:
        for entry in self._archive:
            if not entry.isdir():
                member = Member(_readable(entry.name), entry.size, link=not entry.isfile())
                yield member, partial(self._read, entry)

    def _read(self, entry: tarfile.TarInfo) -> BufferedIOBase:
        return cast("BufferedIOBase", self._archive.extractfile(entry))


def _readable(name: str) -> str:
    """Read a name that is no UTF-8 as old systems of Western Europe wrote it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return name.encode(errors="surrogateescape").decode("cp1252", errors="replace")
    return name


class _Single(Archive):
    """One file, compressed: it is called as the archive without its ending."""

    def __init__(self, content: BufferedIOBase, packed: Packed) -> None:
        self._content = content
        name = packed.shown_as.rpartition("/")[2]
        self._name = next((name.removesuffix(end) for end in _ENDINGS if name.lower().endswith(end)), name)

    @override
    def members(self) -> Iterator[tuple[Member, Callable[[], BufferedIOBase]]]:
        yield Member(self._name or "content", None), lambda: self._content


class _Limited(BufferedIOBase):
    """Content that is unpacked only as far as it is no bomb."""

    def __init__(self, content: BufferedIOBase, packed: Packed) -> None:
        self._content = content
        self._packed = packed
        self._count = 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        piece = self._content.read(_CHUNK if size is None or size < 0 else size)
        self._count += len(piece)
        _refuse_bomb(self._count, self._packed)
        return piece

    @override
    def close(self) -> None:
        self._content.close()
        super().close()


def _refuse_bomb(size: int, packed: Packed) -> None:
    """Refuse content that is too large, or so much larger than its archive that it is meant to do harm."""
    if size > LARGEST:
        raise InvalidFileError(
            f"{packed.shown_as!r} unpacks to more than {LARGEST // 1024**3} GiB; unpack it elsewhere"
        )
    if size > _HARMLESS and size > _STEEPEST * packed.path.stat().st_size:
        raise InvalidFileError(
            f"{packed.shown_as!r} unpacks to more than {_STEEPEST} times its size; no honest archive does"
        )
