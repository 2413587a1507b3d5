"""Lengths of time as text."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from workflows.duration import Duration, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "expected", "written"),
    [
        ("30s", timedelta(seconds=30), "30s"),
        ("1h30m", timedelta(minutes=90), "1h30m"),
        ("500ms", timedelta(milliseconds=500), "500ms"),
        ("1.001s", timedelta(milliseconds=1001), "1s1ms"),
        ("2d", timedelta(days=2), "2d"),
        ("90m", timedelta(minutes=90), "1h30m"),
        ("0s", timedelta(), "0s"),
        ("999999d", timedelta(days=999_999), "999999d"),
    ],
)
def test_a_duration_is_read_and_written(text: str, expected: timedelta, written: str) -> None:
    assert expected == parse_duration(text)
    assert written == format_duration(expected)
    assert expected == parse_duration(written)


@pytest.mark.parametrize("text", ["", "30", "s", "30 s", "30s\n", "-1s", "1m1h", "1.5m", "1.0005s", "٣s", "1e3s"])
def test_other_text_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="expected a duration such as"):
        parse_duration(text)


@pytest.mark.parametrize(
    "value", ["999999d24h", timedelta(days=1_000_000), timedelta(seconds=-1), timedelta(microseconds=1)]
)
def test_a_duration_that_cannot_be_written_is_refused(value: object) -> None:
    with pytest.raises(ValidationError, match="expected a duration of whole milliseconds and less than 1,000,000 days"):
        TypeAdapter(Duration).validate_python(value)
