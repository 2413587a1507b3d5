"""Which programs a robot may start, where its settings name them."""

from __future__ import annotations

import ntpath
import posixpath
import sys
from collections.abc import Sequence

from activities.sessions.desktop import Launch
from workflows.errors import ConfigurationError

_SETTING = "robot.desktop_programs"
_HARMLESS = frozenset({"LANG", "LANGUAGE", "TZ"})
"""What says nothing of other programs; with most else (`PATH`, `LD_PRELOAD`) a program can be made another one."""


def refuse_unless(launch: Launch, permitted: Sequence[str]) -> None:
    """Let pass what the settings name, and all where they name nothing.

    A name permits what the system finds by it, and a path that very file.

    Raises:
        ConfigurationError: they name others.
    """
    if not permitted:
        return
    if _plain(launch.program) not in map(_plain, permitted):
        raise ConfigurationError(
            f"this robot may not start program {launch.program!r}; its setting {_SETTING!r} names those that it may: "
            f"{', '.join(map(repr, permitted))}"
        )
    others = [name for name in launch.environment or {} if name not in _HARMLESS and not name.startswith("LC_")]
    if others:
        raise ConfigurationError(
            f"this robot may not start program {launch.program!r} with the environment variable {others[0]!r}, which "
            f"could make it another one; where the setting {_SETTING!r} names programs, only LANG, LANGUAGE, LC_* and "
            "TZ can be set"
        )


def _plain(program: str) -> str:
    """One spelling of all that mean the same; what leads on from the folder it is started in is left as it is."""
    system = ntpath if sys.platform == "win32" else posixpath
    whole = system.normpath(program) if system.isabs(program) else program
    return str(system.normcase(whole)).removesuffix(".exe" if sys.platform == "win32" else "")
