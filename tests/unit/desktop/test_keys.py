"""Keys as UI Automation writes them."""

from __future__ import annotations

import pytest

from activities.drivers.desktop.keys import Chord, parse
from workflows.errors import InvalidParamsError


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("ab", [Chord("a"), Chord("b")]),
        ("Ä😀\n", [Chord("Ä"), Chord("😀"), Chord("\n")]),
        ("{Ctrl}s{Enter}", [Chord("s", ("CTRL",)), Chord("ENTER")]),
        ("{ctrl}{SHIFT}{Return}", [Chord("ENTER", ("CTRL", "SHIFT"))]),
        ("{Ctrl}(AB)c", [Chord("A", ("CTRL",)), Chord("B", ("CTRL",)), Chord("c")]),
        ("(a)", [Chord("("), Chord("a"), Chord(")")]),
        ("{Tab 3}", [Chord("TAB")] * 3),
        ("{Ctrl}{a 2}", [Chord("a", ("CTRL",)), Chord("a")]),
        ("{{}{}}{(}{)}{+}", [Chord("{"), Chord("}"), Chord("("), Chord(")"), Chord("+")]),
        ("{Alt}", [Chord("ALT")]),
        ("{Ctrl}({F4}{Home})", [Chord("F4", ("CTRL",)), Chord("HOME", ("CTRL",))]),
        ("{Space 2}", [Chord("SPACE")] * 2),
        ("", []),
    ],
)
def test_keys_are_read(keys: str, expected: list[Chord]) -> None:
    assert expected == parse(keys)


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("a{", "brace alone at character 2"),
        ("a}", "brace alone at character 2"),
        ("{Entr}", "a key 'Entr' that there is none of"),
        ("{Tab x}", "a key 'Tab x' that there is none of"),
        ("{a 0}", "0 times"),
        ("{a 99999}", "99999 times"),
        ("{Ctrl}(ab", "nothing closes"),
    ],
)
def test_keys_that_cannot_be_read_are_refused(keys: str, problem: str) -> None:
    with pytest.raises(InvalidParamsError, match=problem):
        parse(keys)
