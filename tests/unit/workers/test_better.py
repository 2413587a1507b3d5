"""What could stand in place of a target, from what steps remember."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from activities.fingerprints import Fingerprint, local_fingerprints
from activities.heals import Suggested, local_heals
from activities.sessions.target import Target, written
from tests.unit.test_fingerprints import BUTTON, KEY
from tests.unit.test_heals import finding, occasion
from workers.better import experience
from workers.settings import Settings

SHAKY = Target(selector=".btn.primary")
MINE = KEY.model_copy(update={"target": str(SHAKY)})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(artifacts=tmp_path)


async def better(settings: Settings, target: Target = SHAKY, step: str = "submit") -> JsonValue:
    found = (await experience(settings, "pay")).better(step, target)
    return written(found) if found is not None else None


@pytest.mark.parametrize(
    ("traits", "expected"),
    [
        ({}, {"role": "button", "name": "pay", "exact": False}),
        ({"tag": "a"}, {"role": "link", "name": "pay", "exact": False}),
        ({"role": "menuitem"}, {"role": "menuitem", "name": "pay", "exact": False}),
        ({"role": "no-role"}, {"css": '[id="pay"]'}),
        ({"tag": "input", "type": "submit"}, {"role": "button", "name": "pay", "exact": False}),
        ({"tag": "input", "kind": "field", "text": "", "label": "sum"}, {"label": "sum", "exact": False}),
        ({"tag": "input", "text": "", "hint": "sum", "id": ""}, {"placeholder": "sum", "exact": False}),
        ({"others": ["a1..."]}, {"css": '[id="pay"]'}),
        ({"text": "", "id": "", "name": "go", "mark": ["", "", "n", ""]}, {"css": 'button[name="go"]'}),
        ({"others": ["a1.b2.."]}, None),
    ],
)  # fmt: skip
async def test_a_fingerprint_names_its_element_by_what_it_alone_has(
    settings: Settings, traits: dict[str, Any], expected: JsonValue
) -> None:
    await local_fingerprints(settings.artifacts).put(MINE, Fingerprint.model_validate(BUTTON.model_dump() | traits))

    assert expected == await better(settings)


async def test_what_was_tried_on_the_page_goes_before_what_is_remembered(settings: Settings) -> None:
    await local_fingerprints(settings.artifacts).put(MINE, BUTTON)
    tried = Suggested(target={"test_id": "pay"}, stability=97, reason="leans on a test id")
    await local_heals(settings.artifacts).note(finding(MINE).model_copy(update={"targets": (tried,)}), occasion())

    assert {"test_id": "pay"} == await better(settings)


async def test_a_target_that_is_as_good_stays(settings: Settings) -> None:
    good = Target(role="button", name="Pay")
    await local_fingerprints(settings.artifacts).put(KEY, BUTTON)

    assert await better(settings, good) is None


async def test_the_elements_of_other_steps_are_no_help(settings: Settings) -> None:
    await local_fingerprints(settings.artifacts).put(MINE, BUTTON)

    assert await better(settings, step="another") is None
