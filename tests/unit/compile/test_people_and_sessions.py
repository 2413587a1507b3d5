"""Steps that ask people, wait for events, have sessions of their own, find out and have limits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.machine import SPECS, plan_of
from workflows.compile import compile_plan
from workflows.document import Document
from workflows.plan import ApprovePlan, CallStep, ForEachPlan, ReceivePlan, SessionPlan
from workflows.spec import Effect

READ = {"do": "test.read"}
PAY = {"do": "test.pay"}


def problems_of(*steps: Any, **fields: Any) -> list[str]:
    document = Document.model_validate({"aether": 1, "name": "test", "steps": steps, **fields})
    return [f"{each.code} {each.field}: {each.message}" for each in compile_plan(document, SPECS).problems]


def test_a_question_is_planned_with_its_form_and_its_end() -> None:
    step = {
        "id": "ok",
        "approve": "Pay ${{ inputs.amount }}?",
        "form": {"reason": {"type": "string", "default": "none"}},
        "by": ["ada"],
        "expires": "3d",
        "on_expiry": [{"return": {}}],
    }

    plan = plan_of([step], inputs={"amount": {"type": "number"}})

    (planned,) = plan.blocks[0]
    assert isinstance(planned, ApprovePlan)
    assert ("Pay ${{ inputs.amount }}?", ("ada",), "3d", 1) == (
        planned.question, planned.by, planned.expires, planned.expired,
    )  # fmt: skip
    assert ["reason"] == list(planned.form)


def test_what_is_wrong_with_a_question_is_told() -> None:
    form = {"paper": {"type": "file"}, "count": {"type": "integer", "default": "x"}}
    step = {"approve": "${{ x }}", "form": form, "by": ["${{ run.id }}"], "expires": "soon"}

    assert {
        "undefined-name approve: the name 'x' is not defined",
        "wrong-default form.count: the default does not fit: expected a whole number, not 'x'",
        "wrong-value form.paper.type: a form cannot take files",
        "wrong-value by[0]: who may answer is fixed, and cannot be an expression",
        "wrong-value expires: expected a duration such as '30s', '1h30m' or '500ms', not 'soon'",
    } == set(problems_of(step))


def test_what_a_decision_has_is_known() -> None:
    step = {"id": "ok", "approve": "?", "form": {"reason": {"type": "string"}}, "expires": "${{ 3 }}"}
    keys = "[ok.approved, ok.by, ok.at, ok.note, ok.expired, ok.form.reason]"

    assert [] == problems_of(step, {"set": {"x": f"${{{{ {keys} }}}}"}})
    assert [
        "unknown-key set.x: 'ok' has no 'answer'",
        "unknown-key set.y: 'ok.form' has no 'amount'",
    ] == problems_of(step, {"set": {"x": "${{ ok.answer }}", "y": "${{ ok.form.amount }}"}})


def test_an_event_is_planned_with_its_key_and_its_end() -> None:
    step = {"receive": "paid", "key": "${{ run.id }}", "expires": "1h", "on_expiry": [READ]}

    (planned,) = plan_of([step]).blocks[0]

    assert isinstance(planned, ReceivePlan)
    assert ("paid", "${{ run.id }}", "1h", 1) == (planned.event, planned.key, planned.expires, planned.expired)


def test_what_is_wrong_with_an_event_is_told() -> None:
    step = {"id": "paid", "receive": "paid ${{ run.id }}", "key": "${{ z }}"}

    assert {
        "wrong-value receive: an event's name is fixed, and cannot be an expression",
        "undefined-name key: the name 'z' is not defined",
        "unknown-key set.x: 'paid' has no 'amount'",
    } == set(problems_of(step, {"set": {"x": "${{ [paid.data, paid.expired, paid.amount] }}"}}))


def test_what_is_done_on_expiry_belongs_to_what_is_around_it() -> None:
    waiting = {
        "receive": "paid",
        "expires": "1h",
        "on_expiry": [{"id": "late", **READ}, {"set": {"x": 1}}, {"break": None}],
    }

    assert [] == problems_of({"for_each": [1], "do": [waiting, {"set": {"y": "${{ [late, x] }}"}}]})


def test_a_session_of_its_own_needs_what_the_document_needs_and_more() -> None:
    step = {
        "id": "bank",
        "session": {"needs": ["vpn", "browser"]},
        "do": [{"id": "a", "set": {"x": 1}}],
        "timeout": "60s",
    }
    plan = plan_of([step, {"set": {"y": "${{ [bank.a.x, a.x] }}"}}], needs=["browser"])

    planned = plan.blocks[0][0]

    assert isinstance(planned, SessionPlan)
    assert (("browser", "vpn"), 60.0) == (planned.needs, planned.limit_seconds)
    assert ("browser",) == plan.needs
    assert ["unknown-key set.y: 'bank' has no 'b'"] == problems_of(step, {"set": {"y": "${{ bank.b }}"}})


def test_what_is_behind_a_session_that_leaves_is_never_reached() -> None:
    assert ["unreachable-step None: this step is never reached"] == problems_of(
        {"session": {}, "do": [{"return": None}]}, READ
    )


VERIFY = {"do": "test.read", "with": {"a": "${{ secret('token') }}"}, "holds": "${{ result.found }}"}


def test_how_to_find_out_is_planned() -> None:
    plan = plan_of([{"id": "pay", **PAY, "verify": {**VERIFY, "absence": "proves", "settle": "3s"}}])

    (step,) = plan.blocks[0]
    assert isinstance(step, CallStep)
    verify = step.node.verify
    assert verify is not None
    assert ("test.read", Effect.READ, "${{ result.found }}", True, 3.0) == (
        verify.node.type, verify.node.effect, verify.holds, verify.proves, verify.settle,
    )  # fmt: skip
    assert ("token",) == plan.secrets


def test_rounds_of_one_node_can_be_found_out_about() -> None:
    plan = plan_of([{"for_each": [1], "do": "test.pay", "verify": {"do": "test.read", "with": {"a": "${{ item }}"}}}])

    (step,) = plan.blocks[1]
    assert isinstance(step, CallStep)
    assert step.node.verify is not None
    assert (None, False, 15.0) == (step.node.verify.holds, step.node.verify.proves, step.node.verify.settle)


@pytest.mark.parametrize(
    ("verify", "problem"),
    [
        (
            {"do": "test.pay"},
            "acting-verify verify.do: 'test.pay' may change something, and 'verify' must only look",
        ),
        ({"do": "test.raed"}, "unknown-node verify.do: there is no node type 'test.raed'"),
        (
            {"do": "test.read", "with": {"a": "${{ pay }}"}},
            (
                "out-of-scope verify.with.a: the step 'pay' has not run yet here, "
                "or ran in a loop or branch that has ended"
            ),
        ),
        (
            {"do": "test.read", "with": {"a": "${{ result }}"}},
            "undefined-name verify.with.a: the name 'result' is not defined",
        ),
        (
            {"do": "test.read", "holds": "${{ result }} and ${{ result }}"},
            "wrong-type verify.holds: '${{ result }} and ${{ result }}' gives text, which is neither true nor false",
        ),
    ],
)
def test_what_is_wrong_with_finding_out_is_told(verify: Any, problem: str) -> None:
    assert [problem] == problems_of({"id": "pay", **PAY, "verify": verify})


def test_what_is_found_must_not_hide_another_result() -> None:
    problems = problems_of({"set": {"result": 1}}, {**PAY, "verify": VERIFY})

    assert ["taken-name verify.holds: 'result' is what the node found, but is already the name of a value"] == problems


def test_nobody_finds_out_about_what_can_simply_be_done_again() -> None:
    document = Document.model_validate({"aether": 1, "name": "x", "steps": [{**READ, "verify": {"do": "test.read"}}]})

    compiled = compile_plan(document, SPECS)

    (problem,) = compiled.problems
    assert compiled.plan is not None
    assert ("needless-verify", "warning") == (problem.code, problem.severity)
    assert "the effect of this step is 'read'" in problem.message


def test_errors_of_a_type_have_delays_of_their_own() -> None:
    (step,) = plan_of([{**READ, "retry": {"delays": ["1s"], "on": {"SlowError": ["1m", "2m"]}}}]).blocks[0]

    assert isinstance(step, CallStep)
    assert {"SlowError": (60.0, 120.0)} == step.node.retry.on


@pytest.mark.parametrize(
    "step",
    [
        {"if": True, "then": [READ]},
        {"while": False, "do": [READ]},
        {"switch": 1, "cases": [{"when": 1, "do": [READ]}]},
        {"try": [READ], "finally": [READ]},
        {"for_each": [1], "do": [READ]},
    ],
)
def test_what_is_made_of_steps_has_a_limit_for_all_of_them(step: dict[str, Any]) -> None:
    limited, free = plan_of([{**step, "timeout": "90s"}, step]).blocks[0]

    assert (90.0, None) == (limited.limit_seconds, free.limit_seconds)


def test_the_limit_of_a_loop_over_one_node_is_that_of_each_attempt() -> None:
    plan = plan_of([{"for_each": [1], "do": "test.read", "timeout": "90s"}])

    (loop,) = plan.blocks[0]
    (call,) = plan.blocks[1]
    assert isinstance(loop, ForEachPlan)
    assert isinstance(call, CallStep)
    assert (None, 90.0) == (loop.limit_seconds, call.node.timeout)


def test_what_a_document_says_of_its_runs_is_in_the_plan() -> None:
    plan = plan_of(
        [READ],
        park={"hold": "60s"},
        timeout="1h",
        cleanup="30s",
        sla="30m",
        evidence="all",
        video=True,
        on_failure="fail",
    )

    assert (60.0, 3600.0, 30.0, 1800.0, "all", True) == (
        plan.hold, plan.limit_seconds, plan.cleanup, plan.sla, plan.evidence, plan.video,
    )  # fmt: skip
