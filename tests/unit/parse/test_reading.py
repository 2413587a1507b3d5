"""What texts mean, and what is left of broken ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from workflows.compile import compile_plan
from workflows.parse import parse, read

HEAD = "aether: 1\nname: x\nsteps:\n- set:\n    v: "


@dataclass(frozen=True)
class Case:
    text: str
    expected: Any


CASES = (
    Case("no", "no"),
    Case("Yes", "Yes"),
    Case("on", "on"),
    Case("true", expected=True),
    Case("FALSE", expected=False),
    Case("null", None),
    Case("~", None),
    Case("", None),
    Case("017", 17),
    Case("0o17", 15),
    Case("0x1F", 31),
    Case("0b11", "0b11"),
    Case("+5", 5),
    Case("1_000", "1_000"),
    Case("1e3", 1000.0),
    Case(".5", 0.5),
    Case("5.", 5.0),
    Case("-0.0", 0.0),
    Case("12:30:45", "12:30:45"),
    Case("2026-01-31", "2026-01-31"),
    Case("2026-01-31T08:00:00Z", "2026-01-31T08:00:00Z"),
    Case("=", "="),
    Case("'5'", "5"),
    Case('"\\u00e9\\x41"', "éA"),
    Case("[&a {b: 1}, *a, *a]", [{"b": 1}, {"b": 1}, {"b": 1}]),
    Case("{'<<': 1}", {"<<": 1}),
    Case("|\n      a\n       b", "a\n b"),
    Case("${{ x }}", "${{ x }}"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text or "empty")
def test_words_mean_what_yaml_1_2_says(case: Case) -> None:
    document = parse(HEAD + case.text, file="x").document

    value = document.model_dump()["steps"][0]["set"]["v"]
    assert case.expected == value
    assert type(case.expected) is type(value)


def test_json_is_read_as_well_with_its_pairs_of_escapes() -> None:
    text = r'{"aether":1,"name":"x","steps":[{"set":{"v":"\ud83d\ude00 \/ \\ud83d\\ude00"}}]}'

    document = parse(text.encode(), file="x.json").document

    assert r"😀 / \ud83d\ude00" == document.model_dump()["steps"][0]["set"]["v"]


def test_what_looks_like_such_a_pair_in_yaml_stays_as_it_is() -> None:
    document = parse(HEAD + r"'\ud83d\ude00'", file="x").document

    assert r"\ud83d\ude00" == document.model_dump()["steps"][0]["set"]["v"]


def test_a_byte_order_mark_is_no_content() -> None:
    assert parse(b"\xef\xbb\xbf" + HEAD.encode(), file="x") == parse("\ufeff" + HEAD, file="x")


def test_single_words_are_steps() -> None:
    text = (
        "{aether: 1, name: x, steps: [return, {for_each: [], do: [break, {if: true, then: [continue],"
        " elif: [{if: true, then: [break]}], else: [break]}, {try: [break], catch: [{do: [break]}], finally: [break]},"
        " {switch: 1, cases: [{when: 1, do: [break]}], default: [continue]}]}, {do: a.b, with: {do: [break]}}]}"
    )

    document = parse(text, file="x").document

    steps = document.model_dump(mode="json", by_alias=True, exclude_unset=True)["steps"]
    stop = [{"break": None}]
    assert {"return": None} == steps[0]
    assert {"if": True, "then": stop} == steps[1]["do"][1]["elif"][0]
    assert {"try": stop, "catch": [{"do": stop}], "finally": stop} == steps[1]["do"][2]
    assert {"do": ["break"]} == steps[2]["with"]


def test_what_is_broken_is_left_out_and_the_rest_is_kept() -> None:
    text = """\
aether: 1
name: x
bla: 1
inputs: {a: {type: file, minimum: x}, b: 3, 4c: {type: 5}}
steps:
  - id: first
    do: Click
    retry: {delays: 3}
  - id: second
    if: x
    then: [{match: [{id: inner, set: {variable: 1}, as: other}]}]
    elif: [{if: true}, 3]
  - id: third
    for_each: 1
    as: 7
    do: [break]
  - {switch: 1, cases: [], default: 3}
  - {switch: 1, cases: [3]}
  - {try: [break], catch: 3}
  - {try: [break], catch: [3]}
"""

    reading = read(text, file="x")

    assert reading.document is not None
    unknown = '${{ run.id == "" }}'
    nothing = {"assert": unknown}
    written = reading.document.model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert {"a": {"type": "file"}, "b": {"type": "any"}} == written["inputs"]
    assert [
        {"id": "first", **nothing},
        {
            "id": "second",
            "if": unknown,
            "then": [nothing],
            "elif": [{"if": True, "then": [nothing]}, {"if": unknown, "then": [nothing]}],
        },
        {"id": "third", "for_each": [], "do": [{"break": None}]},
        {"switch": 1, "cases": [{"when": None, "do": [nothing]}]},
        {"switch": 1, "cases": [{"when": None, "do": [nothing]}]},
        nothing,
        {"try": [{"break": None}], "catch": [{"do": [nothing]}]},
    ] == written["steps"]
    assert {"first", "inner", "variable", "other"} == reading.lost


def test_too_many_mistakes_are_not_repaired() -> None:
    reading = read("aether: 1\nname: x\nsteps:\n" + "- {}\n" * 101, file="x")

    assert reading.document is None
    assert 100 == len(reading.problems)


def test_a_sound_document_has_no_problems() -> None:
    reading = read(HEAD, file="x")

    assert () == reading.problems
    assert frozenset() == reading.lost
    assert parse(HEAD, file="x").document == reading.document


def test_nothing_is_held_against_what_broken_parts_may_have_defined() -> None:
    text = """\
aether: 1
name: x
steps:
  - id: first
    do: Rows
  - parallel: [{id: second, set: {third: 1}}]
  - set: {fourth: 1, a-b: 2}
outputs: {a: "${{ first.count + second.third + third + fourth }}", b: "${{ fifth }}"}
"""

    reading = read(text, file="x")

    assert reading.document is not None
    compiled = compile_plan(reading.document, {}, source=reading.source, lost=reading.lost)
    assert ["the name 'fifth' is not defined"] == [problem.message for problem in compiled.problems]
