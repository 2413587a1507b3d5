"""Functions on dates and times, which are text in ISO 8601: `2026-03-05`, `2026-03-05T14:30:00Z`."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta, timezone

from pydantic import JsonValue

from workflows.expressions.argument import as_integer, as_number, as_short_text
from workflows.expressions.frame import Frame
from workflows.expressions.function import Function
from workflows.expressions.functions.pattern import read_moment, write_moment
from workflows.expressions.value import RefusedError, described, show

_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}
_MONTHS = {"years": 12, "months": 1}
_LIMIT = 1_000_000_000_000
"""More seconds than any two dates are apart."""


def parse_moment(text: JsonValue, caller: str) -> date | datetime:
    """The date, or the date with a time, that ISO text stands for."""
    given = as_short_text(text, caller, 40).strip()
    try:
        return datetime.fromisoformat(given) if len(given) > len("2026-03-05") else date.fromisoformat(given)
    except ValueError:
        raise RefusedError(
            f"{caller} needs a date such as '2026-03-05' or '2026-03-05T14:30:00Z', not {described(text)}: "
            "read other notations with date_parse(text, '%d.%m.%Y')"
        ) from None


def iso(moment: date | datetime) -> str:
    """A date or time as text, UTC as `Z`."""
    text = moment.isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def _full(moment: date | datetime) -> datetime:
    """With a time, at midnight if it has none, and in UTC unless it says otherwise."""
    full = moment if isinstance(moment, datetime) else datetime.combine(moment, time())
    return full if full.tzinfo else full.replace(tzinfo=UTC)


def _zone(offset: JsonValue, caller: str) -> timezone:
    zone = _zone_or_none(as_short_text(offset, caller, 10))
    if zone is None:
        raise RefusedError(f"{caller} needs an offset from UTC such as '+01:00', not {described(offset)}")
    return zone


def _zone_or_none(text: str) -> timezone | None:
    try:
        offset = datetime.fromisoformat(f"2000-01-01T00:00:00{text}").utcoffset()
    except ValueError:
        return None
    return None if offset is None else timezone(offset)


def now(frame: Frame, offset: JsonValue = "Z") -> JsonValue:
    """The date and time, in UTC or at an offset from it such as `+01:00`; the same when the run is replayed."""
    return iso(_now(frame, offset, "now()"))


def today(frame: Frame, offset: JsonValue = "Z") -> JsonValue:
    """The date, in UTC or at an offset from it such as `+01:00`; the same when the run is replayed."""
    return iso(_now(frame, offset, "today()").date())


def _now(frame: Frame, offset: JsonValue, caller: str) -> datetime:
    return datetime.fromtimestamp(frame.scope.now(), UTC).astimezone(_zone(offset, caller)).replace(microsecond=0)


def make_date(_frame: Frame, value: JsonValue, month: JsonValue = None, day: JsonValue = None) -> JsonValue:
    """The date of a date and time, or that of a year, a month and a day."""
    if month is None and day is None:
        moment = parse_moment(value, "date()")
        return iso(moment.date() if isinstance(moment, datetime) else moment)
    try:
        return iso(date(as_integer(value, "date()"), as_integer(month, "date()"), as_integer(day, "date()")))
    except (ValueError, OverflowError):
        raise RefusedError(f"there is no date of the year {value}, month {month}, day {day}") from None


def date_add(_frame: Frame, moment: JsonValue, **lengths: JsonValue) -> JsonValue:
    """A date or time moved by `years`, `months`, `weeks`, `days`, `hours`, `minutes` or `seconds`.

    The 31st of a shorter month becomes its last day.
    """
    given = parse_moment(moment, "date_add()")
    months = sum(_MONTHS[unit] * as_integer(lengths.pop(unit), "date_add()") for unit in _MONTHS if unit in lengths)
    timed = isinstance(given, datetime) or lengths.keys() & {"hours", "minutes", "seconds"}
    seconds = sum(_seconds(unit, amount) for unit, amount in lengths.items())
    try:
        moved = _add_months(_naive(given), months) + timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        raise RefusedError("date_add() leaves the years 1 to 9999: move by less") from None
    zoned = moved.replace(tzinfo=given.tzinfo) if isinstance(given, datetime) else moved
    return iso(zoned if timed else zoned.date())


def _naive(moment: date | datetime) -> datetime:
    return _full(moment).replace(tzinfo=None)


def _seconds(unit: str, amount: JsonValue) -> float:
    if unit not in _SECONDS:
        units = ", ".join([*_MONTHS, *_SECONDS])
        raise RefusedError(f"date_add() has no unit {show(unit)}: there is {units}")
    seconds = as_number(amount, "date_add()") * _SECONDS[unit]
    if abs(seconds) < _LIMIT:
        return seconds
    raise RefusedError("date_add() leaves the years 1 to 9999: move by less")


def _add_months(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:  # noqa: PLR2004 - the years datetime knows
        raise ValueError(year)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def date_diff(_frame: Frame, start: JsonValue, end: JsonValue, unit: JsonValue = "days") -> JsonValue:
    """How many whole `days` (or another unit) lie between two dates; negative when the end is the earlier.

    A date without a time is midnight, a time without an offset is in UTC.
    """
    first, second = _full(parse_moment(start, "date_diff()")), _full(parse_moment(end, "date_diff()"))
    earlier, later = sorted((first, second))
    try:
        whole = _between(earlier, later, as_short_text(unit, "date_diff()"))
    except OverflowError:
        raise RefusedError("date_diff() leaves the years 1 to 9999: use dates further from these limits") from None
    return whole if first <= second else -whole


def _between(earlier: datetime, later: datetime, unit: str) -> int:
    if unit in _SECONDS:
        return (later - earlier) // timedelta(seconds=_SECONDS[unit])
    if unit in _MONTHS:
        return _months(earlier, later.astimezone(earlier.tzinfo)) // _MONTHS[unit]
    raise RefusedError(f"date_diff() has no unit {unit!r}: there is {', '.join([*_MONTHS, *_SECONDS])}")


def _months(earlier: datetime, later: datetime) -> int:
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months if _add_months(_naive(earlier), months) <= _naive(later) else months - 1


def date_format(_frame: Frame, moment: JsonValue, pattern: JsonValue = "%d.%m.%Y") -> JsonValue:
    """A date or time written after a pattern such as `%d.%m.%Y %H:%M`; `%-d` leaves out zeros in front.

    There are %d %m %y %Y %j %H %I %p %M %S %f %z, English names %a %A %b %B, and %% for a percent sign.
    """
    given = parse_moment(moment, "date_format()")
    full = given if isinstance(given, datetime) else datetime.combine(given, time())
    return write_moment(full, as_short_text(pattern, "date_format()"))


def date_parse(_frame: Frame, text: JsonValue, pattern: JsonValue) -> JsonValue:
    """The ISO date, or date and time, of text written after a pattern such as `%d.%m.%Y`.

    The same signs as in `date_format`, without %a and %A.
    """
    given, shape = as_short_text(text, "date_parse()"), as_short_text(pattern, "date_parse()")
    return iso(read_moment(given, shape))


DATES = (
    Function("now", now, "now()", "2026-03-05T14:30:00Z", cost=20),
    Function("today", today, "today()", "2026-03-05", cost=20),
    Function(
        "date", make_date, "date('2026-03-05T14:30:00Z') + ' ' + date(2026, 3, 6)", "2026-03-05 2026-03-06", cost=15
    ),
    Function("date_add", date_add, "date_add('2026-01-31', months=1, days=1)", "2026-03-01", cost=40),
    Function("date_diff", date_diff, "date_diff('2026-01-31', '2026-03-05')", 33, cost=40),
    Function("date_format", date_format, "date_format('2026-03-05', '%d.%m.%Y')", "05.03.2026", cost=20),
    Function("date_parse", date_parse, "date_parse('5.3.2026', '%d.%m.%Y')", "2026-03-05", cost=60),
)
