"""What the predecessor's references become."""
# ruff: noqa: E501 - a table: one case, one line

from __future__ import annotations

from typing import Any

import pytest

from tests.support.predecessor import imported, lines, node, steps

READ = node("ExtractTextNode", selector="#a", variable_name="amount")
SET = node("SetVariableNode", variable_name="row", default_value={"a": [{"b": 1}]})
ODD = node("SetVariableNode", variable_name="größe-x", default_value=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("{{row}}", "${{ row }}"),
        ("{{ row.a[0].b }} x", "${{ row.a[0].b }} x"),
        ("{{row.a.0}}", "${{ row.a[0] }}"),
        ("{{row['a']}}", "${{ row['a'] }}"),
        ("${row}", "${{ row }}"),
        ("a %row% b", "a ${{ row }} b"),
        ("100 %", "100 %"),
        ("{{größe-x}}", "${{ gr_e_x }}"),
        ("{{r.text}}", "${{ r.text }}"),
        ("{{amount}}", "${{ amount }}"),
        ("{{$currentDate}}", "${{ today() }}"),
        ("at {{$currentTime}}", "at ${{ date_format(now(), '%H:%M:%S') }}"),
        ("${{row}}", '${{ "$" }}${{ row }}'),
        ("$${x", "$${x"),
        ("${{ x", "$${{ x"),
        ("{{row}} ${{ x", "${{ row }} $${{ x"),
        (["{{row}}", {"a": "{{row}}"}, 5], ["${{ row }}", {"a": "${{ row }}"}, 5]),
    ],
)
def test_a_reference_keeps_its_meaning(text: Any, expected: Any) -> None:
    user = node("SetVariableNode", variable_name="x", default_value=text)

    result = imported("start>r r>s s>o o>u", r=READ, s=SET, o=ODD, u=user)

    assert expected == steps(result)[-1]["set"]["x"]
    assert [] == lines(result)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{nothing}}", "step 'u', field 'default_value': nothing gives 'nothing' a value"),
        ("{{r.colour}}", "step 'u', field 'default_value': the output 'colour' of node 'r' (ExtractTextNode) does not exist here"),
        ("{{$timestamp}}", "step 'u', field 'default_value': '$timestamp' cannot be referred to here"),
        ("{{a b(c)}}", "step 'u', field 'default_value': nothing gives 'a b(c)' a value"),
        ("{{a[b]}}", "step 'u', field 'default_value': 'a[b]' cannot be referred to here"),
    ],
)  # fmt: skip
def test_a_reference_to_nothing_is_named(text: str, expected: str) -> None:
    user = node("SetVariableNode", variable_name="x", default_value=text)

    result = imported("start>r r>u", r=READ, u=user)

    assert [expected] == lines(result)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("{{row}}", "bool(row)"),
        ("row.a", "bool(row.a)"),
        ("{{row.a}} > 3 && !({{row.b}} == 'x')", "row.a > 3 and not (row.b == 'x')"),
        ("row == 1 || row != 2", "row == 1 or row != 2"),
        ("row == 1 or row", "bool(row == 1 or row)"),
        ("len(row) > 2", "len(row) > 2"),
        ("true", "true"),
        ("{{files.files}} == []", "([file.path for file in files.files]) == []"),
    ],
)
def test_a_condition_is_true_or_false(expression: str, expected: str) -> None:
    test = node("IfNode", expression=expression)

    result = imported("start>s s>files files>i i.true>a", s=SET, files=node("ListFilesNode"), i=test, a=READ)

    assert f"${{{{ {expected} }}}}" == steps(result)[-1]["if"]


def test_conditions_nobody_can_read_are_named() -> None:
    test = node("IfNode", expression="__import__('os')")
    other = node("IfNode", expression="x > 1")

    result = imported("start>i i.true>a i.false>j j.true>a", i=test, j=other, a=READ)

    assert any("field 'expression': \"__import__('os')\" is not an expression here" in line for line in lines(result))
    assert "step 'j', field 'expression': nothing gives 'x' a value" in lines(result)


def test_connections_carry_values() -> None:
    wires = """
        start>r r>i i.true>w r.text>w.text
        r.text>i.condition
    """

    result = imported(wires, r=READ, i=node("IfNode", expression=""), w=node("TypeTextNode", selector="#b", text="old"))

    assert "${{ bool(r.text) }}" == steps(result)[-1]["if"]
    assert {"target": "#b", "value": "${{ r.text }}"} == steps(result)[-1]["then"][0]["with"]


def test_connections_bend() -> None:
    bend = node("RerouteNode")

    result = imported("start>r r>w r.text>b.in b.out>c.in c.out>w.text", r=READ, b=bend, c=bend, w=node("TypeTextNode"))

    assert "${{ r.text }}" == steps(result)[-1]["with"]["value"]


def test_connections_from_nowhere_are_named() -> None:
    result = imported("start>r r>w r.colour>w.text", r=READ, w=node("TypeTextNode", selector="#a"))

    assert ["step 'w', field 'text': the output 'colour' of node 'r' (ExtractTextNode) does not exist here"] == lines(
        result
    )


def test_loops_know_their_item_and_their_position() -> None:
    loop = node("ForLoopStartNode", list_var="rows", item_var="row")
    rows = node("SetVariableNode", variable_name="rows", default_value="[1]", variable_type="List")
    user = node("SetVariableNode", variable_name="x", default_value="{{row.a}} {{f.current_item}} {{f.current_index}}")

    result = imported("start>rows rows>f f.body>u u>e", rows=rows, f=loop, u=user, e=node("ForLoopEndNode"))

    assert {
        "id": "f",
        "for_each": "${{ rows }}",
        "as": "row",
        "index": "f_index",
        "do": [{"set": {"x": "${{ row.a }} ${{ row }} ${{ f_index }}"}}],
    } == steps(result)[1]
    assert [] == lines(result)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"mode": "range", "start": 1, "end": "{{rows}}"}, "${{ range(1, rows, 1) }}"),
        ({"mode": "range"}, "${{ range(0, 10, 1) }}"),
        ({"list_var": "{{rows}}"}, "${{ rows }}"),
        ({"items": ["a"]}, ["a"]),
        ({"items": '["a", 1]'}, ["a", 1]),
    ],
)
def test_what_a_loop_goes_through(config: dict[str, Any], expected: Any) -> None:
    rows = node("SetVariableNode", variable_name="rows", default_value=3)

    result = imported("start>s s>f f.body>e", s=rows, f=node("ForLoopStartNode", **config), e=node("ForLoopEndNode"))

    assert expected == steps(result)[1]["for_each"]
    assert [] == lines(result)


@pytest.mark.parametrize("config", [{}, {"items": 5}, {"items": "x"}])
def test_a_loop_over_nothing_is_named(config: dict[str, Any]) -> None:
    result = imported("start>f f.body>e", f=node("ForLoopStartNode", **config), e=node("ForLoopEndNode"))

    assert [] == steps(result)[0]["for_each"]
    assert ["step 'f', field 'items': nothing says what to go through"] == lines(result)


def test_errors_are_known_where_they_are_caught() -> None:
    message = node("SetVariableNode", variable_name="x", default_value="{{k.error_type}}: {{k.error_message}}")

    result = imported(
        "start>t t.try_body>r r>k k.catch_body>u", t=node("TryNode"), k=node("CatchNode"), r=READ, u=message
    )

    clause = steps(result)[0]["catch"][0]
    assert {"as": "k_error", "do": [{"set": {"x": "${{ k_error.type }}: ${{ k_error.message }}"}}]} == clause


def test_values_are_computed_with_as_values() -> None:
    parts = node("SwitchNode", value="a {{row}} b")
    lists = node("IfNode", condition=["{{row}}", {"a": None}])

    result = imported("start>s s>w w.case_1>i i.true>r", s=SET, w=parts, i=lists, r=READ)

    assert "${{ str(('a ' + str(row) + ' b')) }}" == steps(result)[1]["switch"]
    assert "${{ bool([row, {'a': null}]) }}" == steps(result)[1]["cases"][0]["do"][0]["if"]


def test_a_while_loop_looks_at_its_condition() -> None:
    loop = node("WhileLoopStartNode", expression="{{row}} < 3", max_iterations="many")

    result = imported("start>s s>w w.body>e", s=SET, w=loop, e=node("WhileLoopEndNode"))

    assert ("${{ row < 3 }}", 1000) == (steps(result)[1]["while"], steps(result)[1]["limit"])


def test_a_bent_connection_from_nowhere_is_named() -> None:
    bend = node("RerouteNode")

    result = imported("start>r r>w r.colour>b.in b.out>w.text", r=READ, b=bend, w=node("TypeTextNode", selector="#a"))

    assert ["step 'w', field 'text': the output 'colour' of node 'r' (ExtractTextNode) does not exist here"] == lines(
        result
    )


def test_bends_may_lead_anywhere() -> None:
    wires = "start>b.in b.out>r r>c.in w>c.in c.out>b.in b.out>c.in d.out>w.text"
    bend = node("RerouteNode")

    result = imported(wires, r=READ, b=bend, c=bend, d=bend, w=node("TypeTextNode", selector="#a"))

    assert "r" == steps(result)[0]["id"]
