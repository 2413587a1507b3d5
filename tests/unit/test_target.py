from __future__ import annotations

import json
from typing import Any, get_args, get_type_hints

import jsonschema
import pytest
from playwright.async_api import Page
from pydantic import BaseModel, ValidationError

from activities.sessions.target import Role, Target


class Step(BaseModel):
    target: Target


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("#submit", "selector '#submit'"),
        ({"role": "button"}, "button"),
        ({"role": "button", "name": "Pay"}, "button 'Pay'"),
        ({"role": "button", "name": "Pay", "test_id": "pay"}, "button 'Pay' with test_id 'pay'"),
        ({"text": "Pay", "within": {"role": "row", "name": "ACME"}}, "text 'Pay' in row 'ACME'"),
        ({"css": "td", "nth": 2, "within": {"css": "tr", "nth": 3}}, "css 'td' number 2 in css 'tr' number 3"),
        ({"label": "Card", "frame": "iframe"}, "label 'Card' in the frame selector 'iframe'"),
    ],
)
def test_a_target_is_named_as_a_person_would(written: Any, words: str) -> None:
    assert words == str(Step(target=written).target)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", "at least 1 character"),
        ({}, "says nothing of the element"),
        ({"within": "#form"}, "says nothing of the element"),
        ({"nth": 1}, "says nothing of the element"),
        ({"name": "Pay"}, "a name needs a role beside it"),
        ({"label": "Pay", "name": "Pay"}, "a name needs a role beside it"),
        ({"role": "buton"}, "'button'"),
        ({"css": "li", "nth": 0}, "greater than or equal to 1"),
        ({"css": "li", "within": {}}, "says nothing of the element"),
        ({"css": "li", "colour": "red"}, "not permitted"),
        (7, "valid dictionary"),
    ],
)
def test_an_impossible_target_is_refused_by_the_model_and_by_its_schema(written: Any, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Step(target=written)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"target": written}, Step.model_json_schema())


def test_a_target_survives_json() -> None:
    target = Step(target={"role": "button", "name": "Pay", "within": "#form"}).target

    assert target == Target.model_validate(json.loads(target.model_dump_json()))


def test_the_roles_are_those_of_playwright() -> None:
    """A role that Playwright does not know would only be found out when a step runs."""
    known = get_type_hints(Page.get_by_role)["role"]

    assert set(get_args(known)) == set(get_args(Role))
