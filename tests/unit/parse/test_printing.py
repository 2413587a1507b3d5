"""How documents look when they are printed."""
# ruff: noqa: E501 - a table: one case, one line

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import pytest

from workflows.document import Document
from workflows.parse import parse
from workflows.printing import print_document

TEXT = """\
aether: 1
name: invoice-intake
description: |
  Pay the invoices.
  All of them.
inputs:
  workbook: {type: file}
  portal: {type: string, default: "http://127.0.0.1:8000/"}
needs: [browser]
on_failure: park
defaults:
  timeout: 30s
  retry: {delays: [10s, 1m, 1h30m], jitter: 0.2}
steps:
  - id: rows
    description: Read them.
    do: excel.read
    with: {path: "${{ inputs.workbook }}"}
    timeout: 1m
  - id: pay_all
    for_each: "${{ rows.records }}"
    as: row
    do:
      - id: pay
        do: browser.click
        with: {target: {role: button, name: 'Say "Pay"'}}
      - if: "${{ row.last }}"
        then:
          - break
        elif:
          - if: true
            then:
              - continue
        else:
          - break: "${{ row.wrong }}"
  - switch: "${{ inputs.portal }}"
    cases:
      - when: [a, b]
        do:
          - wait: {until: "2027-01-31T08:00:00+01:00"}
    default:
      - return
  - try:
      - throw: {message: no good, kind: robot}
    catch:
      - on: [robot, "no"]
        as: problem
        do:
          - set: {"true": null, number: "1", empty: "", yes_: "yes", list: [], mapping: {}}
    finally:
      - assert: "${{ a\\t}}"
        message: |-
          two
            lines
outputs:
  paid: "${{ pay_all.count }}"
"""


def test_a_document_in_canonical_form_prints_as_it_is() -> None:
    text = TEXT.replace('"true"', "true_")

    assert text == print_document(parse(text, file="x").document)


@dataclass(frozen=True)
class Case:
    id: str
    value: Any
    expected: str


CASES = (
    Case("word", "a b", "a b"),
    Case("path", "a/b.xlsx", "a/b.xlsx"),
    Case("duration", "1h30m", "1h30m"),
    Case("number-as-text", "12", '"12"'),
    Case("fraction-as-text", "1e3", '"1e3"'),
    Case("date", "2026-01-31", '"2026-01-31"'),
    Case("no", "No", '"No"'),
    Case("null", "null", '"null"'),
    Case("nothing", "", '""'),
    Case("quotes", 'a "b"', "'a \"b\"'"),
    Case("both-quotes", "a 'b' \"c\"", "'a ''b'' \"c\"'"),
    Case("backslash", "a\\b", "'a\\b'"),
    Case("tab", "a\tb", '"a\\tb"'),
    Case("bell", "a\x07", '"a\\u0007"'),
    Case("separator", "a\u2028", '"a\\u2028"'),
    Case("colon", "a: b", '"a: b"'),
    Case("accent", "é", '"é"'),
    Case("astral", "😀", '"😀"'),
    Case("lines", "a\nb", "|-\n      a\n      b"),
    Case("ended-lines", "a\n\nb\n", "|\n      a\n\n      b"),
    Case("blank-end", "a\n\n", "|+\n      a\n"),
    Case("indented-lines", " a\nb", '" a\\nb"'),
    Case("integer", -5, "-5"),
    Case("float", 1e16, "1e+16"),
    Case("whole-float", 2.0, "2.0"),
    Case("list", [1, True, None], "[1, true, null]"),
    Case("nested", [{"a": [1]}], "\n      - {a: [1]}"),
    Case("long-list", [*range(9)], "\n      - 0\n      - 1\n      - 2\n      - 3\n      - 4\n      - 5\n      - 6\n      - 7\n      - 8"),
    Case("list-of-lists-of-lines", [["a\nb"]], "\n      - - |-\n          a\n          b"),
    Case("long-key", {"k" * 501: 1}, "\n      ? " + "k" * 501 + "\n      : 1"),
    Case("long-key-of-list", {"k" * 501: ["a\nb"]}, "\n      ? " + "k" * 501 + "\n      :\n        - |-\n          a\n          b"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_data_prints_in_its_shortest_safe_form(case: Case) -> None:
    document = Document.model_validate({"aether": 1, "name": "x", "steps": [{"set": {"v": case.value, "w": "a\nb"}}]})

    text = print_document(document)

    lines = text.removeprefix("aether: 1\nname: x\nsteps:\n  - set:\n      v:").partition("\n      w:")[0]
    expected = re.sub(r"\n(?=.)", "\n  ", case.expected)
    assert (expected if expected.startswith("\n") else f" {expected}") == lines
    assert document == parse(text, file="x").document


@pytest.mark.parametrize("number", [math.inf, math.nan, 2**63, -(2**63) - 1])
def test_numbers_that_cannot_be_read_are_not_printed(number: float) -> None:
    document = Document.model_validate({"aether": 1, "name": "x", "steps": [{"set": {"a": number}}]})

    with pytest.raises(ValueError, match="a document cannot hold the number"):
        print_document(document)
