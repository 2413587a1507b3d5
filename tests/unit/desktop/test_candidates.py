"""Targets as error messages suggest them."""

from __future__ import annotations

import pytest
import yaml

from activities.drivers.desktop.candidates import flow, listed, selector
from activities.drivers.desktop.match import nearest
from activities.sessions.control import Control
from activities.sessions.desktop import Facts

SAVE = Facts("1", "Button", "Save")
CONTROLS = [
    SAVE, Facts("2", "Button", "Close"), Facts("3", "Text", "Close"), Facts("4", "Edit", ""), Facts("5", "Edit", ""),
    Facts("6", "Slider", "", class_name="zoom"), Facts("7", "MenuItem", "Save as", enabled=False),
    Facts("8", "Button", "yes: no"), Facts("9", "Button", "Save", visible=False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "target"),
    [
        (0, {"name": "Save"}),
        (1, {"control_type": "Button", "name": "Close"}),
        (4, {"control_type": "Edit", "found_index": 2}),
        (5, {"control_type": "Slider"}),
        (7, {"name": "yes: no"}),
    ],
)
def test_a_control_is_named_by_as_little_as_tells_it_from_the_others(number: int, target: dict[str, object]) -> None:
    assert target == selector(CONTROLS, CONTROLS[number])


@pytest.mark.parametrize("name", ["Save", "yes", "1.5", "a: b", "{x}", 'say "no"', "#1", "Größe", "- x", "null", " x"])
def test_a_suggested_target_can_be_pasted_into_a_document(name: str) -> None:
    target = {"control_type": "Button", "name": name}

    assert target == yaml.safe_load(flow(target))


def test_the_nearest_controls_come_first_and_are_told_with_their_state() -> None:
    target = Control(control_type="MenuItem", name="Save As")

    near = nearest(target, CONTROLS[:8], 2, 0.5)

    assert "MenuItem 'Save as' (disabled) as {name: Save as}; Button 'Save' as {name: Save}" == listed(CONTROLS, near)
