"""What expressions come to."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from pydantic import JsonValue

from workflows.expressions.expression import Reference, compile_expression
from workflows.expressions.fuel import Fuel
from workflows.expressions.scope import Scope

RESULTS: list[tuple[str, JsonValue]] = [
    ("'a' \"b\"", "ab"),
    ("r'\\d'", "\\d"),
    ("'''a\n'b'''", "a\n'b"),
    ("0xff + 1_000", 1255),
    ("1.5e3 + .5", 1500.5),
    ("[true, false, null, True, False, None]", [True, False, None, True, False, None]),
    ("  total\n + 1  ", 6),
    ("total + row.amount * 2", 10.0),
    ("7 // 2 + 7 % 2 - 7 / 2", 0.5),
    ("2 ** 10 + 2 ** -1", 1024.5),
    ("(-2) ** 3", -8),
    ("1 ** 10 ** 9", 1),
    ("-total + +total", 0),
    ("not total", False),
    ("'ab' + 'cd'", "abcd"),
    ("[1] + [2]", [1, 2]),
    ("'ab' * 2 + 2 * 'c'", "ababcc"),
    ("[0] * 2 + 2 * [1]", [0, 0, 1, 1]),
    ("'a' * -1", ""),
    ("[1] * -1", []),
    ("1 < 2 <= 2 < 3", True),
    ("3 > 2 >= 3", False),
    ("1 == 1.0 != 2", True),
    ("'a' < 'b'", True),
    ("[1, 'a'] < [2, 0]", True),
    ("{'a': [1]} == {'a': [1.0]}", True),
    ("1 == 'a'", False),
    ("'a' * 300 == 'a' * 300", True),
    ("nothing is None and total is not null", True),
    ("None is None is None", True),
    ("'d' in 'Ada'", True),
    ("2 in [1, 2]", True),
    ("total not in (1, 2)", True),
    ("total in (*numbers, 5)", True),
    ("'amount' in row and 'x' not in row", True),
    ("'' or 0 or 'last'", "last"),
    ("total and name and 0", 0),
    ("total or unknown", 5),
    ("'many' if total > 3 else unknown", "many"),
    ("'many' if total > 9 else 'few'", "few"),
    ("row.items[0]", 1),
    ("row['Total amount']", 7),
    ("rows[-1].id", 2),
    ("name[0] + name[-1]", "Aa"),
    ("[1, 2][True]", 2),
    ("numbers[1:] + numbers[:1] + numbers[::-1]", [1, 2, 3, 2, 1, 3]),
    ("name[1:3]", "da"),
    ("[1, *numbers, *[4]]", [1, 3, 1, 2, 4]),
    ("{'a': 1, **{'a': 2, 'b': 3}}", {"a": 2, "b": 3}),
    ("[row.amount for row in rows if row.amount > 5 if row.id]", [9]),
    ("[a * b for a in numbers for b in [1, 10]]", [3, 30, 1, 10, 2, 20]),
    ("[x for x in [x for x in numbers if x > 1]]", [3, 2]),
    ("[a + b for (a, b) in zip(numbers, numbers)]", [6, 2, 4]),
    ("[a + c for a, [b, c] in [[1, [2, 3]]]]", [4]),
    ("[c + k for c in 'ab' for k in {'x': 1}]", ["ax", "bx"]),
    ("{key: value for key, value in {'a': 1}.items()}", {"a": 1}),
    ("{str(n): n for n in numbers}", {"3": 3, "1": 1, "2": 2}),
    ("total + sum(total for total in numbers)", 11),
    ("any(1 / n > 2 for n in [0.1, 0])", True),
    ("all(n > 1 for n in [0, 'a'])", False),
    ("any([]) or all([])", True),
    ("', '.join(str(n) for n in numbers)", "3, 1, 2"),
    ("default(row.missing, 'x')", "x"),
    ("default(row.missing.deeper[0], 'x')", "x"),
    ("default(row.empty, 'x')", "x"),
    ("default(row.empty.deeper, 'x')", "x"),
    ("default(nothing[0], 'x') + default(nothing.upper(), 'y')", "xy"),
    ("default(rows[9].id, 0)", 0),
    ("default(row.amount, unknown)", 2.5),
    ("default(default(row.a, row.b), row.amount)", 2.5),
    ("default(value=nothing, fallback=1)", 1),
    ("row.get('items')[1]", 2),
    ("'Grüße'.upper()", "GRÜSSE"),
]


@pytest.mark.parametrize(("text", "expected"), RESULTS)
def test_an_expression_comes_to(text: str, expected: JsonValue, evaluate: Callable[..., JsonValue]) -> None:
    result = evaluate(text)

    assert expected == result
    assert type(expected) is type(result)


def test_references_are_free_names_with_their_constant_paths() -> None:
    expression = compile_expression(
        "a.b[0]['c d'] + sum(x.y for x in b.z) + c[i].d + e.upper() + f[-1][1:2] + d[True].e"
    )

    assert (
        Reference("a", ("b", 0, "c d"), 0),
        Reference("b", ("z",), 33),
        Reference("c", (), 40),
        Reference("i", (), 42),
        Reference("e", (), 49),
        Reference("f", (-1,), 61),
        Reference("d", (), 74),
    ) == expression.references


def test_constants_functions_and_variables_of_comprehensions_are_no_references() -> None:
    expression = compile_expression("[len(x) for x, y in zip([true], [null])]")

    assert () == expression.references


def test_a_reference_within_default_is_optional() -> None:
    expression = compile_expression("default(a.b, c.d) + e.f")

    assert [("a", True), ("c", False), ("e", False)] == [(each.name, each.optional) for each in expression.references]


def test_an_offset_counts_characters_over_all_lines() -> None:
    expression = compile_expression("'äöü€😀' +\n  'ß' + name")

    assert [18] == [reference.offset for reference in expression.references]


def test_equal_texts_are_compiled_once() -> None:
    assert compile_expression("total + 1") is compile_expression("total + 1")


def test_an_expression_shows_its_text() -> None:
    expression = compile_expression("total + 1")

    assert "Expression('total + 1')" == repr(expression)
    assert "total + 1" == expression.text


@pytest.mark.parametrize("text", [text for text, _ in RESULTS])
def test_values_of_the_scope_are_never_changed(text: str, scope: Scope, evaluate: Callable[..., JsonValue]) -> None:
    before = copy.deepcopy(scope)

    evaluate(text)

    assert before == scope


def test_the_fuel_used_is_the_same_each_time(scope: Scope) -> None:
    expression = compile_expression("sorted([n * 2 for n in numbers]) + [name * 100]")
    budgets = [Fuel(), Fuel(), Fuel()]

    for fuel in budgets:
        expression.evaluate(scope, fuel)

    assert 1 == len({fuel.spent for fuel in budgets})
    assert 0 < budgets[0].spent == 100_000 - budgets[0].remaining


def test_an_evaluation_has_fuel_of_its_own_unless_given(scope: Scope) -> None:
    expression = compile_expression("len([n for n in range(1000)])")

    assert [1000, 1000] == [expression.evaluate(scope) for _ in range(2)]
