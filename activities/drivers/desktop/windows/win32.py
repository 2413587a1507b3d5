"""What Windows itself is asked: whose desktop this is, and which windows are on it."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

_STATE = 8
"""WTSConnectState."""
_ACTIVE = 0
_DISCONNECTED = 4
_OWN_SESSION = 0xFFFFFFFF
_NAME = 2
"""UOI_NAME."""
_READ_OBJECTS = 0x0001
_LONGEST_NAME = 256
_UNLOCKED = "Default"
"""The desktop people work on; others are those of the lock screen and of questions for an administrator."""
_HANDLE = 0xFFFFFFFF
"""The bits of a window's handle that count, also in programs of 64 bits."""
_FRAME = "ApplicationFrameWindow"
_CORE = "Windows.UI.Core.CoreWindow"
_CLOSE = 0x0010
"""WM_CLOSE."""
_RESTORE = 9
"""SW_RESTORE."""


def unusable() -> str | None:
    """Why nobody can work with programs here now, and what to do about it; None if that is possible."""
    session = _session()
    if session == 0:
        return (
            "this robot runs in session 0, where services live without a desktop: start it in a user's session, "
            "e.g. by Task Scheduler with 'Run only when user is logged on' and automatic logon"
        )
    state = _connect_state()
    if state == _DISCONNECTED:
        return (
            "the remote desktop session of this robot was disconnected, so that it has no screen: connect again, or "
            f"give it to the console when you leave, as an administrator: `tscon {session} /dest:console`"
        )
    if state not in {_ACTIVE, None}:
        return "nobody is logged on in this robot's session: log on, or have Windows log on by itself"
    if _input_desktop() != _UNLOCKED:
        return (
            "the workstation is locked, or asks for an administrator: unlock it, and have it not lock itself "
            "(screen saver, power plan, policy) while robots work"
        )
    return None


def top_windows() -> Iterator[int]:
    """The handles of all top-level windows that are shown."""
    user32, window = _dll("user32"), 0
    while window := user32.FindWindowExW(None, _pointer(window), None, None):
        window &= _HANDLE
        if user32.IsWindowVisible(_pointer(window)):
            yield window


def owner(window: int) -> int:
    """The process whose window it is; what Windows frames for a packaged app is the app's."""
    user32 = _dll("user32")
    name = ctypes.create_unicode_buffer(_LONGEST_NAME)
    user32.GetClassNameW(_pointer(window), name, _LONGEST_NAME)
    if name.value == _FRAME:
        window = user32.FindWindowExW(_pointer(window), None, _CORE, None) or window
    pid = ctypes.c_ulong()
    user32.GetWindowThreadProcessId(_pointer(window), ctypes.byref(pid))
    return pid.value


def exists(window: int) -> bool:
    """Whether there is such a window."""
    return bool(_dll("user32").IsWindow(_pointer(window)))


def hung(window: int) -> bool:
    """Whether its program does not react to anything."""
    return bool(_dll("user32").IsHungAppWindow(_pointer(window)))


def minimised(window: int) -> bool:
    """Whether it is but an icon."""
    return bool(_dll("user32").IsIconic(_pointer(window)))


def bring_to_front(window: int) -> None:
    """Show it above all others, as the taskbar does."""
    user32 = _dll("user32")
    if minimised(window):
        user32.ShowWindow(_pointer(window), _RESTORE)
    user32.SwitchToThisWindow(_pointer(window), ctypes.c_int(1))


def in_front(window: int) -> bool:
    """Whether it is the window that people work in now."""
    return bool(window) and (_dll("user32").GetForegroundWindow() or 0) & _HANDLE == window & _HANDLE


def ask_to_close(window: int) -> None:
    """Have it told to close, without waiting for what it makes of that."""
    _dll("user32").PostMessageW(_pointer(window), ctypes.c_uint(_CLOSE), ctypes.c_size_t(0), ctypes.c_ssize_t(0))


def _session() -> int:
    kernel32, number = _dll("kernel32"), ctypes.c_ulong()
    kernel32.ProcessIdToSessionId(kernel32.GetCurrentProcessId(), ctypes.byref(number))
    return number.value


def _connect_state() -> int | None:
    """None where Windows does not tell."""
    wtsapi32 = _dll("wtsapi32")
    content, length = ctypes.POINTER(ctypes.c_int)(), ctypes.c_ulong()
    if not wtsapi32.WTSQuerySessionInformationW(
        None, ctypes.c_ulong(_OWN_SESSION), _STATE, ctypes.byref(content), ctypes.byref(length)
    ):
        return None
    state: int = content[0]
    wtsapi32.WTSFreeMemory(content)
    return state


def _input_desktop() -> str:
    """The name of the desktop that keyboard and mouse belong to now; empty where this process may not know it."""
    user32 = _dll("user32")
    user32.OpenInputDesktop.restype = ctypes.c_void_p
    desktop = user32.OpenInputDesktop(ctypes.c_ulong(0), ctypes.c_int(0), ctypes.c_ulong(_READ_OBJECTS))
    if not desktop:
        return ""
    name, needed = ctypes.create_unicode_buffer(_LONGEST_NAME), ctypes.c_ulong()
    user32.GetUserObjectInformationW(_pointer(desktop), _NAME, name, ctypes.sizeof(name), ctypes.byref(needed))
    user32.CloseDesktop(_pointer(desktop))
    return name.value


def _pointer(handle: int) -> ctypes.c_void_p:
    return ctypes.c_void_p(handle)


def _dll(name: str) -> Any:  # noqa: ANN401 - functions that only Windows has
    return getattr(ctypes.windll, name)  # type: ignore[attr-defined] # typeshed has it for Windows only
