"""Fields may write what is filled in in their own way, but not lose any of it."""

from __future__ import annotations

import pytest

from activities.drivers.playwright.held import Held, keeps


def held(value: str, *, around: str = "", rich: bool = False) -> Held:
    return Held(kind="text", rich=rich, value=value, at_most=None, around=around)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("abc", "ABC"),
        ("1234.50", "$1,234.5"),
        ("12,50", "12.50"),
        ("007", "7"),
        ("0.00", "0"),
        ("0170 123", "+49 170 123"),
        ("21.11.2026", "2026-11-21"),
        ("José Straße", "JOSE STRASSE"),
        ("DE89 3704", "de893704"),
        ("a\r\nb", "a\nb"),
        ("Berl", "Berlin"),
        ("  ", ""),
        ("", ""),
    ],
)
def test_another_way_of_writing_is_no_loss(text: str, value: str) -> None:
    assert keeps(text, held(value))


@pytest.mark.parametrize(("text", "value"), [("abcdef", "abc"), ("12a3", "123"), ("x", ""), ("112", "12"), ("70", "")])
def test_what_is_dropped_is_lost(text: str, value: str) -> None:
    assert not keeps(text, held(value))


def test_what_became_an_entry_beside_an_empty_field_is_not_lost() -> None:
    assert keeps("red", held("", around="Tags: red"))


def test_an_editor_makes_what_it_likes_of_a_text_but_not_nothing() -> None:
    assert [True, False] == [keeps("**bold** :smile:", held(value, rich=True)) for value in ("bold 🙂", " ")]
