"""Graphs as blocks."""
# ruff: noqa: E501 - a graph, one line

from __future__ import annotations

from typing import Any

import pytest

from tests.support.predecessor import flow, imported, lines, node, steps
from workflows.importing.workflow import import_workflow
from workflows.source import DocumentError

A = node("PressKeyNode", key="a")
B = node("PressKeyNode", key="b")
C = node("PressKeyNode", key="c")
D = node("PressKeyNode", key="d")
IF = node("IfNode", expression="true")
FOR = node("ForLoopStartNode", mode="range", start=1, end=3)
END = node("ForLoopEndNode")
CATCH = node("CatchNode")
FINALLY = node("FinallyNode")


def shape(step: Any) -> Any:
    """Steps without what they do: keys of `browser.press` stand for themselves."""
    match step:
        case {"do": "browser.press"}:
            return step["with"]["key"]
        case list():
            return [shape(item) for item in step]
        case dict():
            return {key: shape(value) for key, value in step.items() if key not in {"id", "as", "for_each"}}
        case _:
            return step


def shapes(wires: str, **nodes: dict[str, Any]) -> tuple[Any, list[str]]:
    result = imported(wires, **nodes)
    return shape(steps(result)), lines(result)


def test_branches_that_meet_are_an_if_with_what_follows_after_it() -> None:
    found = shapes("start>i i.true>a i.false>b a>c b>c", i=IF, a=A, b=B, c=C)

    assert ([{"if": "${{ true }}", "then": ["a"], "else": ["b"]}, "c"], []) == found


def test_a_branch_that_does_nothing_is_left_out() -> None:
    assert ([{"if": "${{ true }}", "then": ["a"]}, "c"], []) == shapes("start>i i.true>a i.false>c a>c", i=IF, a=A, c=C)
    assert ([{"if": "${{ not (true) }}", "then": ["a"]}, "c"], []) == shapes(
        "start>i i.true>c i.false>a a>c", i=IF, a=A, c=C
    )
    assert (["c"], []) == shapes("start>i i.true>c i.false>c", i=IF, c=C)


def test_a_merge_node_is_where_ways_meet() -> None:
    merge = node("MergeNode")

    found = shapes("start>i i.true>a i.false>b a>m b>m m>c", i=IF, a=A, b=B, c=C, m=merge)

    assert ([{"if": "${{ true }}", "then": ["a"], "else": ["b"]}, "c"], []) == found


def test_branches_that_never_meet_hold_all_that_follows() -> None:
    found = shapes("start>i i.true>a i.false>b a>c", i=IF, a=A, b=B, c=C)

    assert ([{"if": "${{ true }}", "then": ["a", "c"], "else": ["b"]}], []) == found


def test_a_way_that_ends_while_others_go_on_ends_the_run() -> None:
    found = shapes("start>i i.true>j i.false>b j.true>a j.false>c c>d b>d", i=IF, j=IF, a=A, b=B, c=C, d=D)

    inner = {"if": "${{ true }}", "then": ["a", {"return": None}], "else": ["c"]}
    assert ([{"if": "${{ true }}", "then": [inner], "else": ["b"]}, "d"], []) == found


def test_a_chain_of_conditions_is_flat() -> None:
    found = shapes(
        "start>i i.true>a i.false>j j.true>b j.false>k k.true>c k.false>d a>e b>e c>e d>e",
        i=IF,
        j=IF,
        k=IF,
        a=A,
        b=B,
        c=C,
        d=D,
        e=A,
    )

    arms = [{"if": "${{ true }}", "then": ["b"]}, {"if": "${{ true }}", "then": ["c"]}]
    assert ([{"if": "${{ true }}", "then": ["a"], "elif": arms, "else": ["d"]}, "a"], []) == found


def test_a_loop_ends_at_its_end_node_and_goes_on_where_it_is_completed() -> None:
    found = shapes("start>f f.body>a a>e f.completed>b", f=FOR, a=A, e=END, b=B)

    assert ([{"do": ["a"]}, "b"], []) == found


def test_what_follows_a_loop_may_hang_at_its_end_node() -> None:
    assert ([{"do": ["a"]}, "b"], []) == shapes("start>f f.body>a a>e e>b", f=FOR, a=A, e=END, b=B)


def test_a_loop_may_be_drawn_back_to_its_start() -> None:
    found = shapes("start>f f.body>a a>e e.loop_back>f f.completed>b", f=FOR, a=A, e=END, b=B)

    assert ([{"do": ["a"]}, "b"], []) == found


def test_loops_nest() -> None:
    inner = node("ForLoopStartNode", mode="range", end=2, item_var="item")

    result = imported(
        "start>f f.body>g g.body>a a>h g.completed>b b>e", f=FOR, g=inner, a=A, b=B, e=END, h=node("ForLoopEndNode")
    )

    assert [{"do": [{"do": ["a"]}, "b"]}] == shape(steps(result))
    assert ["item", "item_2"] == [steps(result)[0]["as"], steps(result)[0]["do"][0]["as"]]
    assert [] == lines(result)


def test_loops_must_end_in_order() -> None:
    _, problems = shapes(
        "start>f f.body>g g.body>a a>h g.completed>e",
        f=FOR, g=FOR, a=A, e=END, h=node("ForLoopEndNode", paired_start_id="f"),
    )  # fmt: skip

    assert [
        "step 'h', field 'paired_start_id': it ends the loop 'f' inside of the loop 'g'; let loops end in the order they begin"
    ] == problems


def test_a_loop_without_an_end_runs_once() -> None:
    found = shapes("start>f f.body>a f.completed>b", f=FOR, a=A, b=B)

    assert (
        [{"do": ["a", {"return": None}]}, "b"],
        ["warning: step 'f', field 'body': no way comes to an end node: the run ends in the first round"],
    ) == found


def test_an_empty_loop_only_counts() -> None:
    assert ([{"do": [{"wait": "0s"}]}], []) == shapes("start>f f.body>e", f=FOR, e=END)


def test_loops_can_be_left_and_gone_on_with() -> None:
    nodes = {"f": FOR, "i": IF, "j": IF, "x": node("BreakNode"), "y": node("ContinueNode"), "a": A, "e": END}

    found = shapes("start>f f.body>i i.true>x i.false>j j.true>y j.false>a a>e", **nodes)

    arms = [{"if": "${{ true }}", "then": [{"continue": None}]}]
    assert ([{"do": [{"if": "${{ true }}", "then": [{"break": None}], "elif": arms, "else": ["a"]}]}], []) == found


def test_a_while_loop_has_a_limit() -> None:
    loop = node("WhileLoopStartNode", expression="true", max_iterations=7)

    found = shapes("start>w w.body>a a>e w.completed>b", w=loop, a=A, e=node("WhileLoopEndNode"), b=B)

    assert (
        [{"while": "${{ true }}", "do": ["a"], "limit": 7}, "b"],
        ["warning: step 'w', field 'max_iterations': a loop that is still going after so many rounds fails here"],
    ) == found


def test_a_switch_has_its_cases_at_its_ports() -> None:
    switch = node("SwitchNode", expression="{{x}}", cases=["a", "b"])
    nodes = {
        "v": node("SetVariableNode", variable_name="x", default_value="a"),
        "s": switch,
        "a": A,
        "b": B,
        "c": C,
        "d": D,
    }

    found = shapes("start>v v>s s.case_a>a s.case_b>b s.default>c a>d b>d c>d", **nodes)

    cases = [{"when": "a", "do": ["a"]}, {"when": "b", "do": ["b"]}]
    assert ([{"set": {"x": "a"}}, {"switch": "${{ str(x) }}", "cases": cases, "default": ["c"]}, "d"], []) == found


def test_a_switch_without_default_or_cases() -> None:
    switch = node("SwitchNode", value="a")

    assert ([{"switch": "${{ str('a') }}", "cases": [{"when": "x", "do": ["a"]}]}], []) == shapes(
        "start>s s.case_x>a", s=switch, a=A
    )
    assert (["c"], []) == shapes("start>s s.default>c", s=switch, c=C)
    assert ["step 's', field 'expression': nothing says which case to take"] == shapes(
        "start>s s.default>c", s=node("SwitchNode"), c=C
    )[1]


def test_a_try_with_its_catch_and_finally_nodes() -> None:
    found = shapes(
        "start>t t.try_body>a a>k k.catch_body>b b>f f.finally_body>c f.exec_out>d",
        t=node("TryNode"), k=CATCH, f=FINALLY, a=A, b=B, c=C, d=D,
    )  # fmt: skip

    assert ([{"try": ["a"], "catch": [{"do": ["b"]}], "finally": ["c"]}, "d"], []) == found


def test_a_try_with_ports_for_success_and_failure() -> None:
    found = shapes("start>t t.try_body>a t.success>b t.catch>c c>b", t=node("TryNode"), a=A, b=B, c=C)

    assert ([{"try": ["a"], "catch": [{"do": ["c"]}]}, "b"], []) == found


def test_a_try_goes_on_where_its_ways_meet() -> None:
    found = shapes("start>t t.try_body>a t.catch>b a>c b>c", t=node("TryNode"), a=A, b=B, c=C)

    assert ([{"try": ["a"], "catch": [{"do": ["b"]}]}, "c"], []) == found


def test_a_catch_node_may_say_what_follows_it() -> None:
    found = shapes("start>t t.try_body>a a>k k.catch_body>b k.exec_out>c", t=node("TryNode"), k=CATCH, a=A, b=B, c=C)

    assert ([{"try": ["a"], "catch": [{"do": ["b"]}]}, "c"], []) == found


def test_pairs_are_found_by_their_settings() -> None:
    nodes = {"t": node("TryNode"), "k": node("CatchNode", paired_try_id="t", error_types="A, B"), "a": A, "b": B}

    found = shapes("start>t t.try_body>a k.catch_body>b", **nodes)

    assert (
        [{"try": ["a"], "catch": [{"on": ["A", "B"], "do": ["b"]}]}],
        ["warning: step 'k', field 'error_types': errors may have other names here; see which errors the nodes raise"],
    ) == found


def test_a_try_that_nothing_answers_is_no_try() -> None:
    assert (["a"], ["warning: step 't': it is left out: nothing catches its errors"]) == shapes(
        "start>t t.try_body>a", t=node("TryNode"), a=A
    )


def test_a_way_that_ends_inside_of_a_try_ends_the_try_only() -> None:
    found = shapes(
        "start>t t.try_body>i i.true>a i.false>b t.success>c t.catch>d", t=node("TryNode"), i=IF, a=A, b=B, c=C, d=D
    )

    body = [{"if": "${{ true }}", "then": ["a"], "else": ["b"]}]
    assert ([{"try": body, "catch": [{"do": ["d"]}]}, "c"], []) == found


def test_tries_nest() -> None:
    found = shapes(
        "start>t t.try_body>u u.try_body>a a>l l.catch_body>b u.success>c c>k k.catch_body>d",
        t=node("TryNode"), u=node("TryNode"), a=A, b=B, c=C, d=D,
        l=node("CatchNode", paired_try_id="u"), k=node("CatchNode", paired_try_id="t"),
    )  # fmt: skip

    inner = {"try": ["a"], "catch": [{"do": ["b"]}]}
    assert ([{"try": [inner, "c"], "catch": [{"do": ["d"]}]}], []) == found


def test_a_jump_back_fails_where_it_would_happen() -> None:
    found = shapes("start>a a>b b>a", a=A, b=B)

    assert (
        ["a", "b", {"assert": False, "message": "the way to a could not be imported"}],
        [
            "step 'a', field 'exec_in': the way leads back, across or too deep: it is no branch that ends where it began; write it as a loop, or repeat the steps"
        ],
    ) == found


def test_two_ways_at_once_are_refused() -> None:
    found = shapes("start>a start>b", a=A, b=B)

    assert (
        ["a"],
        [
            "step 'start', field 'exec_out': it starts 'a' and 'b' at the same time; put one after the other",
            "step 'b', field 'exec_in': nothing leads to it (PressKeyNode): it is left out; connect it",
        ],
    ) == found


def test_ports_nobody_knows_are_named() -> None:
    _, problems = shapes("start>a a>b a.maybe>c", a=A, b=B, c=C)

    assert "step 'a', field 'maybe': what follows at this port, from 'c' on, is left out" == problems[0]


def test_what_cannot_be_done_fails_at_its_place_and_is_named() -> None:
    result = imported("start>a a>p p>b", a=A, b=B, p=node("ForkNode"))

    assert {"id": "p", "assert": False, "message": "p (ForkNode) could not be imported"} == steps(result)[1]
    assert ["a", "b"] == [shape(steps(result)[0]), shape(steps(result)[2])]
    assert [
        "step 'p', field 'node_type': there is no node that does what ForkNode did; put one branch after the other: steps run one at a time here"
    ] == lines(result)


def test_without_a_start_node_the_graph_starts_where_nothing_comes_before() -> None:
    data = flow("a>b c>d", a=A, b=B, c=C, d=D)
    del data["nodes"]["start"]

    result = import_workflow(data, file="f.json")

    assert ["a", "b", "c", "d"] == shape(steps(result))


def test_a_trigger_starts_the_graph_and_stays_out_of_it() -> None:
    data = flow("t>a", t=node("ScheduleTriggerNode"), a=A)
    del data["nodes"]["start"]

    result = import_workflow(data, file="f.json")

    assert ["a"] == shape(steps(result))
    assert ["warning: step 't': what starts a run is no part of a document; set up a schedule for it"] == lines(result)


def test_a_graph_that_does_nothing_is_a_document_all_the_same() -> None:
    assert ([{"wait": "0s"}], []) == shapes("start>e", e=node("EndNode"), note=node("CommentNode", comment="x"))


def test_what_is_nested_too_deep_is_refused_in_time() -> None:
    nodes = {f"i{number}": node("IfNode", expression="true") for number in range(80)}
    presses = {f"p{number}": A for number in range(80)}
    wires = " ".join(f"i{number}.true>p{number} p{number}>i{number + 1}" for number in range(79))

    with pytest.raises(DocumentError, match="nested deeper than 64 levels"):
        imported(f"start>i0 {wires} i79.true>p79", **nodes, **presses)
