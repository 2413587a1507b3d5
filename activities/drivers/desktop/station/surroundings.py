"""The environment that programs on a desktop find."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_KNOWN = ("PATH", "LANG", "LANGUAGE", "TZ")
"""What programs learn of the robot's own environment, beside the `LC_` ones; the rest may hold keys."""
_NEEDED = "PYTHONPATH"
"""What a supervisor learns besides."""
_SOFTWARE = {
    "GDK_BACKEND": "x11",
    "QT_QPA_PLATFORM": "xcb",
    "SAL_USE_VCLPLUGIN": "gtk3",
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "GSK_RENDERER": "cairo",
    "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
    "QT_ACCESSIBILITY": "1",
    "GTK_MODULES": "",
    "GTK_USE_PORTAL": "0",
    "GIO_USE_VFS": "local",
    "XDG_SESSION_TYPE": "x11",
}
"""Windows of X11, drawn without a graphics card, that tell what they show; no services that no program needs."""


def supervisor_environment(own: Mapping[str, str]) -> dict[str, str]:
    """What a robot tells a supervisor of its environment."""
    return _known(own) | ({_NEEDED: own[_NEEDED]} if _NEEDED in own else {})


def desktop_environment(own: Mapping[str, str], directory: Path, display: str = "") -> dict[str, str]:
    """What programs of a desktop find, once there is a display."""
    language = {} if any("UTF-8" in own.get(name, "").upper() for name in ("LC_ALL", "LANG")) else {"LANG": "C.UTF-8"}
    return (
        _known(own)
        | language
        | ({"DISPLAY": display} if display else {})
        | {
            "XAUTHORITY": str(cookie(directory)),
            "DBUS_SESSION_BUS_ADDRESS": bus_address(directory),
            "HOME": str(directory / "home"),
            "TMPDIR": str(directory / "tmp"),
            "XDG_RUNTIME_DIR": str(directory / "run"),
            "XDG_CONFIG_HOME": str(directory / "home" / ".config"),
            "XDG_CACHE_HOME": str(directory / "home" / ".cache"),
            "XDG_DATA_HOME": str(directory / "home" / ".local" / "share"),
            "XDG_STATE_HOME": str(directory / "home" / ".local" / "state"),
        }
        | _SOFTWARE
    )


def directories(directory: Path) -> tuple[Path, ...]:
    """What must be there before any program is."""
    return (directory / "home", directory / "tmp", directory / "run", folder(directory))


def folder(directory: Path) -> Path:
    """Where programs begin, and where a run lends files to them."""
    return directory / "home" / "Documents"


def cookie(directory: Path) -> Path:
    """The file that lets programs speak to the display."""
    return directory / "cookie"


def bus_address(directory: Path) -> str:
    """Where the session bus is."""
    return f"unix:path={directory}/bus"


def _known(own: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in own.items() if name in _KNOWN or name.startswith("LC_")}
