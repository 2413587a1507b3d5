"""Where the parts of a document stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workflows.defect import Defect
from workflows.parse import parse
from workflows.source import DocumentError, Path, Position, Problem, Source

TEXT = """\
aether: 1
name: x
steps:
  - id: first
    do: browser.fill
    with:
      target: "#a"
      value: "a ${{ b }}"
      escaped: "\\t${{ b }}"
      plain: ${{ b }} c
      block: |
          one
            two ${{ b }}
      folded: >
        one
        two
      split: "one
        two"
  - if: true
    then:
      - id: second
        do: a.b
        timeout: 3s
    elif:
      - if: false
        then: [{id: third, do: a.b, with: {do: [1]}}]
  - break
  - id: fourth
    do: a.b
    with: &shared {deep: [1, 2]}
  - do: a.b
    with: *shared
"""
SOURCE = parse(TEXT, file="x.yaml").source


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), (1, 1)),
        (("name",), (2, 7)),
        (("steps",), (4, 3)),
        (("steps", 0), (4, 5)),
        (("steps", 0, "with", "target"), (7, 15)),
        (("steps", 0, "with", "absent", "deeper"), (7, 7)),
        (("steps", 9), (4, 3)),
        (("steps", -1), (4, 3)),
        (("steps", 2, "break"), (27, 5)),
        (("steps", "name"), (4, 3)),
        (("name", 0), (2, 7)),
        (("steps", 4, "with", "deep", 1), (30, 30)),
        (("steps", 4, "with"), (32, 11)),
    ],
)
def test_a_value_or_else_what_is_around_it_has_a_place(path: Path, expected: Position) -> None:
    assert expected == SOURCE.position(path)


def test_a_field_has_a_place_for_its_name() -> None:
    assert (7, 7) == SOURCE.position(("steps", 0, "with", "target"), key=True)
    assert (4, 5) == SOURCE.position(("steps", 0), key=True)
    assert (6, 5) == SOURCE.position(("steps", 0, "with"), key=True)


@pytest.mark.parametrize(
    ("field", "offset", "expected"),
    [
        ("value", 2, (8, 17)),
        ("escaped", 1, (9, 16)),
        ("plain", 4, (10, 18)),
        ("block", 2, (12, 13)),
        ("block", 10, (13, 17)),
        ("folded", 4, (14, 15)),
        ("split", 4, (17, 14)),
    ],
)
def test_a_place_inside_a_text_is_exact_where_the_text_is_written_as_it_is(
    field: str, offset: int, expected: Position
) -> None:
    assert expected == SOURCE.position(("steps", 0, "with", field), offset=offset)


def test_a_place_inside_something_that_is_no_text_is_its_own() -> None:
    assert (1, 9) == SOURCE.position(("aether",), offset=3)


def test_what_the_author_wrote_can_be_looked_up() -> None:
    assert "browser.fill" == SOURCE.value(("steps", 0, "do"))
    assert [1, 2] == SOURCE.value(("steps", 4, "with", "deep"))
    assert SOURCE.value(("steps", 9, "do")) is None


@pytest.mark.parametrize(
    ("path", "step", "field"),
    [
        ((), None, None),
        (("inputs", "a", "type"), None, "inputs.a.type"),
        (("needs", 0), None, "needs[0]"),
        (("steps",), None, "steps"),
        (("steps", 0), "first", None),
        (("steps", 0, "with", "target"), "first", "with.target"),
        (("steps", 1, "if"), None, "if"),
        (("steps", 1, "then", 0, "timeout"), "second", "timeout"),
        (("steps", 1, "elif", 0, "if"), None, "elif[0].if"),
        (("steps", 1, "elif", 0, "then", 0, "with", "do", 0), "third", "with.do[0]"),
        (("steps", 2, "break"), None, "break"),
        (("outputs", 0, "then", 0), None, "outputs[0].then[0]"),
    ],
)
def test_a_problem_names_the_innermost_step_and_its_field(path: Path, step: str | None, field: str | None) -> None:
    problem = SOURCE.problem(path, Defect.WRONG_VALUE, "is wrong")

    assert (step, field) == (problem.step, problem.field)
    assert path == problem.path
    assert SOURCE.position(path) == (problem.line, problem.column)


def test_a_problem_says_all_that_is_known() -> None:
    path = ("steps", 0, "with", "value")

    wrong = SOURCE.problem(path, Defect.WRONG_VALUE, "is wrong", hint="mend it", at=(8, 17))
    problem = replace(wrong, severity="warning")

    assert "x.yaml:8:17: warning: step 'first', field 'with.value': is wrong; mend it" == str(problem)


def test_without_a_text_a_problem_has_no_place() -> None:
    problem = Source("x.yaml").problem(("steps", 0, "do"), Defect.WRONG_VALUE, "is wrong")

    assert "x.yaml: field 'do': is wrong" == str(problem)
    assert (1, 1) == Source("x.yaml").position(("steps", 0))


def test_an_error_lists_all_problems_in_the_order_of_the_text() -> None:
    later, earlier, nowhere = (
        Problem("x", Defect.EMPTY, "b", 2, 1),
        Problem("x", Defect.EMPTY, "c", 1, 9),
        Problem("x", Defect.EMPTY, "a"),
    )

    error = DocumentError([later, earlier, nowhere])

    assert (nowhere, earlier, later) == error.problems
    assert "x: a\nx:1:9: c\nx:2:1: b" == str(error) == error.message


def test_lines_are_counted_as_editors_do() -> None:
    source = parse("aether: 1\r\nname: x\r\nsteps:\r\n- assert: |\r\n    ${{ a }}\r\n", file="x").source

    assert (5, 5) == source.position(("steps", 0, "assert"), offset=0)
