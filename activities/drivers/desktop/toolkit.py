"""What a driver must be able to do with one control; everything else is the same on all systems."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from activities.sessions.desktop import Facts, MouseButton, Rect


class UnsupportedError(Exception):
    """A control does not offer what is asked of it: there may be another way to the same end."""


class StaleError(Exception):
    """A control, or its whole program, is not there any more."""


class UnresponsiveError(Exception):
    """A program does not answer: whether it has done what it was asked for, nobody can tell."""


class Toolkit(Protocol):
    """The controls of one desktop, by their references.

    Nothing here waits or looks twice: each call answers for this moment. A control that is gone is a StaleError, one
    that cannot do it an UnsupportedError; a program that does not answer soon is an UnresponsiveError.
    """

    @property
    def environment(self) -> Mapping[str, str]:
        """What programs have to find in their environment in order to tell of their controls."""
        return {}

    async def windows(self) -> Sequence[Facts]:
        """Top-level windows of all programs; programs that do not answer are left out."""

    async def missed(self, pids: Collection[int]) -> bool:
        """Whether programs show windows of which they tell nothing, though they know how to if they begin anew."""
        del pids
        return False

    async def deaf(self, pids: Collection[int]) -> bool:
        """Whether one of these programs was left out of the windows because it does not answer."""
        del pids
        return False

    async def children(self, ref: str) -> Sequence[Facts]:
        """The controls directly inside of one; a bounded number of them where it claims to have endless ones."""

    async def named(self, ref: str, name: str) -> Facts | None:
        """The cell of that name in a table with more cells than `children` tells of; None if there is none."""

    async def facts(self, ref: str) -> Facts:
        """What is true of a control now."""

    async def invoke(self, ref: str) -> None:
        """Do what a click would do, without a mouse."""

    async def value(self, ref: str) -> str:
        """The value or text it shows."""

    async def editable(self, ref: str) -> bool | None:
        """Whether its text can be changed; None if it does not say."""
        del ref
        return None

    async def set_value(self, ref: str, value: str) -> None:
        """Give it a value, without a keyboard."""

    async def toggle(self, ref: str) -> None:
        """Switch what can be checked."""

    async def select(self, ref: str) -> None:
        """Select one item."""

    async def expand(self, ref: str, *, open: bool) -> None:  # noqa: A002 - what people call it
        """Unfold it, or fold it."""

    async def rows(self, ref: str, most: int) -> list[list[str]]:
        """The cells of a table."""

    async def focus(self, ref: str) -> None:
        """Have it take what is typed."""

    async def reveal(self, ref: str) -> None:
        """Bring it where the mouse reaches it: its window to the front, itself into view; as far as that can be."""

    async def rect(self, ref: str) -> Rect:
        """Where it is on the screen."""

    async def in_view(self, ref: str, rect: Rect) -> Rect:
        """The part of a control's place that is not scrolled away."""
        del ref
        return rect

    async def blocker(self, ref: str) -> str | None:
        """The title of a dialog that has to be answered before a control can be used; None if there is none."""
        del ref
        return None

    async def click(self, x: int, y: int, button: MouseButton, count: int) -> None:
        """Click a place on the screen with the mouse."""

    async def drag(self, source: tuple[int, int], target: tuple[int, int]) -> None:
        """Press the mouse at one place and let go at another."""

    async def keys(self, keys: str) -> None:
        """Press keys as UI Automation writes them."""

    async def type(self, text: str) -> None:
        """Type a text as it is."""

    async def screenshot(self, rect: Rect | None) -> bytes:
        """Take a picture (PNG)."""

    async def close_window(self, ref: str) -> None:
        """Close a window, as its own close button would."""

    async def read_clipboard(self) -> str:
        """The text on the clipboard."""

    async def write_clipboard(self, text: str) -> None:
        """Put a text there."""


class Station(Protocol):
    """The place a desktop session lives in, and the programs that were started there; outlives a robot's process."""

    async def launch(self, arguments: Sequence[str], environment: dict[str, str], directory: str) -> int:
        """Start a program; its process id. It ends with the session at the latest."""

    @property
    def folder(self) -> Path:
        """Where programs begin, and where files of the run are lent to them; goes with the session."""

    def remember(self, name: str, pid: int) -> None:
        """Note what the run calls a program; the one noted last is meant where nothing is said."""

    @property
    def apps(self) -> dict[str, int]:
        """Process ids by name, the one noted last at the end; a successor of this robot finds the same."""

    def ending(self, pid: int) -> str | None:
        """How a program ended, as a sentence says it (`ended with exit code 3`); None while it runs."""

    def family(self, pid: int) -> set[int]:
        """A program's process and those it started."""

    async def kill(self, pid: int) -> None:
        """End a program and all it started, as they are."""

    @property
    def lost_because(self) -> str | None:
        """Why there is no desktop any more; None while there is one."""
