from __future__ import annotations

from typing import Any

import pytest

from activities.nodes.browser.click import click
from activities.nodes.browser.expect import expect
from activities.nodes.browser.open import open as open_page
from activities.nodes.browser.select import select
from activities.nodes.database.query import query
from activities.nodes.desktop.click import click as press_control
from activities.nodes.desktop.expect import expect as expect_control
from workflows.params import params_problems

LOCATORS = "'role', 'label', 'text', 'placeholder', 'test_id', 'title', 'alt', 'css', 'xpath' and 'selector'"
CONTROL_LOCATORS = "'control_type', 'name', 'sub_name', 'name_regex', 'automation_id', 'class_name', 'image' and 'ocr'"
SQL_MEANT = "it is: the statement, with `:name` where a value of `params` belongs; written out, without expressions."
NAME_MEANT = "did you mean 'name'?"


@pytest.mark.parametrize(
    ("node", "params", "problems"),
    [
        (
            click,
            {"target": {}},
            [(("target",), "missing-parameter", f"at least one of {LOCATORS} must be given", None)],
        ),
        (
            click,
            {"target": {"css": "a", "within": {"name": "Pay", "text": "Pay"}}},
            [(("target", "within"), "missing-parameter", "'name' needs 'role' beside it", None)],
        ),
        (
            click,
            {"target": {"role": "buton"}},
            [(("target", "role"), "wrong-value", "'buton' is not allowed", "did you mean 'button'?")],
        ),
        (
            click,
            {"target": "#a", "button": "up"},
            [(("button",), "wrong-value", "'up' is not allowed", "use one of 'left', 'middle', 'right'")],
        ),
        (
            select,
            {"target": "#a", "value": "1", "label": "${{ one }}"},
            [((), "parameters-at-odds", "only one of 'value' and 'label' must be given", None)],
        ),
        (expect, {"count": "${{ 1 }}"}, [((), "missing-parameter", "'count' needs 'target' beside it", None)]),
        (
            open_page,
            {"url": "example.com"},
            [
                (
                    ("url",),
                    "wrong-value",
                    "'example.com' is not allowed",
                    "it is: the address, beginning with `http://` or `https://`.",
                )
            ],
        ),
        (open_page, {"url": "${{ inputs.portal }}"}, []),
        (
            query,
            {"connection": "erp", "sql": "select ${{ what }}"},
            [(("sql",), "wrong-value", "'select ${{ what }}' must be written out", SQL_MEANT)],
        ),
        (
            press_control,
            {"target": {"nmae": "Save"}},
            [
                (("target",), "missing-parameter", f"at least one of {CONTROL_LOCATORS} must be given", None),
                (("target", "nmae"), "unknown-parameter", "'nmae' is not a parameter of this node", NAME_MEANT),
            ],
        ),
        (
            press_control,
            {"target": {"control_type": "Buton", "within": {"name_regex": "["}}},
            [
                (("target", "control_type"), "wrong-value", "'Buton' is not allowed", "did you mean 'Button'?"),
                (
                    ("target", "within", "name_regex"),
                    "wrong-value",
                    (
                        "'[' cannot be read as a regular expression: '[' is not closed: add ], or write \\[ for the "
                        "character (at character 1 of the pattern)"
                    ),
                    None,
                ),
            ],
        ),
        (
            expect_control,
            {"target": "Total"},
            [((), "missing-parameter", "at least one of 'state', 'text' and 'value' must be given", None)],
        ),
        (click, {"target": "${{ inputs.button }}"}, []),
    ],
)
def test_what_a_nodes_schema_forbids_is_told_in_words(node: Any, params: dict[str, Any], problems: list[Any]) -> None:
    assert problems == sorted(params_problems(node.spec().params, params), key=lambda each: each[0])


def test_a_mapping_where_only_plain_values_may_be_is_told_in_words() -> None:
    schema: dict[str, Any] = {"properties": {"value": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}}

    [(place, _, message, _)] = params_problems(schema, {"value": {"a": 1}})

    assert (("value",), "expected text or a whole number, not {'a': 1}") == (place, message)
