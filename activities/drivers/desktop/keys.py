"""Keys as UI Automation writes them: `{Ctrl}s{Enter}`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workflows.errors import InvalidParamsError

HOLD = {
    "CTRL": "CTRL", "CONTROL": "CTRL", "LCTRL": "CTRL", "LCONTROL": "CTRL", "RCTRL": "CTRL", "RCONTROL": "CTRL",
    "SHIFT": "SHIFT", "LSHIFT": "SHIFT", "RSHIFT": "SHIFT",
    "ALT": "ALT", "LALT": "ALT", "RALT": "ALT",
    "WIN": "WIN", "LWIN": "WIN", "RWIN": "WIN",
}  # fmt: skip
"""Keys that are held while the next one is pressed."""
OTHER_NAMES = {
    "RETURN": "ENTER", "ESCAPE": "ESC", "PRIOR": "PAGEUP", "NEXT": "PAGEDOWN", "DEL": "DELETE", "INS": "INSERT",
    "SNAPSHOT": "PRINTSCREEN",
}  # fmt: skip
SPECIAL = {
    "BACK", "TAB", "CLEAR", "ENTER", "PAUSE", "CAPITAL", "ESC", "SPACE", "PAGEUP", "PAGEDOWN", "END", "HOME", "LEFT",
    "UP", "RIGHT", "DOWN", "SELECT", "PRINT", "PRINTSCREEN", "INSERT", "DELETE", "HELP", "APPS", "NUMLOCK", "SCROLL",
    "MULTIPLY", "ADD", "SEPARATOR", "SUBTRACT", "DECIMAL", "DIVIDE",
    *(f"NUMPAD{digit}" for digit in range(10)), *(f"F{number}" for number in range(1, 25)),
}  # fmt: skip
"""Keys without a character."""

_PART = re.compile(r"\{(?P<braced>\}|[^}]+)\}|(?P<plain>[^{}])", re.DOTALL)
_BRACED = re.compile(r"(?P<key>\S+)(?: +(?P<count>\d+))?")
_MOST_REPEATS = 1000


@dataclass(frozen=True, slots=True)
class Chord:
    """A key, and those that are held meanwhile."""

    key: str
    """A character, one of SPECIAL, or one of HOLD's meanings that is pressed for itself."""
    holding: tuple[str, ...] = ()


def parse(keys: str) -> Sequence[Chord]:
    """Read keys: `{Ctrl}a`, `{Ctrl}(ac)`, `{Tab 3}`, `{{}`, `{}}`, and all other text as it is."""
    chords: list[Chord] = []
    held: tuple[str, ...] = ()
    grouped = False
    for key, count in _parts(keys):
        hold = HOLD.get(key.upper()) if len(key) > 1 else None
        if hold and not grouped:
            held = (*held, hold)
        elif key == "(" and held and not grouped:
            grouped = True
        elif key == ")" and grouped:
            grouped, held = False, ()
        else:
            chords += _pressed(hold or key, held, count, grouped=grouped)
            held = held if grouped else ()
    if grouped:
        raise InvalidParamsError(f"keys {keys!r} open a group with '(' that nothing closes: close it with ')'")
    return [*chords, *([Chord(held[-1], held[:-1])] if held else [])]


def _pressed(key: str, held: tuple[str, ...], count: int, *, grouped: bool) -> list[Chord]:
    """A key several times; what is held without a group is let go of after the first time."""
    return [Chord(key, held if grouped or not number else ()) for number in range(count)]


def _parts(keys: str) -> Sequence[tuple[str, int]]:
    parts: list[tuple[str, int]] = []
    at = 0
    while at < len(keys):
        found = _PART.match(keys, at)
        if found is None:
            raise InvalidParamsError(
                f"keys {keys!r} have a brace alone at character {at + 1}: write `{{{{}}` for `{{` and `{{}}}}` for `}}`"
            )
        parts.append((found["plain"], 1) if found["plain"] else _braced(found["braced"], keys))
        at = found.end()
    return parts


def _braced(text: str, keys: str) -> tuple[str, int]:
    found = _BRACED.fullmatch(text.strip(" "))
    name = found["key"] if found else text
    special = OTHER_NAMES.get(name.upper(), name.upper())
    known = len(name) == 1 or special in SPECIAL or special in HOLD
    if found is None or not known:
        raise InvalidParamsError(
            f"keys {keys!r} name a key {text!r} that there is none of: known are "
            "Enter, Tab, Esc, Space, Back, Delete, Insert, Home, End, PageUp, PageDown, Left, Right, Up, Down, "
            "F1 to F24, Ctrl, Shift, Alt, Win; `{Tab 3}` presses one several times"
        )
    count = int(found["count"] or 1)
    if not 1 <= count <= _MOST_REPEATS:
        raise InvalidParamsError(f"keys {keys!r} press a key {count} times: between 1 and {_MOST_REPEATS} can be had")
    return (name if len(name) == 1 else special, count)
