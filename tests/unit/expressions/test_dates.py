"""Dates and times in expressions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import JsonValue

from workflows.errors import ExpressionError

RESULTS: list[tuple[str, JsonValue]] = [
    ("now()", "2026-03-05T14:30:00Z"),
    ("now('+05:30')", "2026-03-05T20:00:00+05:30"),
    ("today('+10:00')", "2026-03-06"),
    ("date('2026-03-05')", "2026-03-05"),
    ("date('2026-03-05T23:00:00+01:00')", "2026-03-05"),
    ("date_add('2024-02-29', years=1)", "2025-02-28"),
    ("date_add('2026-03-31', months=-1)", "2026-02-28"),
    ("date_add('2026-12-31', months=2, weeks=1)", "2027-03-07"),
    ("date_add('2026-03-05', hours=36)", "2026-03-06T12:00:00"),
    ("date_add('2026-03-05T10:00:00Z', minutes=-1, seconds=1)", "2026-03-05T09:59:01Z"),
    ("date_add('2026-03-05T10:00:00+01:00', days=0.5)", "2026-03-05T22:00:00+01:00"),
    ("date_add('2026-03-05T10:00:00+00:00:30', days=1)", "2026-03-06T10:00:00+00:00:30"),
    ("date_diff('2026-03-05', '2026-03-01')", -4),
    ("date_diff('2026-03-05', '2026-03-05T13:00:00Z', 'hours')", 13),
    ("date_diff('2026-03-05T12:00:00+02:00', '2026-03-05T12:00:00', 'minutes')", 120),
    ("date_diff('2026-01-31', '2026-02-28', 'months')", 1),
    ("date_diff('2026-01-15', '2026-03-14', 'months')", 1),
    ("date_diff('2026-03-14', '2020-03-15', 'years')", -5),
    ("date_diff('2026-01-01', '2026-01-20', unit='weeks')", 2),
    ("date_format('2026-03-05T09:07:03.000120')", "05.03.2026"),
    ("date_format('2026-03-05T09:07:03.000120', '%-d/%-m/%y %H:%M:%S.%f %j')", "5/3/26 09:07:03.000120 064"),
    ("date_format('2026-03-05T00:07:00-03:30', '%I:%M %p %z')", "12:07 AM -0330"),
    ("date_format('2026-03-05T13:07:00+01:00', '%I:%M %p %z')", "01:07 PM +0100"),
    ("date_format('2026-03-05T00:00:00', '%-H%z')", "0"),
    ("date_format('2026-03-05', '%a %A %b %B 100%%')", "Thu Thursday Mar March 100%"),
    ("date_parse('05.03.2026', '%d.%m.%Y')", "2026-03-05"),
    ("date_parse(' 5 March   2026 ', '%d %B %Y')", "2026-03-05"),
    ("date_parse('mar 5 26', '%b %d %y')", "2026-03-05"),
    ("date_parse('1.1.70', '%d.%m.%y')", "1970-01-01"),
    ("date_parse('2026', '%Y')", "2026-01-01"),
    ("date_parse('064/2026', '%j/%Y')", "2026-03-05"),
    ("date_parse('2026-03-05 14:30', '%Y-%m-%d %H:%M')", "2026-03-05T14:30:00"),
    ("date_parse('3/5/2026 2:30:01.5 pm', '%m/%d/%Y %I:%M:%S.%f %p')", "2026-03-05T14:30:01.500000"),
    ("date_parse('3/5/2026 12:30 AM', '%m/%d/%Y %I:%M %p')", "2026-03-05T00:30:00"),
    ("date_parse('2026-03-05 14:30 +0200', '%Y-%m-%d %H:%M %z')", "2026-03-05T14:30:00+02:00"),
    ("date_parse('2026-03-05 14:30 -02:00', '%Y-%m-%d %H:%M %z')", "2026-03-05T14:30:00-02:00"),
    ("date_parse('2026-03-05 14:30Z', '%Y-%m-%d %H:%M%z')", "2026-03-05T14:30:00Z"),
    ("date_parse('100% 2026', '100%% %Y')", "2026-01-01"),
]


@pytest.mark.parametrize(("text", "expected"), RESULTS)
def test_a_date_is(text: str, expected: JsonValue, evaluate: Callable[..., JsonValue]) -> None:
    assert expected == evaluate(text)


REFUSALS = [
    ("date('5.3.2026')", "date() needs a date such as '2026-03-05'"),
    ("date('2026-02-30')", "date() needs a date such as"),
    ("date(5)", "date() needs a string"),
    ("date(2026, 2, 30)", "there is no date of the year 2026, month 2, day 30"),
    ("date(2026, 10 ** 30, 1)", "there is no date"),
    ("date(2026, 2)", "date() needs an integer, not null"),
    ("now('Berlin')", "now() needs an offset from UTC such as '+01:00'"),
    ("now('')", "now() needs an offset from UTC"),
    ("date_add('2026-03-05', fortnights=1)", "there is years, months, weeks, days, hours, minutes, seconds"),
    ("date_add('2026-03-05', days='1')", "date_add() needs a number"),
    ("date_add('2026-03-05', months=1.5)", "date_add() needs an integer"),
    ("date_add('2026-03-05', years=8000)", "leaves the years 1 to 9999"),
    ("date_add('2026-03-05', years=10 ** 30)", "leaves the years 1 to 9999"),
    ("date_add('9999-12-31', days=1)", "leaves the years 1 to 9999"),
    ("date_add('2026-03-05', days=10 ** 30)", "leaves the years 1 to 9999"),
    ("date_diff('2026-03-05', '2026-03-05', 'fortnights')", "date_diff() has no unit 'fortnights'"),
    ("date_diff('2026-03-05', '2026-03-05', 1)", "date_diff() needs a string"),
    ("date_diff('2026-03-05T00:00:00+14:00', '9999-12-31T23:00:00Z', 'months')", "leaves the years 1 to 9999"),
    ("date_format('2026-03-05', '%Q')", "a date has no '%Q': there is %d %m %y"),
    ("date_format('2026-03-05', '%')", "a date has no '%'"),
    ("date_parse('2026', '%A')", "a date has no '%A'"),
    ("date_parse('5', '%d')", "date_parse() needs a year in its pattern"),
    ("date_parse('5 5 2026', '%d %d %Y')", "has %d twice"),
    ("date_parse('x', '%Y')", "date_parse() cannot read 'x' after the pattern '%Y'"),
    ("date_parse('30.2.2026', '%d.%m.%Y')", "found no such date"),
    ("date_parse('2026 13 pm', '%Y %I %p')", "found no such date"),
    ("date_parse('2026 1 +9999', '%Y %H %z')", "found no such date"),
    ("date_parse('999/9999', '%j/%Y')", "found no such date"),
]


@pytest.mark.parametrize(("text", "says"), REFUSALS)
def test_a_date_is_refused(text: str, says: str, refusal: Callable[..., ExpressionError]) -> None:
    assert says in refusal(text).message
