"""How a control is found again by plain text."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from typing_extensions import override

from activities.drivers.desktop.toolkit import StaleError
from activities.drivers.desktop.windows import win32
from activities.drivers.desktop.windows.automation import loaded

MOST_CHILDREN = 1000
"""More of them are not looked at: lists may claim to be endless."""
_MOST_KEPT = 10_000
_CELL = "="


@dataclass(frozen=True, slots=True)
class Reference:
    """A window, and the way from it down to a control by the runtime ids of what is in between.

    It holds as long as the control does: programs that make their controls anew when they show other rows or pages
    give them other ids. No id outlives its window, and a handle that Windows has given to another program's window
    does not pass for the old one.
    """

    pid: int
    """Of the window."""
    window: int
    """Its handle."""
    path: tuple[str, ...] = ()
    """Runtime ids, places among siblings (`#3`) where a program gives none, or names of cells (`=B7`)."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `str` writes.

        Raises:
            StaleError: it is no reference to a control on Windows.
        """
        head, *path = text.split("/")
        pid, _, window = head.partition(":")
        try:
            return cls(int(pid), int(window, 16), tuple(path))
        except ValueError:
            raise StaleError(f"{text!r} is no reference to a control on Windows") from None

    @override
    def __str__(self) -> str:
        return "/".join((f"{self.pid}:{self.window:x}", *self.path))

    def below(self, step: str) -> Reference:
        """A control directly inside."""
        return Reference(self.pid, self.window, (*self.path, step))


class References:
    """The controls seen last, by reference; others are looked up from their windows."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Any] = OrderedDict()

    def keep(self, reference: Reference, control: Any) -> str:  # noqa: ANN401 - of an untyped library
        """Know a control by its reference."""
        text = str(reference)
        self._known[text] = control
        self._known.move_to_end(text)
        if len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)
        return text

    def find(self, text: str) -> Any:  # noqa: ANN401 - the same
        """Give a control that is there.

        Raises:
            StaleError: it is not.
        """
        control = self._known.get(text)
        if control is None:
            reference = Reference.read(text)
            control = _reached(reference)
            self.keep(reference, control)
        return control

    def forget(self, text: str) -> None:
        """Look a control up the next time."""
        self._known.pop(text, None)


def inside(control: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - the same
    """The controls directly inside of one, each with its step of a reference."""
    child, place = control.GetFirstChildControl(), 0
    while child is not None and place < MOST_CHILDREN:
        runtime = child.GetRuntimeId()
        yield (".".join(map(str, runtime)) if runtime else f"#{place}"), child
        child, place = child.GetNextSiblingControl(), place + 1


def stepped(control: Any, step: str) -> Any:  # noqa: ANN401 - the same
    """The control that a step of a reference leads to; None if there is none."""
    if step.startswith(_CELL):
        sheet = control.GetPattern(loaded().PatternId.SpreadsheetPattern)
        return sheet.GetItemByName(step.removeprefix(_CELL)) if sheet is not None else None
    return next((child for name, child in inside(control) if name == step), None)


def cell_step(name: str) -> str:
    """The step that leads to a cell of a sheet by its name."""
    return f"{_CELL}{name}"


def window_of(reference: Reference) -> Any:  # noqa: ANN401 - the same
    """The window of a reference.

    Raises:
        StaleError: it is not there any more.
    """
    window = loaded().ControlFromHandle(reference.window) if win32.exists(reference.window) else None
    if window is None or window.ProcessId != reference.pid:
        raise StaleError(f"the window {reference.window:#x} of process {reference.pid} is gone")
    return window


def _reached(reference: Reference) -> Any:  # noqa: ANN401 - the same
    control = window_of(reference)
    for step in reference.path:
        control = stepped(control, step)
        if control is None:
            raise StaleError(f"nothing is at {str(reference)!r} any more")
    return control
