from __future__ import annotations

from typing import Any

import pytest
from pydantic import JsonValue

from activities.sessions.control import Control
from activities.sessions.control_leaning import control_leans
from activities.sessions.fragility import RATES, fragility
from activities.sessions.leaning import Lean, leans
from activities.sessions.target import Target


def stability(said: JsonValue) -> int:
    return fragility(Target.model_validate(said)).stability


@pytest.mark.parametrize(
    ("said", "leaning"),
    [
        ({"role": "button", "name": "Pay"}, {Lean.NAME: 1}),
        ({"role": "button"}, {Lean.KIND: 1}),
        ({"role": "button", "name": "Pay", "within": {"role": "row", "name": "INV-12"}}, {Lean.NAME: 2, Lean.DIGIT: 1}),
        ({"label": "Amount", "frame": "#bank"}, {Lean.LABEL: 1, Lean.ID: 1}),
        ({"text": "x" * 41, "nth": 2}, {Lean.TEXT: 1, Lean.LONG: 1, Lean.NUMBER: 1}),
        ({"text": "Invoice ${{ row.number1 }}"}, {Lean.TEXT: 1}),
        ({"test_id": "pay-1"}, {Lean.TEST_ID: 1}),
        ({"role": "img", "alt": "Logo", "title": "Home"}, {Lean.ALT: 1, Lean.TITLE: 1}),
        ("#submit", {Lean.ID: 1}),
        ("#ember1234", {Lean.ID: 1, Lean.MADE_UP: 1}),
        ("a.btn.css-1x2y3z", {Lean.CLASS: 2, Lean.MADE_UP: 1}),
        ("[id='a b'] [name=amount]", {Lean.ID: 1, Lean.STEP: 1, Lean.ATTRIBUTE: 1}),
        ("a[href='/invoices/12345']", {Lean.ADDRESS: 1, Lean.MADE_UP: 1}),
        ('tr:has-text("ACME") > td:nth-child(2)', {Lean.TEXT: 1, Lean.STEP: 1, Lean.POSITION: 1}),
        ("html > body > div:nth-of-type(2) > a", {Lean.STEP: 3, Lean.POSITION: 1, Lean.KIND: 1}),
        ("h1", {Lean.KIND: 1}),
        ("h1 >> nth=1", {Lean.KIND: 1, Lean.NUMBER: 1}),
        ("button >> visible=true", {Lean.KIND: 1}),
        ("text=Pay 12", {Lean.TEXT: 1, Lean.DIGIT: 1}),
        ("'Pay'", {Lean.TEXT: 1}),
        ("role=button[name='Pay']", {Lean.NAME: 1}),
        ("role=button", {Lean.KIND: 1}),
        ("css=#a >> xpath=//b[@id='c']", {Lean.ID: 2}),
        ("data-testid=pay", {Lean.TEST_ID: 1}),
        ("_react=Button", {Lean.ATTRIBUTE: 1}),
        ("//table/tr[3]//a", {Lean.STEP: 2, Lean.POSITION: 1, Lean.KIND: 1}),
        ({"xpath": "//a[normalize-space(.)='Pay now']"}, {Lean.TEXT: 1}),
        ("//*[contains(@class, 'b')]/following-sibling::i[last()]", {Lean.CLASS: 1, Lean.STEP: 1, Lean.POSITION: 1}),
    ],
)  # fmt: skip
def test_a_target_leans_on_all_that_has_to_stay(said: Any, leaning: dict[Lean, int]) -> None:
    assert leaning == dict(leans(Target.model_validate(said)))


@pytest.mark.parametrize(
    ("said", "leaning"),
    [
        ("Save", {Lean.NAME: 1}),
        ({"control_type": "Button", "name": "Save 2"}, {Lean.NAME: 1, Lean.DIGIT: 1}),
        ({"control_type": "Edit", "within": {"sub_name": "Notes"}}, {Lean.KIND: 1, Lean.NAME: 1}),
        ({"name_regex": "Invoice [0-9]+"}, {Lean.NAME: 1}),
        ({"automation_id": "total"}, {Lean.AUTOMATION_ID: 1}),
        ({"class_name": "Edit", "depth": 2, "found_index": 3}, {Lean.CLASS: 1, Lean.DEPTH: 1, Lean.NUMBER: 1}),
        ({"control_type": "Edit", "found_index": 1}, {Lean.KIND: 1, Lean.NUMBER: 1}),
        ({"image": "save.png"}, {Lean.LOOKS: 1}),
        ({"ocr": "Save"}, {Lean.TEXT: 1}),
    ],
)  # fmt: skip
def test_a_target_of_a_program_leans_on_all_that_has_to_stay(said: Any, leaning: dict[Lean, int]) -> None:
    assert leaning == dict(control_leans(Control.model_validate(said)))


def test_a_control_that_is_named_lasts_longer_than_one_that_is_counted() -> None:
    named, counted = {"control_type": "Edit", "name": "Amount"}, {"control_type": "Edit", "found_index": 2}

    assert fragility(Control.model_validate(named)).stability > fragility(Control.model_validate(counted)).stability


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"test_id": "pay"}, {"role": "button", "name": "Pay"}),
        ({"label": "Amount"}, {"css": "#amount"}),
        ({"role": "button", "name": "Pay"}, {"css": "#pay"}),
        ({"css": "#pay"}, {"css": ".btn-primary"}),
        ({"css": "#pay"}, {"css": "#ember1234"}),
        ({"css": ".btn"}, {"css": ".btn.large"}),
        ({"role": "button", "name": "Pay"}, {"role": "button", "name": "Pay 12"}),
        ({"role": "button", "name": "Pay"}, {"role": "button", "name": "Pay", "nth": 2}),
        ({"css": "#form > button"}, "html > body > div:nth-of-type(2) > form > div > button"),
        ({"text": "Pay"}, {"text": "Pay", "within": "#form"}),
    ],
)
def test_the_more_a_target_leans_on_and_the_less_it_says_the_sooner_it_breaks(
    better: JsonValue, worse: JsonValue
) -> None:
    assert stability(better) > stability(worse)


def test_a_rate_is_known_of_everything_that_targets_lean_on() -> None:
    assert set(Lean) == set(RATES)
    assert all(rate > 0 for rate in RATES.values())


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"role": "button", "name": "Pay"}, "leans on what people call it"),
        (".btn.large > a", "leans on 2 classes"),
        ("html > body > div > div > a", "leans on its kind alone and 4 levels of HTML"),
        ("#ember1 >> nth=2", "leans on an id or class made up by a program, a number among all that match and an id"),
    ],
)  # fmt: skip
def test_the_reason_names_what_matters_most(said: str, reason: str) -> None:
    assert reason == fragility(Target.model_validate(said)).reason
