"""Text with expressions in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import JsonValue

from workflows.call import SecretRef, SecretSlot
from workflows.errors import ExpressionError
from workflows.expressions.fuel import Fuel
from workflows.expressions.scope import Scope
from workflows.expressions.template import (
    has_template,
    parse_template,
    resolve,
    resolve_params,
    walk_templates,
)

RESULTS: list[tuple[str, JsonValue]] = [
    ("${{ total }}", 5),
    ("${{total}}", 5),
    (" \n${{ numbers }}\n", [3, 1, 2]),
    ("${{ nothing }}", None),
    ("${{ total + 1 }} of ${{ ratio }}", "6 of 2.5"),
    ("${{ total }}${{ name }}", "5Ada"),
    ("is ${{ flag }}", "is true"),
    ("is ${{ not flag }}", "is false"),
    ("${{ 1.0 }}!", "1.0!"),
    ("all: ${{ numbers }}", "all: [3, 1, 2]"),
    ("it: ${{ {'ä': null} }}", 'it: {"ä": null}'),
    ("${{ {'a': {'b': 1}} }}", {"a": {"b": 1}}),
    ("${{ {'a': {'b': 1}}}}", {"a": {"b": 1}}),
    ("${{ '}}' }}", "}}"),
    ("${{ \"}}'\" + '\"}}' }}", "}}'\"}}"),
    ("${{ '${{' }}", "${{"),
    ("plain", "plain"),
    ("", ""),
    ("a }} b", "a }} b"),
    ("$${{ total }}", "${{ total }}"),
    ("$$${{", "$${{"),
    ("$${{${{ total }}", "${{5"),
    ("$ ${{ total }}", "$ 5"),
    ("${{ total\n  + 1 }}", 6),
]


@pytest.mark.parametrize(("text", "expected"), RESULTS)
def test_a_text_comes_to(text: str, expected: JsonValue, scope: Scope) -> None:
    result = resolve(text, scope)

    assert expected == result
    assert type(expected) is type(result)


REFUSALS = [
    ("a ${{ total", 2, "the ${{ is not closed: add }}, or write $${{ for plain text"),
    ("a ${{ (total }}", 6, "'(' is not closed"),
    ("${{ {'a': 1 }}", 0, "the ${{ is not closed"),
    ("${{ it's }}", 4, "it' does not start a string: remove what is before the quote"),
    ("ab ${{ }}", 7, "the expression is empty"),
    ("ab ${{  totl }}", 8, "did you mean 'total'?"),
    ("ab ${{ 1 +\n totl }}", 12, "did you mean 'total'?"),
    ("ab ${{  1 + }}", 10, "not an expression"),
    ("ab ${{ row.empty }}", 7, "null has no text: use default(value, '')"),
    ("ab ${{ secret(name) }}", 7, "secret('name') is only available as all of a ${{ }}"),
    ("ab ${{ 'x' + secret('name') }}", 13, "secret('name') is only available as all of a ${{ }}"),
    ("ab ${{ secret('') }}", 6, "names no secret"),
    ("ab ${{ secret('name') }}", 6, "secret('name') is only available in the parameters"),
    ("${{ secret('name') }}", 3, "secret('name') is only available in the parameters"),
    ("${{ " + "1 + " * 1500 + "1 }}", 3, "more than 4000 characters"),
    ("${{ 'a' * 2 ** 20 }}${{ 'a' * 2 ** 20 }}", 0, "at most 1048576 are allowed"),
]


@pytest.mark.parametrize(("text", "offset", "says"), REFUSALS, ids=[text[:40] for text, _, _ in REFUSALS])
def test_a_refusal_counts_from_the_start_of_the_text(text: str, offset: int, says: str, scope: Scope) -> None:
    with pytest.raises(ExpressionError) as caught:
        resolve(text, scope)

    assert any(part in caught.value.message for part in says.split("|")), caught.value.message
    assert offset == caught.value.offset


def test_a_refusal_in_a_tree_names_the_field(scope: Scope) -> None:
    with pytest.raises(ExpressionError, match=r"^field 'target.names.1': 'x' is not defined here") as caught:
        resolve({"target": {"names": ["a", "b ${{ x }}"]}}, scope)

    assert 6 == caught.value.offset


def test_a_tree_without_templates_is_returned_as_it_is(scope: Scope) -> None:
    value: JsonValue = {"a": ["b", {"c": None, "d": 1.5}], "e": "}}"}

    assert value is resolve(value, scope)
    assert not has_template(value)


def test_all_templates_of_a_tree_are_worked_out(scope: Scope) -> None:
    value: JsonValue = {"${{ key }}": ["${{ total }}", {"b": "x${{ name }}"}, None], "c": 1}

    assert has_template(value)
    assert {"${{ key }}": [5, {"b": "xAda"}, None], "c": 1} == resolve(value, scope)
    assert ["${{ total }}", {"b": "x${{ name }}"}, None] == value["${{ key }}"]  # type: ignore[index,call-overload]


def test_what_a_value_says_is_never_taken_for_a_template(scope: Scope) -> None:
    assert "x${{ total }}" == resolve("x${{ '$' + '{{ total }}' }}", scope)


def test_a_tree_nested_too_deeply_is_refused(scope: Scope) -> None:
    value: JsonValue = "${{ total }}"
    for _ in range(5000):
        value = [value]

    with pytest.raises(ExpressionError, match="more than 100 deep"):
        resolve(value, scope)


def test_one_budget_pays_for_the_whole_tree(scope: Scope) -> None:
    fuel = Fuel()

    resolve(["${{ total }}", "${{ total + 1 }}"], scope, fuel)

    assert 4 == fuel.spent
    with pytest.raises(ExpressionError, match="more work than allowed"):
        resolve(["${{ [n for n in range(10000)] }}"] * 10, scope)


def test_secrets_leave_null_and_a_slot(scope: Scope) -> None:
    params: dict[str, JsonValue] = {
        "url": "https://${{ name }}/",
        "headers": [{"Authorization": "Bearer ${{ secret('token') }}!${{ total }}$${{"}],
        "password": ' ${{ secret("pass word") }} ',
        "n": 1,
    }

    resolved, slots = resolve_params(params, scope)

    assert {"url": "https://Ada/", "headers": [{"Authorization": None}], "password": None, "n": 1} == resolved
    assert (
        SecretSlot(path=("headers", 0, "Authorization"), parts=("Bearer ", SecretRef(secret="token"), "!", "5", "${{")),
        SecretSlot(path=("password",), parts=(SecretRef(secret="pass word"),)),
    ) == slots


def test_params_without_templates_are_returned_as_they_are(scope: Scope) -> None:
    params: dict[str, JsonValue] = {"a": [1, "b"]}

    resolved, slots = resolve_params(params, scope)

    assert params is resolved
    assert () == slots


@pytest.mark.parametrize(
    "text", ["${{ 'Bearer $' + \"{{ secret('t') }}\" }}", "${{ {'secret': 't'} }}", "$${{ secret('t') }}"]
)
def test_what_looks_like_a_secret_never_becomes_one(text: str, scope: Scope) -> None:
    resolved, slots = resolve_params({"a": text}, scope, Fuel())

    assert () == slots
    assert resolved["a"] is not None


def test_a_slot_of_absurd_length_is_refused(scope: Scope) -> None:
    long = "${{ 'a' * 2 ** 20 }}"

    with pytest.raises(ExpressionError, match=r"field 'a': .*at most 1048576"):
        resolve_params({"a": long + "${{ secret('t') }}" + long}, scope)


def test_a_template_tells_what_it_holds() -> None:
    template = parse_template("a ${{ total }} ${{ secret('t') }} ${{  name }}")

    assert [("total", 6), ("name", 39)] == [(each.expression.text, each.offset) for each in template.expressions]
    assert ("t",) == template.secrets
    assert template.whole is None
    assert "a ${{ total }} ${{ secret('t') }} ${{  name }}" == template.text


def test_a_whole_template_is_its_expression() -> None:
    whole = parse_template(" ${{ total }} ").whole

    assert whole is not None
    assert "total" == whole.text
    assert parse_template("${{ secret('x') }}").whole is None
    assert parse_template("${{ total }}.").whole is None


def test_walking_gives_each_template_with_its_place() -> None:
    value: JsonValue = {"a": ["${{ x }}", "plain", 1], "b": {"c": "${{ 1 + }}"}, "d": "${{ secret('s') }}"}

    found = list(walk_templates(value))

    assert [("a", 0), ("b", "c"), ("d",)] == [path for path, _ in found]
    assert [False, True, True] == [isinstance(template, ExpressionError) for _, template in found]


def test_walking_allows_secrets_only_where_told() -> None:
    [(path, template)] = walk_templates("${{ secret('s') }}", secrets=True)

    assert () == path
    assert not isinstance(template, ExpressionError)
    assert ("s",) == template.secrets


def test_equal_texts_are_taken_apart_once() -> None:
    assert parse_template("a ${{ total }}") is parse_template("a ${{ total }}")


def test_fuel_tells_what_was_spent() -> None:
    fuel = Fuel(10)
    fuel.spend(4)

    assert (4, 6, 10) == (fuel.spent, fuel.remaining, fuel.limit)


def test_a_refused_field_keeps_the_evaluation_error_short(refusal: Callable[..., ExpressionError]) -> None:
    assert len(refusal("[" + "1, " * 1000 + "nonsense]").message) < 300
