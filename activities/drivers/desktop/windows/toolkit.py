"""The controls of a Windows desktop."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from PIL import ImageGrab
from typing_extensions import override

from activities.drivers.desktop.keys import parse
from activities.drivers.desktop.toolkit import StaleError, Toolkit, UnresponsiveError
from activities.drivers.desktop.windows import act, look, win32
from activities.drivers.desktop.windows.automation import begin, loaded, told_apart
from activities.drivers.desktop.windows.reference import Reference, References, cell_step, inside, stepped
from activities.drivers.desktop.windows.thread import ComThread, HeldUpError
from activities.sessions.desktop import Facts, MouseButton, Rect
from workflows.errors import MachineError, SessionUnavailableError

T = TypeVar("T")

_PRESSING = 3.0
"""Seconds a program may take to say that it was told; one that shows a dialog may say so when that is answered."""
_AT_ONCE = 40
"""Characters typed without a look at whether anybody still wants them typed."""
_KEYS = {"\n": "{Enter}", "\t": "{Tab}"}


class UiaToolkit(Toolkit):
    """UI Automation, and the mouse and keyboard of the session this process runs in.

    All of it happens on one thread. A control is found again by its window and the runtime ids down to it, by other
    processes too, for as long as its program keeps it.
    """

    def __init__(self, *, pressing: float = _PRESSING) -> None:
        self._thread = ComThread(begin)
        self._pressing = pressing
        self._references = References()

    def close(self) -> None:
        """Let go of UI Automation."""
        self._thread.close()

    @override
    async def windows(self) -> Sequence[Facts]:
        return await self._ask(self._windows)

    @override
    async def children(self, ref: str) -> Sequence[Facts]:
        return await self._ask(lambda: self._children(ref))

    @override
    async def named(self, ref: str, name: str) -> Facts | None:
        return await self._ask(lambda: self._named(ref, name))

    @override
    async def facts(self, ref: str) -> Facts:
        return await self._ask(lambda: look.facts_of(self._find(ref), ref))

    @override
    async def invoke(self, ref: str) -> None:
        await self._tell(ref, act.invoke)

    @override
    async def value(self, ref: str) -> str:
        return await self._ask(lambda: look.value_of(self._find(ref)))

    @override
    async def set_value(self, ref: str, value: str) -> None:
        await self._tell(ref, lambda control: act.set_value(control, value))

    @override
    async def toggle(self, ref: str) -> None:
        await self._tell(ref, act.toggle)

    @override
    async def select(self, ref: str) -> None:
        await self._tell(ref, act.select)

    @override
    async def expand(self, ref: str, *, open: bool) -> None:
        await self._tell(ref, lambda control: act.unfold(control, unfolded=open))

    @override
    async def rows(self, ref: str, most: int) -> list[list[str]]:
        return await self._ask(lambda: act.rows(self._find(ref), most))

    @override
    async def focus(self, ref: str) -> None:
        window = Reference.read(ref).window
        await self._tell(ref, lambda control: act.focus(control, window))

    @override
    async def reveal(self, ref: str) -> None:
        window = Reference.read(ref).window
        await self._tell(ref, lambda control: act.reveal(control, window))

    @override
    async def rect(self, ref: str) -> Rect:
        return await self._ask(lambda: look.rect_of(self._find(ref)))

    @override
    async def click(self, x: int, y: int, button: MouseButton, count: int) -> None:
        await self._by_hand(lambda library: _click(library, (x, y), button, count))

    @override
    async def drag(self, source: tuple[int, int], target: tuple[int, int]) -> None:
        await self._by_hand(lambda library: library.DragDrop(*source, *target, moveSpeed=2, waitTime=0))

    @override
    async def keys(self, keys: str) -> None:
        if parse(keys):
            await self._by_hand(lambda library: library.SendKeys(keys, waitTime=0))

    @override
    async def type(self, text: str) -> None:
        units = _units(text.replace("\r\n", "\n"))
        for start in range(0, len(units), _AT_ONCE):
            await self._by_hand(partial(_type, text=units[start : start + _AT_ONCE]))

    @override
    async def screenshot(self, rect: Rect | None) -> bytes:
        return await self._ask(lambda: _picture(rect))

    @override
    async def close_window(self, ref: str) -> None:
        await self._tell(ref, act.close)

    @override
    async def read_clipboard(self) -> str:
        return await self._ask(lambda: _whole(loaded().GetClipboardText()))

    @override
    async def write_clipboard(self, text: str) -> None:
        await self._ask(lambda: _write_clipboard(text))

    def _windows(self) -> list[Facts]:
        """Windows that come and go meanwhile, and those of programs that hang, are left out."""
        library, found = loaded(), []
        for window in library.GetRootControl().GetChildren():
            handle = window.NativeWindowHandle
            if not handle or win32.hung(handle):
                continue
            try:
                with told_apart():
                    ref = self._references.keep(Reference(window.ProcessId, handle), window)
                    found.append(look.facts_of(window, ref))
            except StaleError:
                continue
        return found

    def _children(self, ref: str) -> list[Facts]:
        control, reference = self._find(ref), Reference.read(ref)
        return [
            look.facts_of(child, self._references.keep(reference.below(step), child)) for step, child in inside(control)
        ]

    def _named(self, ref: str, name: str) -> Facts | None:
        step = cell_step(name)
        cell = stepped(self._find(ref), step)
        if cell is None:
            return None
        return look.facts_of(cell, self._references.keep(Reference.read(ref).below(step), cell))

    def _find(self, ref: str) -> Any:  # noqa: ANN401 - of an untyped library
        return self._references.find(ref)

    async def _ask(self, call: Callable[[], T]) -> T:
        """Make a call that only looks.

        Raises:
            UnresponsiveError: the program does not answer.
        """
        try:
            return await self._thread.do(partial(_told, call))
        except HeldUpError:
            raise UnresponsiveError("the program does not answer") from None

    async def _tell(self, ref: str, do: Callable[[Any], None]) -> None:
        """Have a program do something to a control of its own.

        One that shows a dialog may not come back from it before the dialog is answered; it has been told, then.
        """
        try:
            await self._thread.do(partial(_told, lambda: do(self._find(ref))), patience=self._pressing)
        except StaleError:
            self._references.forget(ref)
            raise
        except HeldUpError:
            if win32.hung(Reference.read(ref).window):
                raise UnresponsiveError("the program hangs") from None

    async def _by_hand(self, do: Callable[[Any], None]) -> None:
        """Use mouse or keyboard, if they reach the desktop."""
        await self._ask(lambda: _handle(do))


def _told(call: Callable[[], T]) -> T:
    with told_apart():
        return call()


def _handle(do: Callable[[Any], None]) -> None:
    reason = win32.unusable()
    if reason is not None:
        raise SessionUnavailableError(f"keyboard and mouse do not reach the desktop: {reason}")
    do(loaded())


def _click(library: Any, place: tuple[int, int], button: MouseButton, count: int) -> None:  # noqa: ANN401 - the same
    presses = {"left": library.Click, "middle": library.MiddleClick, "right": library.RightClick}
    for _ in range(count):
        presses[button](*place, waitTime=0)


def _type(library: Any, *, text: str) -> None:  # noqa: ANN401 - the same
    for unit in text:
        if unit in _KEYS:
            library.SendKeys(_KEYS[unit], interval=0, waitTime=0)
        elif not library.SendUnicodeChar(unit):
            raise MachineError(
                "Windows lets no key through: the window in front may be that of a program which runs as an "
                "administrator; run the robot as one too",
                acted=None,
            )


def _write_clipboard(text: str) -> None:
    if not loaded().SetClipboardText(_units(text)):
        raise MachineError("another program does not let go of the clipboard")


def _picture(rect: Rect | None) -> bytes:
    reason = win32.unusable()
    if reason is not None:
        raise SessionUnavailableError(f"there is no picture of the desktop: {reason}")
    box = None if rect is None else (rect.x, rect.y, rect.x + rect.width, rect.y + rect.height)
    picture, content = ImageGrab.grab(box, all_screens=True), io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def _units(text: str) -> str:
    """A text in which each character is one unit of UTF-16: the library counts and sends those."""
    content = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(int.from_bytes(content[at : at + 2], "little")) for at in range(0, len(content), 2))


def _whole(units: str) -> str:
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
