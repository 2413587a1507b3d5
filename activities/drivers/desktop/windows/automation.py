"""The library of UI Automation, loaded where it is used, and what its errors mean."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from activities.drivers.desktop.toolkit import StaleError, UnsupportedError

_MULTITHREADED = 0
"""COINIT_MULTITHREADED: the apartment that Microsoft advises clients of UI Automation to be in."""

_GONE = frozenset({
    0x80040201,  # UIA_E_ELEMENTNOTAVAILABLE
    0x80010108,  # RPC_E_DISCONNECTED
    0x80010007,  # RPC_E_SERVER_DIED
    0x80010012,  # RPC_E_SERVER_DIED_DNE
    0x800401FD,  # CO_E_OBJNOTCONNECTED
    0x800706BA,  # RPC_S_SERVER_UNAVAILABLE
    0x800706BE,  # RPC_S_CALL_FAILED
    0x80070578,  # ERROR_INVALID_WINDOW_HANDLE
})  # fmt: skip


def begin() -> None:
    """Set up COM and the library, on the thread that is going to use them."""
    if not hasattr(sys, "coinit_flags"):
        vars(sys)["coinit_flags"] = _MULTITHREADED
    library = loaded()
    from uiautomation import uiautomation as module  # noqa: PLC0415 - where its settings are

    library.InitializeUIAutomationInCurrentThread()
    library.Logger.SetLogFile("")
    module.SetGlobalSearchTimeout(0)


def loaded() -> Any:  # noqa: ANN401 - a library that exists on Windows only
    """The library."""
    import uiautomation  # noqa: PLC0415 - its import talks to Windows

    return uiautomation


@contextmanager
def told_apart() -> Iterator[None]:
    """Say what an error of COM means: a control that is gone, or one that does not offer what is asked."""
    try:
        yield
    except OSError as error:
        raise _meant(error, getattr(error, "winerror", None)) from error
    except Exception as error:
        code = getattr(error, "hresult", None)
        if code is None:
            raise
        raise _meant(error, code) from error


def _meant(error: Exception, code: int | None) -> Exception:
    if code is not None and code & 0xFFFFFFFF in _GONE:
        return StaleError(str(error))
    return UnsupportedError(str(error))
