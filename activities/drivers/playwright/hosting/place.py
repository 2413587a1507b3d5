"""Where a robot and its browser host keep what they share, for nobody else's eyes."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from activities.private import private_directory
from workflows.errors import MachineError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LONGEST = 54
"""Bytes: sockets below it may have some fifty more, and no system takes more than a hundred or so in all."""
_PAUSE = 0.02
_USUAL = Path("/tmp")  # noqa: S108 - every place below it is its owner's alone


@dataclass(frozen=True, slots=True)
class Place:
    """One robot's directory: the host's orders and its answer, sockets, notes of sessions, temporary files."""

    path: Path

    @classmethod
    def of(cls, home: Path) -> Place:
        """The place at an address, or a stand-in with a shorter one; there for its owner alone.

        Raises:
            MachineError: it belongs to somebody else.
        """
        path = Path(os.path.abspath(home))  # noqa: PTH100 - with `..` taken out and links left alone
        if len(os.fsencode(path)) > _LONGEST:
            digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
            path = Path(tempfile.gettempdir(), f"aether-{digest}")
            if len(os.fsencode(path)) > _LONGEST and _USUAL.is_dir():
                path = _USUAL / path.name
        private_directory(path)
        _refuse_foreign(path)
        return cls(path)

    @property
    def order(self) -> Path:
        """What the host shall do."""
        return self.path / "order.json"

    @property
    def note(self) -> Path:
        """What the host says of itself."""
        return self.path / "host.json"

    @property
    def log(self) -> Path:
        """What the host and its browser say to nobody."""
        return self.path / "host.log"

    @property
    def sessions(self) -> Path:
        """Notes of the sessions in the browser."""
        return self.path / "sessions"

    @property
    def traces(self) -> Path:
        """Where traces are while they are recorded."""
        return self.path / "traces"

    @property
    def temporary(self) -> Path:
        """Where the browser has its profile, downloads and the like."""
        return self.path / "tmp"

    @property
    def sockets(self) -> Path:
        """Where the host can be reached."""
        return self.path / "sockets"

    def claim(self) -> Claim:
        """The right to use the place."""
        return Claim(self.path / "claim.lock")

    def clear(self) -> None:
        """Remove what a host that has ended left behind."""
        for left in (self.order, self.note):
            left.unlink(missing_ok=True)
        for left in (self.sessions, self.traces, self.temporary, self.sockets):
            shutil.rmtree(left, ignore_errors=True)

    def write(self, path: Path, content: bytes) -> None:
        """Put a file in the place in one go, readable for its owner alone."""
        private_directory(path.parent)
        fresh = path.with_name(f".{path.name}.new")
        with opened(fresh, os.O_TRUNC) as file:
            file.write(content)
        fresh.replace(path)


class Claim:
    """The right of one living process to a place: it ends with the process, however that ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    @property
    def held(self) -> bool:
        """Whether it is this process's."""
        return self._file is not None

    def take(self, *, within: float = 0.0) -> bool:
        """Have it, unless another process has it for longer than some seconds."""
        until = time.monotonic() + within
        while not self.held and not self._try() and time.monotonic() < until:
            time.sleep(_PAUSE)
        return self.held

    def release(self) -> None:
        """Give it back."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def abandon(self) -> None:
        """Give it back, and leave no trace of the place."""
        shutil.rmtree(self._path.parent, ignore_errors=True)
        self.release()

    def _try(self) -> bool:
        try:
            file = opened(self._path)
        except FileNotFoundError:  # whoever had it before has just left no trace
            private_directory(self._path.parent)
            return False
        try:
            _lock(file)
            taken = os.path.samestat(self._path.stat(), os.fstat(file.fileno()))
        except OSError:
            taken = False
        if taken:
            self._file = file
        else:
            file.close()
        return taken


def opened(path: Path, how: int = 0) -> IO[bytes]:
    """A file to write to that nobody but its owner may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600), "wb")


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _refuse_foreign(path: Path) -> None:
    """Whoever can write here can drive the browser."""
    if sys.platform == "win32":  # a directory is as private there as the one it is in
        return
    found = path.lstat()
    if path.is_symlink() or found.st_uid != os.getuid():
        raise MachineError(
            f"expected a directory of this user's own for the browser, found {str(path)!r}, which belongs to somebody "
            "else; remove it, or choose another state directory"
        )
    with suppress(PermissionError):
        path.chmod(0o700)
