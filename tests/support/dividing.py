"""A document that parks without any robot: it divides by zero."""

from __future__ import annotations

from workflows.compile import compile_plan
from workflows.parse import parse
from workflows.plan import Plan

STEPS = """
aether: 1
name: {name}
inputs:
  n: {{type: integer, default: 0}}
steps:
  - id: count
    set: {{seen: "${{{{ inputs.n }}}}"}}
  - id: divide
    set: {{share: "${{{{ {share} }}}}"}}
outputs:
  share: ${{{{ share }}}}
"""

WRONG = "100 / inputs.n"
WRONG_AGAIN = "50 / inputs.n"
RIGHT = "100 / (inputs.n + 1)"


def dividing(name: str, share: str = WRONG) -> str:
    """The document's text."""
    return STEPS.format(name=name, share=share)


def dividing_plan(name: str, share: str = WRONG) -> Plan:
    """The document, compiled."""
    parsed = parse(dividing(name, share), file="shares.yaml")
    compiled = compile_plan(parsed.document, {}, source=parsed.source)
    assert compiled.plan is not None, compiled.problems
    return compiled.plan
