"""Archives made: the same files give the same archive, byte by byte."""

from __future__ import annotations

import gzip
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from typing_extensions import override

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""What all files of a zip were changed at: the earliest it can say."""
_TAR_MODES = {
    ".tar": "w:",
    ".tar.gz": "w:gz",
    ".tgz": "w:gz",
    ".tar.bz2": "w:bz2",
    ".tar.xz": "w:xz",
}
ENDINGS = r"(?i)\.(zip|tar|tgz|tar\.gz|tar\.bz2|tar\.xz)$"
"""What the path of an archive ends with."""


class Packer(Protocol):
    """An archive that is being made."""

    def add(self, name: str, content: Path) -> None:
        """Put a file into it."""


@contextmanager
def packing(path: Path, name: str) -> Iterator[Packer]:
    """Make an archive of the kind that its name says."""
    if name.lower().endswith(".zip"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            yield _Zip(archive)
        return
    mode = next(mode for ending, mode in _TAR_MODES.items() if name.lower().endswith(ending))
    with path.open("wb") as file:
        if mode == "w:gz":  # which says when it was made, and called what, unless told not to
            with (
                gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as target,
                tarfile.open(fileobj=target, mode="w:") as tar,
            ):
                yield _Tar(tar)
        else:
            with tarfile.open(fileobj=file, mode=mode) as tar:  # type: ignore[call-overload]
                yield _Tar(tar)


class _Zip(Packer):
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @override
    def add(self, name: str, content: Path) -> None:
        entry = zipfile.ZipInfo(name, _LONG_AGO)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        with content.open("rb") as source, self._archive.open(entry, "w", force_zip64=True) as target:
            while chunk := source.read(1024 * 1024):
                target.write(chunk)


class _Tar(Packer):
    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive

    @override
    def add(self, name: str, content: Path) -> None:
        entry = tarfile.TarInfo(name)
        entry.size = content.stat().st_size
        with content.open("rb") as source:
            self._archive.addfile(entry, source)
