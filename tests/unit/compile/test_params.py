from __future__ import annotations

from typing import Any

import pytest

from activities.nodes.browser.click import click
from activities.nodes.browser.expect import expect
from activities.nodes.browser.open import open as open_page
from activities.nodes.browser.select import select
from activities.nodes.database.query import query
from workflows.params import params_problems

LOCATORS = "'role', 'label', 'text', 'placeholder', 'test_id', 'title', 'alt', 'css', 'xpath' and 'selector'"

SQL = "the statement, with `:name` where a value of `params` belongs; written out, without expressions."


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
        (
            query,
            {"connection": "shop", "sql": "select ${{ 1 }}"},
            [
                (
                    ("sql",),
                    "wrong-value",
                    "'select ${{ 1 }}' must be written out",
                    f"it is: {SQL}",
                )
            ],
        ),
        (query, {"connection": "${{ 'shop' }}", "sql": "select 1", "params": {"a": "${{ 1 }}"}}, []),
        (open_page, {"url": "${{ inputs.portal }}"}, []),
        (click, {"target": "${{ inputs.button }}"}, []),
    ],
)
def test_what_a_nodes_schema_forbids_is_told_in_words(node: Any, params: dict[str, Any], problems: list[Any]) -> None:
    assert problems == list(params_problems(node.spec().params, params))


def test_a_mapping_where_only_plain_values_may_be_is_told_in_words() -> None:
    schema: dict[str, Any] = {"properties": {"value": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}}

    [(place, _, message, _)] = params_problems(schema, {"value": {"a": 1}})

    assert (("value",), "expected text or a whole number, not {'a': 1}") == (place, message)
