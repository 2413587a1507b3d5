"""What each construct of the language does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.machine import World, plan_of


@dataclass(frozen=True)
class Case:
    id: str
    steps: list[Any]
    outputs: dict[str, Any]
    expected: dict[str, Any]


CASES = [
    Case(
        "set keeps types",
        [{"set": {"x": "${{ 1 + 1 }}", "y": "n=${{ 2 }}"}}],
        {"x": "${{ x }}", "y": "${{ y }}"},
        {"x": 2, "y": "n=2"},
    ),
    Case(
        "set computes all values before it changes any",
        [{"set": {"a": 1, "b": 2}}, {"set": {"a": "${{ b }}", "b": "${{ a }}"}}],
        {"a": "${{ a }}", "b": "${{ b }}"},
        {"a": 2, "b": 1},
    ),
    Case(
        "if takes the first arm that holds",
        [{"if": True, "then": [{"set": {"x": 1}}], "else": [{"set": {"x": 2}}]}],
        {"x": "${{ x }}"},
        {"x": 1},
    ),
    Case(
        "elif is looked at in order",
        [
            {
                "if": False,
                "then": [{"set": {"x": 1}}],
                "elif": [
                    {"if": "${{ 1 > 2 }}", "then": [{"set": {"x": 2}}]},
                    {"if": True, "then": [{"set": {"x": 3}}]},
                ],
            }
        ],
        {"x": "${{ x }}"},
        {"x": 3},
    ),
    Case(
        "else is taken when nothing holds",
        [{"if": False, "then": [{"set": {"x": 1}}], "else": [{"set": {"x": 2}}]}],
        {"x": "${{ x }}"},
        {"x": 2},
    ),
    Case(
        "an if without else may do nothing",
        [{"id": "check", "if": False, "then": [{"set": {"x": 1}}]}],
        {"x": "${{ check }}"},
        {"x": {}},
    ),
    Case(
        "an if's output is that of its steps",
        [{"id": "check", "if": True, "then": [{"id": "inner", "set": {"x": 1}}]}],
        {"x": "${{ check.inner.x }}", "flat": "${{ inner.x }}"},
        {"x": 1, "flat": 1},
    ),
    Case(
        "switch takes the case that equals",
        [
            {
                "switch": "${{ 'b' }}",
                "cases": [{"when": "a", "do": [{"set": {"x": 1}}]}, {"when": ["b", "c"], "do": [{"set": {"x": 2}}]}],
            }
        ],
        {"x": "${{ x }}"},
        {"x": 2},
    ),
    Case(
        "switch knows true from 1",
        [{"switch": True, "cases": [{"when": 1, "do": [{"set": {"x": "one"}}]}], "default": [{"set": {"x": "other"}}]}],
        {"x": "${{ x }}"},
        {"x": "other"},
    ),
    Case(
        "switch without a match does nothing",
        [{"id": "pick", "switch": 3, "cases": [{"when": 1, "do": [{"set": {"x": 1}}]}]}],
        {"x": "${{ pick }}"},
        {"x": {}},
    ),
    Case(
        "for_each goes through a list in order",
        [
            {"set": {"seen": []}},
            {
                "id": "loop",
                "for_each": [1, 2, 3],
                "as": "n",
                "index": "i",
                "do": [{"set": {"seen": "${{ seen + [n * 10 + i] }}"}}],
            },
        ],
        {"seen": "${{ seen }}", "count": "${{ loop.count }}"},
        {"seen": [10, 21, 32], "count": 3},
    ),
    Case(
        "for_each goes through the entries of a mapping",
        [
            {
                "id": "loop",
                "for_each": {"a": 1, "b": 2},
                "do": [{"id": "one", "set": {"text": "${{ item.key }}${{ item.value }}"}}],
            }
        ],
        {"texts": "${{ [r.one.text for r in loop.results] }}"},
        {"texts": ["a1", "b2"]},
    ),
    Case(
        "for_each over nothing does nothing",
        [{"id": "loop", "for_each": [], "do": [{"set": {"x": 1}}]}],
        {"loop": "${{ loop }}"},
        {"loop": {"count": 0, "results": []}},
    ),
    Case(
        "while goes on as long as its condition holds",
        [{"set": {"n": 0}}, {"id": "loop", "while": "${{ n < 4 }}", "do": [{"set": {"n": "${{ n + 1 }}"}}]}],
        {"n": "${{ n }}", "count": "${{ loop.count }}"},
        {"n": 4, "count": 4},
    ),
    Case(
        "break leaves the innermost loop",
        [
            {"set": {"seen": []}},
            {
                "for_each": [1, 2],
                "as": "a",
                "do": [
                    {
                        "for_each": [1, 2, 3],
                        "as": "b",
                        "do": [{"break": "${{ b == 2 }}"}, {"set": {"seen": "${{ seen + [[a, b]] }}"}}],
                    }
                ],
            },
        ],
        {"seen": "${{ seen }}"},
        {"seen": [[1, 1], [2, 1]]},
    ),
    Case(
        "a round left by break does not count",
        [
            {
                "id": "loop",
                "for_each": [1, 2, 3],
                "do": [{"id": "x", "set": {"v": "${{ item }}"}}, {"if": "${{ item == 2 }}", "then": [{"break": None}]}],
            }
        ],
        {"loop": "${{ loop }}"},
        {"loop": {"count": 1, "results": [{"x": {"v": 1}}]}},
    ),
    Case(
        "continue goes on with the next round",
        [
            {"set": {"seen": []}},
            {
                "id": "loop",
                "for_each": [1, 2, 3],
                "do": [{"continue": "${{ item == 2 }}"}, {"set": {"seen": "${{ seen + [item] }}"}}],
            },
        ],
        {"seen": "${{ seen }}", "count": "${{ loop.count }}"},
        {"seen": [1, 3], "count": 3},
    ),
    Case(
        "continue inside a try runs its finally",
        [
            {"set": {"n": 0}},
            {"for_each": [1, 2], "do": [{"try": [{"continue": None}], "finally": [{"set": {"n": "${{ n + 1 }}"}}]}]},
        ],
        {"n": "${{ n }}"},
        {"n": 2},
    ),
    Case("return ends the run with its own outputs", [{"return": {"x": "${{ 1 + 1 }}"}}], {"x": 1}, {"x": 2}),
    Case(
        "return leaves loops and runs finally",
        [
            {"set": {"n": 0}},
            {"for_each": [1, 2], "do": [{"try": [{"return": None}], "finally": [{"set": {"n": "${{ n + 1 }}"}}]}]},
        ],
        {"n": "${{ n }}"},
        {"n": 1},
    ),
    Case(
        "catch sees the error",
        [
            {
                "try": [
                    {
                        "id": "bad",
                        "throw": {"type": "NoPurchaseOrder", "message": "none for ${{ 7 }}", "details": {"n": 7}},
                    }
                ],
                "catch": [{"on": "NoPurchaseOrder", "as": "problem", "do": [{"set": {"seen": "${{ problem }}"}}]}],
            }
        ],
        {"seen": "${{ seen }}"},
        {
            "seen": {
                "type": "NoPurchaseOrder",
                "kind": "business",
                "message": "none for 7",
                "step": "bad",
                "details": {"n": 7},
            }
        },
    ),
    Case(
        "the first catch that fits is taken",
        [
            {
                "try": [{"throw": "no"}],
                "catch": [
                    {"on": "robot", "do": [{"set": {"x": 1}}]},
                    {"on": ["configuration", "business"], "do": [{"set": {"x": 2}}]},
                    {"do": [{"set": {"x": 3}}]},
                ],
            }
        ],
        {"x": "${{ x }}"},
        {"x": 2},
    ),
    Case(
        "a try without an error runs its finally and has the output of its steps",
        [
            {"set": {"x": 0}},
            {"id": "t", "try": [{"id": "a", "set": {"v": 1}}], "finally": [{"set": {"x": "${{ x + 1 }}"}}]},
        ],
        {"x": "${{ x }}", "t": "${{ t }}"},
        {"x": 1, "t": {"a": {"v": 1}}},
    ),
    Case(
        "an error in a catch runs finally and goes on outward",
        [
            {"set": {"x": 0}},
            {
                "try": [
                    {
                        "try": [{"throw": "first"}],
                        "catch": [{"do": [{"throw": "second"}]}],
                        "finally": [{"set": {"x": 1}}],
                    }
                ],
                "catch": [{"do": [{"set": {"m": "${{ error.message }}"}}]}],
            },
        ],
        {"x": "${{ x }}", "m": "${{ m }}"},
        {"x": 1, "m": "second"},
    ),
    Case(
        "an error in a finally replaces the one before",
        [
            {
                "try": [{"try": [{"throw": "first"}], "finally": [{"throw": "second"}]}],
                "catch": [{"do": [{"set": {"m": "${{ error.message }}"}}]}],
            }
        ],
        {"m": "${{ m }}"},
        {"m": "second"},
    ),
    Case(
        "an assert that holds lets the run go on",
        [{"assert": "${{ 1 < 2 }}"}, {"set": {"x": 1}}],
        {"x": "${{ x }}"},
        {"x": 1},
    ),
    Case(
        "a wait of nothing does not wait",
        [{"wait": "${{ 0 }}"}, {"wait": {"until": "2001-01-01T00:00:00Z"}}],
        {"x": 1},
        {"x": 1},
    ),
    Case("inputs have their defaults", [{"set": {"x": "${{ inputs.n + 1 }}"}}], {"x": "${{ x }}"}, {"x": 6}),
    Case(
        "run tells of itself",
        [{"set": {"x": 1}}],
        {"id": "${{ run.id }}", "document": "${{ run.document }}"},
        {"id": "test/1", "document": "test"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_construct_does_what_it_says(case: Case) -> None:
    end = World(plan_of(case.steps, outputs=case.outputs, inputs={"n": {"type": "integer", "default": 5}})).run()

    assert end is not None
    assert (end.error, case.expected) == (None, end.outputs)
