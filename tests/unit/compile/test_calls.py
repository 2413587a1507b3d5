"""Documents that call others: as runs of their own, or within their own run."""

from __future__ import annotations

from textwrap import dedent

import pytest
from typing_extensions import override

from tests.support.machine import SPECS
from workflows.compile import MAX_DOCUMENTS, MAX_HEIGHT, Compiled, compile_plan
from workflows.library import Library, Unfound
from workflows.parse import Reading, parse, read
from workflows.plan import ChildPlan, InlinePlan, Plan, SessionPlan


class Shelf(Library):
    """Documents by their names; each is read whenever it is called."""

    def __init__(self, documents: dict[str, str]) -> None:
        self.documents = documents

    @override
    def find(self, reference: str, *, caller: str) -> Reading | Unfound:
        if reference not in self.documents:
            return Unfound(f"there is no {reference!r} beside {caller!r}", "look again")
        return read(document(self.documents[reference]), file=reference)


def document(body: str) -> str:
    return f"aether: 1\n{dedent(body)}" if "name:" in body else f"aether: 1\nname: called\n{dedent(body)}"


def compiled(body: str, **documents: str) -> Compiled:
    """What becomes of a document that may call others; `b` is the file `b`."""
    parsed = parse(document(body), file="a")
    return compile_plan(parsed.document, SPECS, source=parsed.source, library=Shelf({"a": body, **documents}))


def plan_of(body: str, **documents: str) -> Plan:
    result = compiled(body, **documents)
    assert result.plan is not None, result.problems
    return result.plan


def problems_of(body: str, **documents: str) -> list[str]:
    return [str(problem) for problem in compiled(body, **documents).problems]


PAY = """\
name: pay
inputs:
  amount: {type: number, minimum: 1}
  currency: {type: string, default: EUR, choices: [EUR, USD]}
steps:
- {id: paid, do: test.pay, with: {amount: "${{ inputs.amount }}"}}
outputs:
  number: "${{ paid.number }}"
"""


def test_a_called_document_is_a_plan_of_its_own() -> None:
    plan = plan_of("steps: [{id: p, call: b, with: {amount: 3}, timeout: 2m}, {set: {x: '${{ p.number }}'}}]", b=PAY)

    step = plan.blocks[0][0]
    assert isinstance(step, ChildPlan)
    assert (0, {"amount": 3}, False, 120.0) == (step.child, step.given, step.detach, step.limit_seconds)
    assert ["pay"] == [child.name for child in plan.children]
    assert 1 == len(plan.blocks)


def test_a_document_called_twice_is_planned_once() -> None:
    body = "steps: [{call: c}, {call: b, with: {amount: 1}}, {call: b, with: {amount: 2}}]"

    plan = plan_of(body, b=PAY, c="steps: [{call: b, with: {amount: 3}}]")

    assert [0, 1, 1] == [step.child for step in plan.blocks[0] if isinstance(step, ChildPlan)]
    assert [["pay"], []] == [[inner.name for inner in child.children] for child in plan.children]


def test_nothing_is_heard_of_a_run_that_is_left_alone() -> None:
    body = "steps: [{id: p, call: b, with: {amount: 3}, detach: true}, {set: {x: '${{ [p.run, p.number] }}'}}]"

    assert ["a:3:83: field 'set.x': 'p' has no 'number'; it has run"] == problems_of(body, b=PAY)


def test_an_inline_document_becomes_a_block_with_names_of_its_own() -> None:
    body = "steps: [{id: p, call: b, with: {amount: 3}, inline: true}, {set: {x: '${{ p.number }}'}}]"

    plan = plan_of(body, b=PAY)

    step = plan.blocks[0][0]
    assert isinstance(step, InlinePlan)
    assert ("pay", {"amount": 3}, 1, {"number": "${{ paid.number }}"}) == (
        step.document, step.given, step.block, step.outputs,
    )  # fmt: skip
    assert ["amount", "currency"] == list(step.inputs)
    assert () == plan.children
    assert [(0, "p"), (2, "main.2")] == [(each.number, each.id) for each in plan.blocks[0]]
    assert [(1, "paid")] == [(each.number, each.id) for each in plan.blocks[1]]


def test_a_document_may_be_taken_in_twice() -> None:
    step = "{call: b, with: {amount: 3}, inline: true}"

    plan = plan_of(f"steps: [{step}, {step}]", b=PAY)

    assert [["paid"], ["paid"]] == [[each.id for each in block] for block in plan.blocks[1:]]
    assert [0, 2, 1, 3] == [each.number for block in plan.blocks for each in block]


def test_the_names_of_the_caller_are_unknown_to_an_inline_document_and_the_other_way_round() -> None:
    body = "steps: [{set: {x: 1}}, {call: b, inline: true}, {set: {z: '${{ y }}'}}]"

    assert [
        "a:3:64: field 'set.z': the name 'y' is not defined; known here: inputs, run, x",
        "b:3:24: field 'set.y': the name 'x' is not defined; known here: inputs, run",
    ] == problems_of(body, b="steps: [{set: {y: '${{ x }}'}}]")


def test_a_return_leaves_an_inline_document_only() -> None:
    body = "steps: [{parallel: {left: [{id: p, call: b, inline: true}, {set: {x: '${{ [p.n, p.m] }}'}}]}}]"

    assert [] == problems_of(body, b="steps: [{return: {n: 1}}]\noutputs: {m: 1}")
    assert ["a:3:76: field 'set.x': 'p' has no 'n'; it has m"] == problems_of(
        body, b="steps: [return]\noutputs: {m: 1}"
    )


def test_a_break_cannot_leave_an_inline_document() -> None:
    problems = problems_of("steps: [{for_each: [1], do: [{call: b, inline: true}]}]", b="steps: [break]")

    assert ["b:3:9: field 'break': 'break' is outside of any loop; use it inside 'for_each' or 'while'"] == [
        problem.replace("field 'steps[0].break'", "field 'break'") for problem in problems
    ]


def test_an_inline_document_has_its_own_defaults_and_limits() -> None:
    inner = "timeout: 1m\ndefaults: {timeout: 7s}\nsteps: [{do: test.read}]"

    plan = plan_of("steps: [{call: b, inline: true, timeout: 5m}, {call: c, inline: true}]", b=inner, c=PAY2)

    assert [60.0, None] == [step.limit_seconds for step in plan.blocks[0]]
    (call,) = plan.blocks[1]
    assert call.kind == "call"
    assert 7.0 == call.node.timeout


PAY2 = "steps: [{do: test.read}]"


def test_the_robot_must_have_what_inline_documents_need() -> None:
    body = """\
    needs: [browser]
    steps:
    - {call: b, inline: true}
    - {session: {needs: [bank]}, do: [{call: c, inline: true}]}
    - {call: d}
    """
    needing = "needs: [{0}, browser]\nsteps: [{{do: test.read}}]".format

    plan = plan_of(body, b=needing("vpn"), c=needing("token"), d=needing("printer"))

    assert ("browser", "vpn") == plan.needs
    assert [("browser", "bank", "token")] == [each.needs for each in plan.blocks[0] if isinstance(each, SessionPlan)]
    assert [("printer", "browser")] == [child.needs for child in plan.children]


def test_secrets_of_inline_documents_are_used_by_the_run_and_those_of_others_by_theirs() -> None:
    using = "steps: [{{do: test.read, with: {{a: \"${{{{ secret('{0}') }}}}\"}}}}]".format

    plan = plan_of("steps: [{call: b, inline: true}, {call: c}]", b=using("inner"), c=using("other"))

    assert ("inner",) == plan.secrets
    assert [("other",)] == [child.secrets for child in plan.children]


def test_a_secret_cannot_be_passed_on() -> None:
    (problem,) = compiled("steps: [{call: b, with: {amount: \"${{ secret('t') }}\"}}]", b=PAY).problems

    assert "misplaced-secret" == problem.code


INPUTS = {
    "a missing input": (
        "{call: b}",
        "missing-input",
        "a:3:9: field 'with': the input 'amount' of the called document is missing; write 'amount: …' under 'with'",
    ),
    "an unknown input": (
        "{call: b, with: {amount: 1, amuont: 2}}",
        "unknown-input",
        "a:3:37: field 'with.amuont': the called document has no input 'amuont'; did you mean 'amount'?",
    ),
    "a value of the wrong type": (
        "{call: b, with: {amount: one}}",
        "wrong-value",
        "a:3:34: field 'with.amount': the called document refuses this: expected a number, not 'one'",
    ),
    "a value out of bounds": (
        "{call: b, with: {amount: 0}, inline: true}",
        "wrong-value",
        "a:3:34: field 'with.amount': the called document refuses this: 0 is less than 1",
    ),
    "a name nobody knows": (
        "{call: b, with: {amount: '${{ x }}'}}",
        "undefined-name",
        "a:3:39: field 'with.amount': the name 'x' is not defined; known here: inputs, run",
    ),
    "a document that is chosen later": (
        "{call: '${{ 1 }}'}",
        "wrong-value",
        (
            "a:3:16: field 'call': the called document is fixed, and cannot be an expression; "
            "decide with 'if' or 'switch' which one to call"
        ),
    ),
    "a document that is not there": (
        "{call: c}",
        "unknown-document",
        "a:3:16: field 'call': there is no 'c' beside 'a'; look again",
    ),
}


@pytest.mark.parametrize(("step", "code", "expected"), INPUTS.values(), ids=INPUTS.keys())
def test_what_is_wrong_with_a_call_is_told(step: str, code: str, expected: str) -> None:
    (problem,) = compiled(f"steps: [{step}]", b=PAY).problems

    assert (code, expected) == (problem.code, str(problem))


@pytest.mark.parametrize("value", ["'${{ 1 }}'", "2.5"])
def test_what_a_called_document_takes_is_let_through(value: str) -> None:
    assert [] == problems_of(f"steps: [{{call: b, with: {{amount: {value}, currency: null}}}}]", b=PAY)


def test_a_description_tells_what_is_missing() -> None:
    called = "inputs: {who: {type: any, description: Whom to greet.}}\nsteps: [return]"

    (problem,) = compiled("steps: [{call: b}]", b=called).problems

    assert "it is: Whom to greet." == problem.hint


def test_without_a_place_for_documents_none_can_be_called() -> None:
    parsed = parse(document("steps: [{id: p, call: b}]"), file="a")

    (problem,) = compile_plan(parsed.document, SPECS, source=parsed.source).problems

    assert "a:3:23: step 'p', field 'call': a document cannot call others here; start it from its file" == str(problem)


@pytest.mark.parametrize("how", ["{call: b}", "{call: b, inline: true}"])
def test_problems_of_called_documents_are_told_once_with_their_own_file(how: str) -> None:
    broken = "steps: [{do: no.such}, {wait: 3s, until: x}]\noutputs: {x: '${{ y }}'}"

    assert [
        "b:3:14: field 'do': there is no node type 'no.such'; 'aether nodes' lists those there are",
        "b:3:35: field 'until': unknown field; allowed here: description, id, wait",
        "b:4:19: field 'outputs.x': the name 'y' is not defined; known here: inputs, run",
    ] == problems_of(f"steps: [{how}, {how}]", b=broken)


def test_a_called_text_that_is_no_document_is_told() -> None:
    assert ["b:4:1: not YAML"] == [problem[:15] for problem in problems_of("steps: [{call: b}]", b="[")]


@pytest.mark.parametrize("how", ["{call: %s}", "{call: %s, inline: true}"])
def test_documents_that_call_each_other_in_a_circle_are_refused(how: str) -> None:
    (problem,) = compiled(f"steps: [{how % 'b'}]", b=f"steps: [{how % 'c'}]", c=f"steps: [{how % 'b'}]").problems

    assert "call-circle" == problem.code
    assert "c:3:16: field 'call': documents call each other in a circle: b → c → b; break it" == str(problem)


def test_a_document_cannot_call_itself() -> None:
    (problem,) = compiled("steps: [{call: a}]").problems

    assert "documents call each other in a circle: a → a" == problem.message


TOO_MANY = (
    f"this comes to too many documents: {MAX_HEIGHT} may call one another, a plan holds {MAX_DOCUMENTS}; "
    "call fewer of them"
)


@pytest.mark.parametrize("how", ["{call: d%d}", "{call: d%d, inline: true}"])
def test_only_so_many_documents_call_one_another(how: str) -> None:
    def chain(length: int) -> dict[str, str]:
        return {f"d{number}": f"steps: [{how % (number + 1)}]" for number in range(1, length)} | {
            f"d{length}": "steps: [{do: test.read}]"
        }

    assert [] == problems_of(f"steps: [{how % 1}]", **chain(MAX_HEIGHT - 1))
    assert [f"d19:3:16: field 'call': {TOO_MANY}"] == problems_of(f"steps: [{how % 1}]", **chain(MAX_HEIGHT))


def test_documents_planned_earlier_count_as_high_as_they_are() -> None:
    tower = {f"d{number}": f"steps: [{{call: d{number + 1}}}]" for number in range(1, 15)} | {"d15": "steps: [return]"}
    stairs = {f"e{number}": f"steps: [{{call: e{number + 1}}}]" for number in range(1, 6)}
    stairs["e6"] = "steps: [{call: d1}]"

    problems = problems_of("steps: [{call: d1}, {call: e1}]", **tower, **stairs)

    assert [f"e6:3:16: field 'call': {TOO_MANY}"] == problems


def test_a_plan_cannot_grow_without_bound() -> None:
    doubling = {
        f"d{number}": f"steps: [{{call: d{number + 1}, inline: true}}, {{call: d{number + 1}, inline: true}}]"
        for number in range(1, 18)
    }

    problems = problems_of("steps: [{call: d1, inline: true}]", **doubling, d18="steps: [{do: test.read}]")

    assert problems
    assert all(problem.endswith(TOO_MANY) for problem in problems)


def test_a_plan_with_all_that_it_calls_means_the_same_when_it_arrives() -> None:
    body = """\
    steps:
    - {id: p, call: b, with: {amount: 1}, detach: true, undo: [{do: test.read}]}
    - {call: b, with: {amount: 1}, inline: true, timeout: 3s}
    - {parallel: {left: [{call: c}], right: [{session: {needs: [vpn]}, do: [{wait: 1s}]}]}, on_error: wait}
    - {for_each: [1], parallel: 2, do: test.pay, verify: {do: test.read, holds: true}}
    - {approve: Pay?, form: {n: {type: integer}}, by: [ada], expires: 1h, on_expiry: [return]}
    - {receive: paid, key: x}
    """
    plan = plan_of(body, b=PAY, c=PAY2)

    assert plan == Plan.model_validate_json(plan.model_dump_json())


def test_what_undoes_a_call_knows_what_the_call_gave() -> None:
    body = "steps: [{id: p, call: b, with: {amount: 1}, undo: [{do: test.read, with: {a: '${{ p.number }}'}}]}]"

    plan = plan_of(body, b=PAY)

    assert 1 == plan.blocks[0][0].undo
