"""This process as if it ran on Windows, as far as the library `uiautomation` can tell."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from PIL import Image, ImageGrab

from tests.support.uia import COMError
from tests.support.win32 import Runtime, Windows


@contextmanager
def windows() -> Iterator[Windows]:
    """Have Windows, with the library not loaded yet."""
    session = Windows()
    version = SimpleNamespace(major=10, minor=0, build=22631)
    with pytest.MonkeyPatch.context() as patch:
        _forget_library()
        for name, module in _comtypes(session).items():
            patch.setitem(sys.modules, name, module)
        patch.setattr(ctypes, "windll", session.dlls(), raising=False)
        patch.setitem(vars(ctypes.cdll), "msvcrt", Runtime)
        patch.setattr(sys, "getwindowsversion", lambda: version, raising=False)
        patch.setattr(sys, "coinit_flags", 0, raising=False)
        patch.setattr(ImageGrab, "grab", _grab)
        yield session
        _forget_library()


def _grab(box: tuple[int, int, int, int] | None, *, all_screens: bool) -> Image.Image:
    """What the screen shows, which is nothing."""
    assert all_screens
    left, top, right, bottom = box or (0, 0, 1280, 800)
    return Image.new("RGB", (right - left, bottom - top))


def _forget_library() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "uiautomation"]:
        del sys.modules[name]


def _comtypes(session: Windows) -> dict[str, ModuleType]:
    comtypes: Any = ModuleType("comtypes")
    client: Any = ModuleType("comtypes.client")
    comtypes.COMError = COMError
    comtypes.IUnknown = ctypes.c_void_p
    comtypes.CoInitializeEx = comtypes.CoUninitialize = lambda: None
    comtypes.client = client
    client.GetModule = lambda _: _Core()
    client.CreateObject = lambda _, interface: session.client if interface else None
    return {"comtypes": comtypes, "comtypes.client": client}


class _Core:
    """What comtypes makes of UIAutomationCore.dll: interfaces, of which only their names matter here."""

    def __getattr__(self, name: str) -> str:
        return name
