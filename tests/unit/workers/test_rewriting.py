"""A new target in an old text: whatever else there is in it stays as it is."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from workers.rewriting import rewritten
from workflows.parse import parse
from workflows.source import Path

HEAD = "aether: 1\nname: pay  # our name\nsteps:\n"
STEP = HEAD + "  - id: a\n    do: b.c\n    with:\n"
TARGET: Path = ("steps", 0, "with", "target")


def changed(text: str, value: JsonValue) -> str:
    after = rewritten(text, {TARGET: value})
    assert value == parse(after, file="pay.yaml").source.value(TARGET)
    return after


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        (
            "      target: {css: '#pay', nth: 2}   # the second\n      # twice\n      x: 1\n",
            "#paid",
            '      target: "#paid"   # the second\n      # twice\n      x: 1\n',
        ),
        (
            "      target:\n        css: '#pay'  # made up\n        nth: 2\n\n  - {id: z, set: {y: 1}}\n",
            {"role": "button", "name": "Pay"},
            "      target:\n        role: button  # made up\n        name: Pay\n\n  - {id: z, set: {y: 1}}\n",
        ),
        (
            "      target:\n        role: link   # kept\n        name: Pay\n        nth: 2\n      x: 1\n",
            {"role": "link", "name": "Pay now"},
            "      target:\n        role: link   # kept\n        name: Pay now\n      x: 1\n",
        ),
        (
            "      target:\n        nth: 2  # the second\n        css: a\n",
            {"css": "a"},
            "      target:\n        # the second\n        css: a\n",
        ),
        (
            "      target:\n        css: a",
            {"role": "link", "name": "Pay", "within": {"role": "row"}},
            "      target:\n        role: link\n        name: Pay\n        within: {role: row}",
        ),
        (
            "      target:\n        css: a # old\n      x: 1\n",
            {"css": "b", "nth": 2},
            "      target:\n        css: b # old\n        nth: 2\n      x: 1\n",
        ),
        (
            "      target: >-\n        #pay\n        b\n      x: 1\n",
            {"test_id": "pay"},
            "      target: {test_id: pay}\n      x: 1\n",
        ),
        (
            "      target: 'ü'\n  - {id: b, do: b.c}\n",
            {"role": "link", "name": "Öffnen"},
            '      target: {role: link, name: "Öffnen"}\n  - {id: b, do: b.c}\n',
        ),
    ],
)
def test_only_the_value_changes(before: str, value: JsonValue, after: str) -> None:
    assert STEP + after == changed(STEP + before, value)


def test_a_value_on_the_line_of_its_step_stays_there() -> None:
    step = "  - {id: a, do: b.c, with: {target: %s, x: 1}}  # pays\n"

    after = changed(HEAD + step % "'#pay'", {"role": "button", "name": "Pay"})

    assert HEAD + step % "{role: button, name: Pay}" == after


def test_several_values_change_at_once() -> None:
    text = HEAD + "  - {id: a, do: b.c, with: {x: '#a', z: '#b'}}\n"

    after = rewritten(text, {("steps", 0, "with", "x"): "a", ("steps", 0, "with", "z"): {"text": "Pay"}})

    assert HEAD + "  - {id: a, do: b.c, with: {x: a, z: {text: Pay}}}\n" == after


def test_a_value_that_two_steps_share_changes_for_both() -> None:
    text = HEAD + "  - {id: a, do: b.c, with: &it {target: '#a'}}\n  - {id: b, do: b.c, with: *it}\n"

    after = rewritten(text, {TARGET: "b", ("steps", 1, "with", "target"): "b"})

    assert HEAD + "  - {id: a, do: b.c, with: &it {target: b}}\n  - {id: b, do: b.c, with: *it}\n" == after
