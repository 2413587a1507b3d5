"""What is refused before it can cost anything."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from typing_extensions import override

from workflows.compose import compose
from workflows.parse import parse, read
from workflows.source import DocumentError

SECOND = 5 if sys.gettrace() is None else 50
"""Of processor time; measuring coverage costs a multiple of the work."""

HEAD = "aether: 1\nname: x\nsteps: [break]\noutputs:\n  a: "


@dataclass(frozen=True)
class Case:
    id: str
    code: str
    text: str | bytes
    expected: str


def billion_laughs() -> str:
    lines = ["a: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"b{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 10)]
    return "\n".join(lines)


def tower() -> str:
    return "\n".join(["a: &a0 [1]"] + [f"b{level}: &a{level} [*a{level - 1}]" for level in range(1, 80)])


CASES = (
    Case(
        "ten-megabytes", "too-large", "a" * 10_000_000, "x.yaml: the document is longer than 1,048,576 bytes; split it"
    ),
    Case(
        "ten-megabytes-of-bytes",
        "too-large",
        b"\xff" * 10_000_000,
        "x.yaml: the document is longer than 1,048,576 bytes",
    ),
    Case("wide-characters", "too-large", "ü" * 600_000, "x.yaml: the document is longer than 1,048,576 bytes"),
    Case(
        "not-utf-8",
        "not-text",
        "a: ü\nb: ü".encode("latin-1"),
        "x.yaml:1:4: byte 0xfc is not UTF-8; save the file as UTF-8",
    ),
    Case("utf-16", "not-text", "a: b".encode("utf-16"), "x.yaml:1:1: byte 0xff is not UTF-8"),
    Case(
        "deep-list", "too-deep", "[" * 500_000, "x.yaml:1:65: the document is nested deeper than 64 levels; flatten it"
    ),
    Case("deep-mapping", "too-deep", "{a: " * 200_000, "x.yaml:1:257: the document is nested deeper than 64 levels"),
    Case("deep-block", "too-deep", "- " * 500_000, "x.yaml:1:129: the document is nested deeper than 64 levels"),
    Case("deep-keys", "too-deep", "? " * 500_000, "x.yaml:1:129: the document is nested deeper than 64 levels"),
    Case("deep-aliases", "too-deep", tower(), "the document is nested deeper than 64 levels"),
    Case("many-values", "too-large", HEAD + "[" + "1," * 400_000 + "]", "the document has more than 50,000 values"),
    Case("many-aliases", "too-large", billion_laughs(), "the document has more than 50,000 values"),
    Case("many-keys", "too-large", "a: 1\n" * 200_000, "the document has more than 50,000 values"),
    Case("long-quote", "wrong-type", "'" * 1_000_000, "x.yaml:1:1: a document is a mapping, not"),
    Case("long-number", "out-of-range", HEAD + "9" * 1_000_000, "a whole number needs to fit in 64 bits"),
    Case(
        "long-fraction", "out-of-range", HEAD + "1." + "9" * 1_000_000 + "e99999999999", "a number needs to be finite"
    ),
    Case("unclosed", "yaml-syntax", "[a, " + "\n" * 1_000_000, "not YAML: did not find expected"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_hostile_text_gets_one_clear_answer_within_a_second(case: Case) -> None:
    started = time.process_time()

    with pytest.raises(DocumentError) as raised:
        parse(case.text, file="x.yaml")

    assert time.process_time() - started < SECOND
    assert case.expected in str(raised.value.problems[0])
    assert case.code == raised.value.problems[0].code
    assert len(str(raised.value)) < 1000


STEPS = (
    "- {}\n",
    "- a\n",
    "- {do: A, xx: 1, yy: 2, zz: 3}\n",
    "- {for_each: 1, do: {}, as: 1, index: 2}\n",
    "- {if: x, then: [{if: x, then: [{if: x, then: [{tehn: 1}]}]}]}\n",
    "- {set: {a-b: 1, c-d: 2}}\n",
    "- {try: [{wait: 1}], catch: [{on: 1, do: [{throw: {}}]}]}\n",
    "- {1: 2, [a]: 3, <<: 4, a: !x 5, a: 6}\n",
)


@pytest.mark.parametrize("line", STEPS)
def test_thousands_of_mistakes_are_answered_within_a_second(line: str) -> None:
    text = "aether: 1\nname: x\nsteps:\n" + line * min(400_000 // len(line), 49_000 // (line.count(":") * 2 + 2))
    started = time.process_time()

    reading = read(text, file="x.yaml")

    assert time.process_time() - started < SECOND
    assert 0 < len(reading.problems) <= 100


def test_two_hundred_steps_are_read_in_a_tenth_of_a_second() -> None:
    step = "  - do: browser.click\n    with: {target: {role: button, name: Pay}, value: '${{ row.amount }}'}\n"
    text = "aether: 1\nname: x\nsteps:\n" + step * 200
    started = time.process_time()

    parse(text, file="x.yaml")

    assert time.process_time() - started < 0.1 * SECOND


@pytest.mark.parametrize(
    "text", ["aether: 1\nname: 'ü'\nsteps: [a, {b: |\n c}]", "a: &b [1, *b]", "a:\n - x: 1\n   y: {z: no}\n"]
)
def test_the_parser_written_in_python_agrees(text: str) -> None:
    def outcome(loader: object) -> object:
        try:
            source, problems = compose(text, file="x.yaml", loader=loader)
        except DocumentError as error:
            return [(problem.line, problem.column) for problem in error.problems]
        return source.value(()), problems

    assert outcome(yaml.CSafeLoader) == outcome(yaml.SafeLoader)


def test_a_fault_without_a_place_is_refused_as_well() -> None:
    """Parsers may reject a text before they have counted its lines."""

    class Rejecting(yaml.SafeLoader):
        @override
        def check_event(self, *choices: Any) -> bool:
            del choices
            raise yaml.YAMLError("no")

    with pytest.raises(DocumentError, match=r"^x\.yaml: not YAML: no$"):
        compose("a: 1", file="x.yaml", loader=Rejecting)
