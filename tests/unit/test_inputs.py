"""What a run accepts as inputs, and what it says of others."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.errors import InvalidInputError
from workflows.inputs import check_inputs, input_problem
from workflows.part import Input

REFUSED = [
    ({"type": "integer"}, "3", "expected a whole number, not '3'"),
    ({"type": "integer"}, True, "expected a whole number, not True"),
    ({"type": "boolean"}, 1, "expected true or false, not 1"),
    ({"type": "file"}, 1, "expected the path of a file, not 1"),
    ({"type": "string", "choices": ["a", "b"]}, "c", "'c' is none of 'a', 'b'"),
    ({"type": "number", "minimum": 1}, 0.5, "0.5 is less than 1"),
    ({"type": "number", "maximum": 1}, 2, "2 is more than 1"),
    ({"type": "string", "pattern": "[A-Z]+"}, "Ab", "'Ab' does not match '[A-Z]+'"),
    ({"type": "string", "pattern": "(?=a)"}, "a", "it cannot be held against '(?=a)': '(?=' cannot look ahead or back"),
    (
        {"type": "string", "pattern": "(a+)+b"},
        "a" * 500_000,
        "a text of 500000 characters is too long to be held against",
    ),
]


@pytest.mark.parametrize(("declared", "value", "problem"), REFUSED)
def test_a_value_that_does_not_fit_is_refused(declared: dict[str, Any], value: Any, problem: str) -> None:
    assert str(input_problem(Input.model_validate(declared), value)).startswith(problem)


ACCEPTED = [
    ({"type": "any"}, {"x": [1]}),
    ({"type": "number", "minimum": 1, "maximum": 2}, 1),
    ({"type": "boolean"}, True),
    ({"type": "string", "pattern": "[A-Z]+"}, "AB"),
    ({"type": "string", "pattern": r"(?i)[a-z]+\b ü"}, "AB Ü"),
    ({"type": "list", "choices": [[1]]}, [1]),
    ({"type": "object"}, {}),
]


@pytest.mark.parametrize(("declared", "value"), ACCEPTED)
def test_a_value_that_fits_is_accepted(declared: dict[str, Any], value: Any) -> None:
    assert input_problem(Input.model_validate(declared), value) is None


def test_all_faults_of_the_inputs_are_told_at_once() -> None:
    declared = {
        "user": Input(type="string", description="who logs in"),
        "count": Input(type="integer", default=1),
        "pause": Input(type="string"),
    }

    with pytest.raises(InvalidInputError) as caught:
        check_inputs(declared, {"usr": "x", "count": "many"})

    assert (
        "the document has no input 'usr'; did you mean 'user'?; input 'count': expected a whole number, not 'many'; "
        "input 'user' (who logs in) is missing; input 'pause' is missing"
    ) == caught.value.message


def test_an_input_of_a_document_without_inputs_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="no input 'x'; it has no inputs"):
        check_inputs({}, {"x": 1})


def test_null_stands_for_the_default_of_an_optional_input() -> None:
    check_inputs({"n": Input(type="integer", default=None)}, {"n": None})


def test_inputs_that_fit_are_accepted() -> None:
    declared = {"n": Input(type="integer"), "note": Input(type="string", default=None)}

    check_inputs(declared, {"n": 1, "note": None})
