"""What a desktop's supervisor and the robots that use the desktop write down for each other.

A supervisor has to be small, so there is nothing here but the standard library.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from activities.drivers.desktop.station.process import is_running


@dataclass(frozen=True, slots=True)
class Running:
    """A process that cannot be mistaken for another one."""

    pid: int
    began: int
    """In ticks since the machine began."""

    @property
    def alive(self) -> bool:
        """Whether it is there still."""
        return is_running(self.pid, self.began)


@dataclass(frozen=True, slots=True)
class Order:
    """What a supervisor shall have: one desktop."""

    session: str
    run: str
    lease: int
    width: int
    height: int
    linger: float
    """Seconds it stays when there is no robot."""
    memo: str
    """The file that tells a successor of the robot of it."""

    def write(self, path: Path) -> None:
        """Put it where the supervisor reads it."""
        write_private(path, json.dumps(asdict(self)).encode())

    @classmethod
    def read(cls, path: Path) -> Self:
        """What was ordered."""
        return cls(**json.loads(path.read_bytes()))


@dataclass(frozen=True, slots=True)
class Memo:
    """One desktop, as its supervisor knows it."""

    session: str
    run: str
    lease: int
    directory: str
    """Where everything of it is: sockets, the cookie of its display, homes of its programs."""
    display: str
    supervisor: Running
    guard: Running
    """The parent of the supervisor, which clears up behind it."""
    apps: dict[str, Running] = field(default_factory=dict)
    """Programs by what the run calls them, the one noted last at the end."""

    def write(self, path: Path) -> None:
        """Put it where a successor of the robot finds it."""
        write_private(path, json.dumps(self.values()).encode())

    def values(self) -> dict[str, Any]:
        """The memo as JSON knows it."""
        return asdict(self)

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """A memo out of JSON.

        Raises:
            ValueError: it is none.
        """
        try:
            supervisor, guard = Running(**values["supervisor"]), Running(**values["guard"])
            apps = {name: Running(**app) for name, app in values["apps"].items()}
            return cls(**{**values, "supervisor": supervisor, "guard": guard, "apps": apps})
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError("no memo of a desktop") from error

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """What a file says; nothing if it is gone, or says nothing that can be understood."""
        try:
            return cls.of(json.loads(path.read_bytes()))
        except (OSError, ValueError):
            return None


def write_private(path: Path, content: bytes) -> None:
    """Put a file somewhere in one go, for its owner alone."""
    fresh = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    fresh.replace(path)
