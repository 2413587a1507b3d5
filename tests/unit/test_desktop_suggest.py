"""What controls of a program can be called, as far as that can be told from their tree."""

from __future__ import annotations

from typing import Any

from pydantic import JsonValue

from activities.drivers.desktop.suggest import suggest
from activities.sessions.control import written
from activities.sessions.desktop import Branch, Facts


def tree(*controls: tuple[int, str, str]) -> list[Branch]:
    """Depth, type and name of each."""
    return [Branch(depth, Facts(str(number), kind, name)) for number, (depth, kind, name) in enumerate(controls)]


def best(branches: list[Branch]) -> list[JsonValue]:
    return [written(each.targets[0].target) for each in suggest(branches)]


FORM = tree(
    (0, "Window", "notes.txt - Mousepad"),
    (1, "MenuBar", ""),
    (2, "MenuItem", "File"),
    (1, "Pane", ""),
    (2, "Edit", "Amount"),
    (2, "Edit", ""),
    (2, "Edit", ""),
    (0, "Window", "Save Changes"),
    (1, "Button", "Save"),
    (2, "Text", "Save"),
)
MOUSEPAD: dict[str, Any] = {"control_type": "Window", "sub_name": "Mousepad"}


def test_each_control_is_named_by_what_lasts_longest() -> None:
    assert [
        MOUSEPAD,
        {"control_type": "MenuBar"},
        {"control_type": "MenuItem", "name": "File"},
        {"control_type": "Pane"},
        {"control_type": "Edit", "name": "Amount"},
        {"control_type": "Edit", "found_index": 2, "within": MOUSEPAD},
        {"control_type": "Edit", "found_index": 3, "within": MOUSEPAD},
        {"control_type": "Window", "name": "Save Changes"},
        {"control_type": "Button", "name": "Save"},
        {"control_type": "Text", "name": "Save"},
    ] == best(FORM)


def test_what_is_there_twice_is_named_with_its_window() -> None:
    twice = tree((0, "Window", "One"), (1, "Button", "OK"), (0, "Window", "Two"), (1, "Pane", ""), (2, "Button", "OK"))

    named = best(twice)

    assert {"control_type": "Button", "name": "OK", "within": {"control_type": "Window", "name": "One"}} == named[1]
    assert {"control_type": "Button", "name": "OK", "within": {"control_type": "Window", "name": "Two"}} == named[4]


def test_windows_whose_titles_end_alike_are_named_by_their_whole_titles() -> None:
    assert [
        {"control_type": "Window", "name": "a.txt - Editor"},
        {"control_type": "Window", "name": "b.txt - Editor"},
    ] == best(tree((0, "Window", "a.txt - Editor"), (0, "Window", "b.txt - Editor")))


def test_the_name_that_programmers_gave_comes_first() -> None:
    known = [Branch(0, Facts("1", "Edit", "Total 12", automation_id="total"))]

    [described] = suggest(known)

    assert [{"automation_id": "total"}, {"control_type": "Edit", "name": "Total 12"}, {"control_type": "Edit"}] == [
        written(each.target) for each in described.targets
    ]
    assert described.targets[0].stability > described.targets[-1].stability
    assert "leans on the name its programmers gave it" == described.targets[0].reason


def test_every_target_names_its_own_control_only() -> None:
    named = [written(each.target) for described in suggest(FORM) for each in described.targets]

    assert len(named) == len({str(each) for each in named})
