"""Every fault of a document that can be known before it runs, and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from textwrap import dedent

import pytest

from tests.support.machine import SPECS
from workflows.compile import compile_plan
from workflows.parse import parse
from workflows.source import Problem
from workflows.spec import Effect, NodeSpec

FILL = NodeSpec(
    type="form.fill",
    summary="Fill a field.",
    description="",
    example="",
    capability="test",
    session=False,
    effect=Effect.IDEMPOTENT,
    timeout=timedelta(seconds=30),
    params={
        "type": "object",
        "additionalProperties": False,
        "required": ["target", "value"],
        "properties": {
            "target": {
                "anyOf": [
                    {"type": "string"},
                    {"type": "object", "additionalProperties": False, "properties": {"label": {"type": "string"}}},
                ],
                "description": "The field.",
            },
            "value": {"type": "string", "description": "What to enter."},
            "times": {"type": "integer", "minimum": 1},
            "even": {"multipleOf": 2},
            "shape": {"anyOf": [{"type": "object", "required": [side]} for side in ("width", "radius")]},
            "how": {"enum": ["fast", "slow"]},
        },
    },
    result={"type": "object", "additionalProperties": False, "properties": {"text": {}, "length": {}}},
)

LOOK = FILL.model_copy(
    update={
        "type": "form.look",
        "params": {"type": "object", "anyOf": [{"required": ["target"]}, {"required": ["text"]}]},
    }
)


def found(steps: str, *, head: str = "", tail: str = "") -> Sequence[Problem]:
    """What is wrong with a document of these steps."""
    text = f"aether: 1\nname: test\n{dedent(head)}steps:\n{dedent(steps)}\n{dedent(tail)}"
    parsed = parse(text, file="f")
    compiled = compile_plan(parsed.document, {**SPECS, "form.fill": FILL, "form.look": LOOK}, source=parsed.source)
    assert (compiled.plan is None) == bool(compiled.problems)
    return compiled.problems


def problems_of(steps: str, *, head: str = "", tail: str = "") -> list[str]:
    """What is said about a document of these steps, without its file name."""
    return [str(problem).removeprefix("f:") for problem in found(steps, head=head, tail=tail)]


CASES = {
    "a node type that does not exist": (
        "- {id: a, do: test.raed}",
        "unknown-node",
        "4:15: step 'a', field 'do': there is no node type 'test.raed'; did you mean 'test.read'?",
    ),
    "a node type nothing like any": (
        "- {id: a, do: zzz.qqq}",
        "unknown-node",
        "4:15: step 'a', field 'do': there is no node type 'zzz.qqq'; 'aether nodes' lists those there are",
    ),
    "parameters of which one is needed": (
        "- {id: a, do: form.look}",
        "missing-parameter",
        "4:",
    ),
    "a missing parameter": (
        "- {id: a, do: form.fill, with: {target: x}}",
        "missing-parameter",
        "4:32: step 'a', field 'with': 'value' is missing; it is: what to enter.",
    ),
    "an unknown parameter": (
        "- {id: a, do: form.fill, with: {target: x, value: y, valeu: z}}",
        "unknown-parameter",
        "4:54: step 'a', field 'with.valeu': 'valeu' is not a parameter of this node; did you mean 'value'?",
    ),
    "a parameter of the wrong type": (
        "- {id: a, do: form.fill, with: {target: x, value: 3}}",
        "wrong-type",
        "4:51: step 'a', field 'with.value': expected text, not 3",
    ),
    "a target that is neither text nor a mapping": (
        "- {id: a, do: form.fill, with: {target: 3, value: y}}",
        "wrong-type",
        "4:41: step 'a', field 'with.target': expected text or a mapping, not 3",
    ),
    "a wrong word in a target": (
        "- {id: a, do: form.fill, with: {target: {lable: x}, value: y}}",
        "unknown-parameter",
        "4:42: step 'a', field 'with.target.lable': 'lable' is not a parameter of this node; did you mean 'label'?",
    ),
    "a value that is not among the choices": (
        "- {id: a, do: form.fill, with: {target: x, value: y, how: fats}}",
        "wrong-value",
        "4:59: step 'a', field 'with.how': 'fats' is not allowed; use one of 'fast', 'slow'",
    ),
    "a mapping of none of several shapes": (
        "- {id: a, do: form.fill, with: {target: x, value: y, shape: {c: 1}}}",
        "wrong-type",
        "4:61: step 'a', field 'with.shape': expected a mapping",
    ),
    "a value that no rule allows": (
        "- {id: a, do: form.fill, with: {target: x, value: y, even: 3}}",
        "wrong-value",
        "4:60: step 'a', field 'with.even': 3 is not a multiple of 2",
    ),
    "a value out of bounds": (
        "- {id: a, do: form.fill, with: {target: x, value: y, times: 0}}",
        "out-of-range",
        "4:61: step 'a', field 'with.times': 0 is less than the minimum of 1",
    ),
    "an undefined name": (
        "- {id: a, set: {x: '${{ nmae }}'}}",
        "undefined-name",
        "4:25: step 'a', field 'set.x': the name 'nmae' is not defined; known here: inputs, run",
    ),
    "a misspelt name": (
        "- {set: {total: 1}}\n- {id: a, set: {x: '${{ totl }}'}}",
        "undefined-name",
        "5:25: step 'a', field 'set.x': the name 'totl' is not defined; did you mean 'total'?",
    ),
    "a step that has not run yet": (
        "- {id: a, set: {x: '${{ b }}'}}\n- {id: b, set: {y: 1}}",
        "out-of-scope",
        (
            "4:25: step 'a', field 'set.x': the step 'b' has not run yet here, or ran in a loop or branch that "
            "has ended; use the output of its loop ('results') or of its 'parallel' step, or set a variable"
        ),
    ),
    "an input that is not declared": (
        "- {id: a, set: {x: '${{ inputs.usr }}'}}",
        "unknown-key",
        "4:25: step 'a', field 'set.x': 'inputs' has no 'usr'; it has nothing",
    ),
    "a key a node's output does not have": (
        "- {id: f, do: form.fill, with: {target: x, value: y}}\n- {id: a, set: {x: '${{ f.txt }}'}}",
        "unknown-key",
        "5:25: step 'a', field 'set.x': 'f' has no 'txt'; did you mean 'text'?",
    ),
    "a key of what is never found out": (
        "- {id: f, do: form.fill, with: {target: x, value: y}}\n- {id: a, set: {x: '${{ f.verified }}'}}",
        "unknown-key",
        "5:25: step 'a', field 'set.x': 'f' has no 'verified'; it has length, text",
    ),
    "a key a loop does not have": (
        "- {id: loop, for_each: [1], do: [{set: {y: 1}}]}\n- {id: a, set: {x: '${{ loop.resluts }}'}}",
        "unknown-key",
        "5:25: step 'a', field 'set.x': 'loop' has no 'resluts'; did you mean 'results'?",
    ),
    "an expression that cannot be read": (
        "- {id: a, set: {x: '${{ 1 + }}'}}",
        "expression-syntax",
        "4:",
    ),
    "a secret outside of a node": (
        "- {id: a, set: {x: \"${{ secret('t') }}\"}}",
        "misplaced-secret",
        (
            "4:24: step 'a', field 'set.x': secret('t') is only available in the parameters ('with') of a step that "
            "calls a node: secrets are known to robots only"
        ),
    ),
    "a condition that is text": (
        "- {id: a, if: '${{ true }} and ${{ true }}', then: [{set: {x: 1}}]}",
        "wrong-type",
        (
            "4:15: step 'a', field 'if': '${{ true }} and ${{ true }}' gives text, which is neither true nor false; "
            "write one ${{ … }}"
        ),
    ),
    "break outside a loop": (
        "- {id: a, break: true}",
        "outside-loop",
        "4:18: step 'a', field 'break': 'break' is outside of any loop; use it inside 'for_each' or 'while'",
    ),
    "continue outside a loop": (
        "- {id: a, continue: true}",
        "outside-loop",
        "4:21: step 'a', field 'continue': 'continue' is outside of any loop; use it inside 'for_each' or 'while'",
    ),
    "a step that is never reached": (
        "- return\n- {id: a, set: {x: 1}}",
        "unreachable-step",
        "5:3: step 'a': this step is never reached; remove it, or move it up",
    ),
    "a step behind an if that always leaves": (
        "- {if: true, then: [return], else: [{throw: no}]}\n- {id: a, set: {x: 1}}",
        "unreachable-step",
        "5:3: step 'a': this step is never reached; remove it, or move it up",
    ),
    "a break that would stop what goes on beside it": (
        "- {for_each: [1], do: [{id: a, parallel: {left: [break]}}]}",
        "no-way-out",
        (
            "4:50: field 'break': 'break' would lead out of a branch that has others beside it; "
            "let it end, and decide by its output afterwards"
        ),
    ),
    "a variable of all that is set in a branch": (
        "- {set: {x: 1}}\n- parallel:\n    left:\n    - {id: a, set: {x: 2}}",
        "shared-variable",
        (
            "7:24: step 'a', field 'set.x': 'x' is a variable of what is around, where others may change it at the "
            "same time; choose another name, and give it as the output of a step"
        ),
    ),
    "a verify that does more than look": (
        "- {id: a, do: test.pay, verify: {do: test.pay}}",
        "acting-verify",
        (
            "4:38: step 'a', field 'verify.do': 'test.pay' may change something, and 'verify' must only look; "
            "use a node, or parameters, with the effect 'read'"
        ),
    ),
    "an id used twice": (
        "- {id: a, set: {x: 1}}\n- {id: a, set: {y: 1}}",
        "duplicate-id",
        "5:8: step 'a', field 'id': the id 'a' is used twice; give each step an id of its own",
    ),
    "an id with a meaning of its own": (
        "- {id: inputs, set: {x: 1}}",
        "taken-name",
        "4:8: step 'inputs', field 'id': 'inputs' has a meaning of its own; choose another id",
    ),
    "an id that is a word of the expression language": (
        "- {id: for, set: {x: 1}}",
        "taken-name",
        "4:8: step 'for', field 'id': 'for' has a meaning of its own; choose another id",
    ),
    "an id that is the name of a variable": (
        "- {set: {x: 1}}\n- {id: x, set: {y: 1}}",
        "taken-name",
        "5:8: step 'x', field 'id': 'x' is already the name of a value; choose another id",
    ),
    "a variable that is the name of a step": (
        "- {id: a, set: {x: 1}}\n- {id: b, set: {a: 1}}",
        "taken-name",
        "5:20: step 'b', field 'set.a': 'a' is the name of a step or loop value; choose another",
    ),
    "a loop variable that hides another": (
        "- {id: a, for_each: [1], do: [{id: b, for_each: [2], do: [{set: {y: 1}}]}]}",
        "taken-name",
        "4:31: step 'b', field 'as': 'item' is already the name of a value; choose another",
    ),
    "a loop with one name for two things": (
        "- {id: a, for_each: [1], as: i, index: i, do: [{set: {y: 1}}]}",
        "taken-name",
        "4:40: step 'a', field 'index': 'i' names the item already; choose another",
    ),
    "an error nobody could throw": (
        "- {id: a, try: [{set: {x: 1}}], catch: [{on: busines, do: [{set: {x: 2}}]}]}",
        "unknown-error",
        (
            "4:46: step 'a', field 'catch[0].on': 'busines' is no kind of error; use business, configuration, robot, "
            "any, or the name of an error type such as ElementNotFoundError"
        ),
    ),
    "a caught error that takes a taken name": (
        "- {id: b, set: {x: 1}}\n- {id: a, try: [{set: {x: 1}}], catch: [{as: b, do: [{set: {x: 2}}]}]}",
        "taken-name",
        "5:46: step 'a', field 'catch[0].as': 'b' is already taken; choose another name",
    ),
    "a wait without a unit": (
        "- {id: a, wait: '30'}",
        "wrong-value",
        "4:17: step 'a', field 'wait': expected a duration such as '30s', '1h30m' or '500ms', not '30'",
    ),
    "a moment without a time zone": (
        "- {id: a, wait: {until: '2027-01-31T08:00:00'}}",
        "wrong-value",
        (
            "4:25: step 'a', field 'wait.until': '2027-01-31T08:00:00' is not a moment; write ISO 8601 with a time "
            "zone, e.g. 2027-01-31T08:00:00+01:00"
        ),
    ),
    "a moment that is none": (
        "- {id: a, wait: {until: soon}}",
        "wrong-value",
        (
            "4:25: step 'a', field 'wait.until': 'soon' is not a moment; write ISO 8601 with a time "
            "zone, e.g. 2027-01-31T08:00:00+01:00"
        ),
    ),
}


@pytest.mark.parametrize(("steps", "code", "expected"), CASES.values(), ids=CASES.keys())
def test_a_fault_is_found_and_named(steps: str, code: str, expected: str) -> None:
    (problem,) = found(steps)

    assert str(problem).removeprefix("f:").startswith(expected), problem
    assert code == problem.code


def test_all_faults_are_told_at_once_in_the_order_of_the_document() -> None:
    problems = problems_of("- {do: no.such}\n- {set: {x: '${{ y }}'}}\n- break")

    assert ["4", "5", "6"] == [problem.partition(":")[0] for problem in problems]


def test_nothing_is_said_of_names_that_broken_parts_may_define() -> None:
    parsed = parse("aether: 1\nname: test\nsteps: [{set: {x: '${{ a }}'}}]", file="f")

    compiled = compile_plan(parsed.document, SPECS, source=parsed.source, lost=frozenset({"a"}))

    assert () == compiled.problems


def test_faults_in_outputs_and_inputs_are_found() -> None:
    problems = found(
        "- {set: {x: 1}}",
        head="""\
        inputs:
          n: {type: integer, default: three}
          p: {type: string, pattern: "("}
          ok: {type: string, default: null}
        """,
        tail="outputs: {y: '${{ z }}'}",
    )

    assert "field 'inputs.n': the default does not fit: expected a whole number, not 'three'" in str(problems[0])
    assert "field 'inputs.p': the pattern '(' cannot be used: missing )" in str(problems[1])
    assert "field 'outputs.y': the name 'z' is not defined" in str(problems[2])
    assert ["wrong-default", "wrong-value", "undefined-name"] == [problem.code for problem in problems]
    assert [("inputs", "n"), ("inputs", "p"), ("outputs", "y")] == [problem.path for problem in problems]


SOUND = {
    "names set in an earlier round": (
        "- {for_each: [1, 2], do: [{if: '${{ item > 1 }}', then: [{set: {y: '${{ x }}'}}]}, {set: {x: 1}}]}"
    ),
    "a while that looks at what its rounds set": (
        "- {set: {n: 0}}\n- {while: '${{ n < 3 }}', do: [{set: {n: '${{ n + 1 }}'}}]}"
    ),
    "outputs of a block by the block and on their own": (
        "- {id: t, try: [{id: a, set: {x: 1}}], finally: [{set: {z: '${{ a.x }}'}}]}\n"
        "- {set: {y: '${{ t.a.x + a.x }}'}}"
    ),
    "parameters that are only known later": (
        "- {do: form.fill, with: {target: '${{ inputs }}', value: '${{ 1 }}', times: '${{ 2 }}'}}"
    ),
    "parts of a target that are only known later": (
        "- {do: form.fill, with: {target: {label: '${{ run.id }}'}, value: x}}"
    ),
    "what was found out about a step": (
        "- {id: p, do: form.fill, with: {target: x, value: y}, effect: once, verify: {do: test.read}}\n"
        "- {set: {y: '${{ [p.verified.anything, p.text] }}'}}"
    ),
    "a secret in the parameters": "- {do: form.fill, with: {target: x, value: \"${{ secret('t') }}\"}}",
    "a loop's names": "- {for_each: [1], as: n, index: i, do: [{set: {x: '${{ n + i }}'}}]}",
    "two catches with one name": (
        "- {try: [{set: {x: 1}}], catch: [{on: robot, do: [{set: {y: '${{ error.message }}'}}]}, "
        "{do: [{set: {y: '${{ error.type }}'}}]}]}"
    ),
    "an error of one's own": (
        "- {try: [{throw: {type: OddError, message: 'n=${{ 1 }}', details: {n: 1}}}], "
        "catch: [{on: [OddError, robot], do: [{set: {x: 1}}]}]}"
    ),
    "a wait of computed length": "- {wait: '${{ 3 }}'}\n- {wait: {until: '${{ now() }}'}}",
    "a break that only sometimes leaves": "- {for_each: [1], do: [{break: '${{ item > 1 }}'}, {set: {x: 1}}]}",
}


@pytest.mark.parametrize("steps", SOUND.values(), ids=SOUND.keys())
def test_a_sound_document_is_let_through(steps: str) -> None:
    assert [] == problems_of(steps)
