"""A stand-in for Windows' own functions, on one desktop with scripted programs; every call is recorded."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.uia import Client, Element

_KEY_UP = 2
_UNICODE = 4
_CTRL = 0x11
_DOWNS = {0x0002: "left", 0x0008: "right", 0x0020: "middle"}
_NAMES = {0x0D: "Enter", 0x09: "Tab", 0x1B: "Esc", 0x10: "Shift", 0x12: "Alt", 0x23: "End", 0x2E: "Delete"}
_CLOSE = 0x0010


@dataclass
class Windows:
    """One session of Windows."""

    root: Element = field(default_factory=lambda: Element("Pane", "Desktop"))
    session: int = 1
    state: int = 0
    """How it is connected: 0 is active, 4 disconnected."""
    input_desktop: str = "Default"
    """Which desktop has the keyboard; none where there is no right to know."""
    lets_keys_through: bool = True
    hung: set[int] = field(default_factory=set)
    front: int = 0
    """The handle of the window in front."""
    minimised: set[int] = field(default_factory=set)
    clipboard: str = ""
    clicks: list[tuple[str, int, int]] = field(default_factory=list)
    calls: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    cursor: tuple[int, int] = (0, 0)
    held: set[int] = field(default_factory=set)
    buffers: dict[int, Any] = field(default_factory=dict)

    @property
    def client(self) -> Client:
        """What COM gives."""
        return Client(self.root)

    def show(self, window: Element) -> Element:
        """Have a window on the desktop."""
        return self.root.add(window)

    def window(self, handle: int) -> Element | None:
        """A window by its handle."""
        windows = (each for each in self.root.all() if each.facts["NativeWindowHandle"] == handle)
        return next(windows, None) if handle else None

    def press(self, key: str) -> None:
        """Have a key arrive where the keyboard is."""
        for each in self.root.all():
            if each.facts["HasKeyboardFocus"]:
                each.on_key(key)

    def dlls(self) -> Dlls:
        """The libraries of Windows."""
        return Dlls(self)


class Dlls:
    """`ctypes.windll`."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows

    def __getattr__(self, name: str) -> Dll:
        dll = Dll(name, self._windows)
        self.__dict__[name] = dll
        return dll


class Dll:
    """One library: what is not scripted gives 0."""

    def __init__(self, name: str, windows: Windows) -> None:
        self._name = name
        self._windows = windows

    def __getattr__(self, name: str) -> Function:
        function = Function(name, getattr(Functions, name, None), self._windows)
        self.__dict__[name] = function
        return function


class Function:
    """One of its functions."""

    restype: Any = None
    argtypes: Any = None

    def __init__(self, name: str, script: Callable[..., Any] | None, windows: Windows) -> None:
        self._name = name
        self._script = script
        self._windows = windows

    def __call__(self, *arguments: Any) -> Any:
        plain = tuple(_plain(argument) for argument in arguments)
        self._windows.calls.append((self._name, plain))
        return self._script(self._windows, *plain) if self._script else 0


def _plain(argument: Any) -> Any:
    if isinstance(argument, (ctypes.c_void_p, ctypes._SimpleCData)) and not isinstance(argument, ctypes.c_wchar_p):  # noqa: SLF001 - no other name for it
        return argument.value or 0
    return 0 if argument is None else argument


class Functions:
    """What is scripted; the first argument is the session."""

    @staticmethod
    def GetCurrentProcessId(_: Windows) -> int:  # noqa: N802 - Windows' name
        return os.getpid()

    @staticmethod
    def ProcessIdToSessionId(windows: Windows, _: int, number: Any) -> int:  # noqa: N802 - Windows' name
        number._obj.value = windows.session  # noqa: SLF001 - what byref points to
        return 1

    @staticmethod
    def WTSQuerySessionInformationW(windows: Windows, *arguments: Any) -> int:  # noqa: N802 - Windows' name
        arguments[3]._obj.contents = ctypes.c_int(windows.state)  # noqa: SLF001 - what byref points to
        return 1

    @staticmethod
    def OpenInputDesktop(windows: Windows, *_: Any) -> int:  # noqa: N802 - Windows' name
        return 77 if windows.input_desktop else 0

    @staticmethod
    def GetUserObjectInformationW(windows: Windows, _desktop: int, _name: int, text: Any, *_: Any) -> int:  # noqa: N802 - Windows' name
        text.value = windows.input_desktop
        return 1

    @staticmethod
    def FindWindowExW(windows: Windows, parent: int, after: int, name: Any, _title: Any) -> int:  # noqa: N802 - Windows' name
        above = windows.window(parent) if parent else windows.root
        handles = (
            [each.facts["NativeWindowHandle"] for each in above.children if name in {0, each.facts["ClassName"]}]
            if above
            else []
        )
        left = handles[handles.index(after) + 1 :] if after in handles else handles
        return next(iter(left), 0)

    @staticmethod
    def IsWindowVisible(*_: Any) -> int:  # noqa: N802 - Windows' name
        return 1

    @staticmethod
    def GetClassNameW(windows: Windows, handle: int, text: Any, _: int) -> int:  # noqa: N802 - Windows' name
        window = windows.window(handle)
        text.value = window.facts["ClassName"] if window else ""
        return len(text.value)

    @staticmethod
    def GetWindowThreadProcessId(windows: Windows, handle: int, pid: Any) -> int:  # noqa: N802 - Windows' name
        window = windows.window(handle)
        pid._obj.value = window.CurrentProcessId if window else 0  # noqa: SLF001 - what byref points to
        return 1

    @staticmethod
    def IsWindow(windows: Windows, handle: int) -> int:  # noqa: N802 - Windows' name
        return int(windows.window(handle) is not None)

    @staticmethod
    def IsHungAppWindow(windows: Windows, handle: int) -> int:  # noqa: N802 - Windows' name
        return int(handle in windows.hung)

    @staticmethod
    def IsIconic(windows: Windows, handle: int) -> int:  # noqa: N802 - Windows' name
        return int(handle in windows.minimised)

    @staticmethod
    def ShowWindow(windows: Windows, handle: int, _: int) -> int:  # noqa: N802 - Windows' name
        windows.minimised.discard(handle)
        return 1

    @staticmethod
    def SwitchToThisWindow(windows: Windows, handle: int, _: int) -> None:  # noqa: N802 - Windows' name
        windows.front = handle

    @staticmethod
    def GetForegroundWindow(windows: Windows) -> int:  # noqa: N802 - Windows' name
        return windows.front

    @staticmethod
    def PostMessageW(windows: Windows, handle: int, message: int, *_: Any) -> int:  # noqa: N802 - Windows' name
        window = windows.window(handle)
        if window is not None and message == _CLOSE:
            windows.root.remove(window)
        return 1

    @staticmethod
    def GetSystemMetrics(_: Windows, side: int) -> int:  # noqa: N802 - Windows' name
        return (1280, 800)[side]

    @staticmethod
    def SetCursorPos(windows: Windows, x: int, y: int) -> int:  # noqa: N802 - Windows' name
        windows.cursor = (x, y)
        return 1

    @staticmethod
    def GetCursorPos(windows: Windows, point: Any) -> int:  # noqa: N802 - Windows' name
        point._obj.x, point._obj.y = windows.cursor  # noqa: SLF001 - what byref points to
        return 1

    @staticmethod
    def mouse_event(windows: Windows, flags: int, *_: Any) -> None:
        for down, button in _DOWNS.items():
            if flags & down:
                windows.clicks.append((button, *windows.cursor))
            if flags & down << 1:
                windows.clicks.append((f"{button} up", *windows.cursor))

    @staticmethod
    def keybd_event(windows: Windows, key: int, _: int, flags: int, *__: Any) -> None:
        if flags & _KEY_UP:
            windows.held.discard(key)
            return
        windows.held.add(key)
        if key != _CTRL:
            name = _NAMES.get(key, chr(key).lower())
            windows.press(f"Ctrl+{name}" if _CTRL in windows.held else name)

    @staticmethod
    def SendInput(windows: Windows, _: int, sent: Any, __: int) -> int:  # noqa: N802 - Windows' name
        if not windows.lets_keys_through:
            return 0
        key = sent._obj.union.ki  # noqa: SLF001 - what byref points to
        if key.dwFlags & _UNICODE and not key.dwFlags & _KEY_UP:
            windows.press(chr(key.wScan))
        return 1

    @staticmethod
    def OpenClipboard(*_: Any) -> int:  # noqa: N802 - Windows' name
        return 1

    @staticmethod
    def IsClipboardFormatAvailable(*_: Any) -> int:  # noqa: N802 - Windows' name
        return 1

    @staticmethod
    def GlobalAlloc(windows: Windows, _: int, size: int) -> int:  # noqa: N802 - Windows' name
        buffer = ctypes.create_unicode_buffer(size)
        windows.buffers[ctypes.addressof(buffer)] = buffer
        return ctypes.addressof(buffer)

    @staticmethod
    def GlobalLock(_: Windows, address: int) -> int:  # noqa: N802 - Windows' name
        return address

    @staticmethod
    def SetClipboardData(windows: Windows, _: int, address: int) -> int:  # noqa: N802 - Windows' name
        windows.clipboard = windows.buffers[address].value
        return address

    @staticmethod
    def GetClipboardData(windows: Windows, _: int) -> int:  # noqa: N802 - Windows' name
        buffer = ctypes.create_unicode_buffer(windows.clipboard)
        windows.buffers[ctypes.addressof(buffer)] = buffer
        return ctypes.addressof(buffer)


class Runtime:
    """The part of the C library that the clipboard needs."""

    @staticmethod
    def wcsncpy(target: ctypes.c_wchar_p, source: ctypes.c_wchar_p, _: ctypes.c_size_t) -> None:
        address = ctypes.cast(target, ctypes.c_void_p).value or 0
        text = source.value or ""
        ctypes.memmove(address, ctypes.create_unicode_buffer(text), (len(text) + 1) * ctypes.sizeof(ctypes.c_wchar))
