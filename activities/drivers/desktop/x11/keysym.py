"""Which number X gives to a key or a character."""

from __future__ import annotations

HOLDING = {"CTRL": 0xFFE3, "SHIFT": 0xFFE1, "ALT": 0xFFE9, "WIN": 0xFFEB}
SHIFT = HOLDING["SHIFT"]

_NAMED = {
    **HOLDING,
    "BACK": 0xFF08, "TAB": 0xFF09, "CLEAR": 0xFF0B, "ENTER": 0xFF0D, "PAUSE": 0xFF13, "SCROLL": 0xFF14, "ESC": 0xFF1B,
    "CAPITAL": 0xFFE5, "SPACE": 0x20, "HOME": 0xFF50, "LEFT": 0xFF51, "UP": 0xFF52, "RIGHT": 0xFF53, "DOWN": 0xFF54,
    "PAGEUP": 0xFF55, "PAGEDOWN": 0xFF56, "END": 0xFF57, "SELECT": 0xFF60, "PRINT": 0xFF61, "PRINTSCREEN": 0xFF61,
    "INSERT": 0xFF63, "APPS": 0xFF67, "HELP": 0xFF6A, "NUMLOCK": 0xFF7F, "DELETE": 0xFFFF, "MULTIPLY": 0xFFAA,
    "ADD": 0xFFAB, "SEPARATOR": 0xFFAC, "SUBTRACT": 0xFFAD, "DECIMAL": 0xFFAE, "DIVIDE": 0xFFAF,
    **{f"NUMPAD{digit}": 0xFFB0 + digit for digit in range(10)},
    **{f"F{number}": 0xFFBD + number for number in range(1, 25)},
    "\n": 0xFF0D, "\r": 0xFF0D, "\t": 0xFF09, "\b": 0xFF08, "\x1b": 0xFF1B,
}  # fmt: skip
_LATIN = (0x20, 0x7E, 0xA0, 0xFF)
_UNICODE = 0x01000000


def keysym(key: str) -> int:
    """The number of a special key or of any character."""
    if key in _NAMED:
        return _NAMED[key]
    code = ord(key)
    first, last, second, end = _LATIN
    return code if first <= code <= last or second <= code <= end else _UNICODE + code
