"""Dates written and read after patterns like `%d.%m.%Y`: the same on every machine, whatever its language."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

from workflows.expressions.value import RefusedError

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NOON = 12
_CENTURY = 100
_PIVOT = 69
"""Two-digit years from here on belong to the last century, as in Python."""


def _offset(moment: datetime) -> str:
    shift = moment.utcoffset()
    if shift is None:
        return ""
    minutes = int(shift.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


_WRITERS: dict[str, Callable[[datetime], str]] = {
    "d": lambda moment: f"{moment.day:02}",
    "m": lambda moment: f"{moment.month:02}",
    "y": lambda moment: f"{moment.year % _CENTURY:02}",
    "Y": lambda moment: f"{moment.year:04}",
    "j": lambda moment: f"{moment.timetuple().tm_yday:03}",
    "H": lambda moment: f"{moment.hour:02}",
    "I": lambda moment: f"{(moment.hour - 1) % _NOON + 1:02}",
    "p": lambda moment: "AM" if moment.hour < _NOON else "PM",
    "M": lambda moment: f"{moment.minute:02}",
    "S": lambda moment: f"{moment.second:02}",
    "f": lambda moment: f"{moment.microsecond:06}",
    "z": _offset,
    "a": lambda moment: _DAYS[moment.weekday()][:3],
    "A": lambda moment: _DAYS[moment.weekday()],
    "b": lambda moment: _MONTHS[moment.month - 1][:3],
    "B": lambda moment: _MONTHS[moment.month - 1],
    "%": lambda _moment: "%",
}
_SIGN = re.compile(r"%(-?)(.?)", re.DOTALL)

_READERS = {
    "d": r"(?P<d>[0-9]{1,2})",
    "m": r"(?P<m>[0-9]{1,2})",
    "y": r"(?P<y>[0-9]{2})",
    "Y": r"(?P<Y>[0-9]{4})",
    "j": r"(?P<j>[0-9]{1,3})",
    "H": r"(?P<H>[0-9]{1,2})",
    "I": r"(?P<I>[0-9]{1,2})",
    "p": r"(?P<p>[AaPp][Mm])",
    "M": r"(?P<M>[0-9]{1,2})",
    "S": r"(?P<S>[0-9]{1,2})",
    "f": r"(?P<f>[0-9]{1,6})",
    "z": r"(?P<z>[Zz]|[+-][0-9]{2}:?[0-9]{2})",
    "b": f"(?P<b>{'|'.join(name[:3] for name in _MONTHS)})",
    "B": f"(?P<B>{'|'.join(_MONTHS)})",
    "%": "%",
}


def write_moment(moment: datetime, pattern: str) -> str:
    """A date and time after a pattern."""

    def written(sign: re.Match[str]) -> str:
        write = _WRITERS.get(sign[2])
        if write is None:
            raise _unknown(sign.group(), _WRITERS)
        text = write(moment)
        return (text.lstrip("0") or "0") if sign[1] else text

    return _SIGN.sub(written, pattern)


def _unknown(
    sign: str, known: dict[str, object] | dict[str, str] | dict[str, Callable[[datetime], str]]
) -> RefusedError:
    return RefusedError(f"a date has no {sign!r}: there is " + " ".join(f"%{letter}" for letter in known))


def read_moment(text: str, pattern: str) -> date | datetime:
    """The date, or the date with a time if the pattern has one, of text.

    Raises:
        RefusedError: the text does not fit the pattern, or there is no such date.
    """
    match = re.fullmatch(_expression(pattern), text.strip(), re.IGNORECASE)
    if match is None:
        raise RefusedError(f"date_parse() cannot read {text!r} after the pattern {pattern!r}: check both")
    parts = {key: value for key, value in match.groupdict().items() if value is not None}
    try:
        day = _day(parts)
        if not parts.keys() & set("HIMSf"):
            return day
        return datetime(day.year, day.month, day.day, *_clock(parts), tzinfo=_zone(parts))
    except (ValueError, OverflowError):
        raise RefusedError(f"date_parse() found no such date: {text!r}") from None


def _expression(pattern: str) -> str:
    expression, seen, place = "", set[str](), 0
    for sign in _SIGN.finditer(pattern):
        letter = sign[2]
        if letter not in _READERS:
            raise _unknown(sign.group(), _READERS)
        if letter in seen and letter != "%":
            raise RefusedError(f"the pattern {pattern!r} has %{letter} twice: leave one out")
        seen.add(letter)
        expression += _literal(pattern[place : sign.start()]) + _READERS[letter]
        place = sign.end()
    return expression + _literal(pattern[place:])


def _literal(text: str) -> str:
    return r"\s+".join(re.escape(part) for part in re.split(r"\s+", text))


def _day(parts: dict[str, str]) -> date:
    if "Y" in parts:
        year = int(parts["Y"])
    elif "y" in parts:
        short = int(parts["y"])
        year = short + (1900 if short >= _PIVOT else 2000)
    else:
        raise RefusedError("date_parse() needs a year in its pattern: %Y or %y")
    if "j" in parts:
        return date(year, 1, 1) + timedelta(days=int(parts["j"]) - 1)
    return date(year, _month(parts), int(parts.get("d", "1")))


def _month(parts: dict[str, str]) -> int:
    name = parts.get("B", parts.get("b"))
    if name is None:
        return int(parts.get("m", "1"))
    return next(number for number, known in enumerate(_MONTHS, 1) if known[:3].lower() == name[:3].lower())


def _clock(parts: dict[str, str]) -> tuple[int, int, int, int]:
    hour = int(parts.get("H", "0"))
    if "I" in parts:
        half = int(parts["I"])
        if not 1 <= half <= _NOON:
            raise ValueError(half)
        hour = half % _NOON + (_NOON if parts.get("p", "").lower() == "pm" else 0)
    return hour, int(parts.get("M", "0")), int(parts.get("S", "0")), int(parts.get("f", "0").ljust(6, "0"))


def _zone(parts: dict[str, str]) -> timezone | None:
    text = parts.get("z")
    if text is None:
        return None
    if text in {"Z", "z"}:
        return UTC
    shift = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-shift if text[0] == "-" else shift)
