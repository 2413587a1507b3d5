"""What a robot and its browser host write down for each other."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from activities.drivers.browsers import Engine
from activities.drivers.playwright.hosting.place import Place
from activities.drivers.playwright.hosting.tree import is_running


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Launch(_Written):
    """How a browser is started."""

    engine: Engine
    executable: Path
    headed: bool = False
    slow_motion: float = 0.0
    """Seconds."""


class HostOrder(_Written):
    """What a host shall do."""

    incarnation: str
    """Unlike that of any other host."""
    launch: Launch
    linger: float
    """Seconds it stays when there is no robot."""


class HostNote(_Written):
    """What a host says of itself as soon as it can be used, or cannot."""

    incarnation: str
    pid: int
    created: float
    """When its process began, by the system's clock."""
    playwright: str
    launch: Launch
    endpoint: str | None = None
    """Where robots connect."""
    failure: str | None = None
    """Why its browser does not start."""

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return is_running(self.pid, self.created)

    def unfit(self, launch: Launch) -> Literal["no-browser", "other-version", "other-browser"] | None:
        """Why a robot cannot use it; None if it can."""
        if self.endpoint is None:
            return "no-browser"
        if minor(self.playwright) != minor(version("playwright")):
            return "other-version"
        return None if self.launch == launch else "other-browser"


def minor(release: str) -> str:
    """As much of a version as host and robots must have in common."""
    return ".".join(release.split(".")[:2])


def read_order(place: Place) -> HostOrder:
    """What the host of a place shall do."""
    return HostOrder.model_validate_json(place.order.read_bytes())


def read_note(place: Place) -> HostNote | None:
    """What the host of a place says; nothing where there was none, or none that can be understood."""
    try:
        return HostNote.model_validate_json(place.note.read_bytes())
    except (OSError, ValidationError):
        return None
