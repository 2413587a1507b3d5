"""What is imported without errors can be run."""

from __future__ import annotations

from activities.catalog import Catalog
from tests.support.predecessor import flow, lines, node, steps
from workflows.compile import compile_plan
from workflows.importing.workflow import import_workflow

SPECS = {name: found.spec() for name, found in Catalog.discover().nodes.items()}

NODES = {
    "open": node("LaunchBrowserNode", url="{{base url}}", viewport_width=1280, viewport_height=720),
    "read": node("ReadCSVNode", file_path="invoices.csv", delimiter=";"),
    "each": node("ForLoopStartNode", mode="items", item_var="invoice"),
    "check": node("IfNode", expression="float({{invoice.amount}}) > 0 && {{invoice.paid}} != 'yes'"),
    "fill": node("TypeTextNode", selector="#amount", text="{{invoice.amount}} EUR", press_enter_after=True),
    "number": node("ExtractTextNode", selector="#number", variable_name="confirmation", retry_count=2),
    "note": node("WriteFileNode", file_path="done.txt", content="{{confirmation}} {{each.current_index}}"),
    "count": node("IncrementVariableNode", variable_name="total"),
    "skip": node("ContinueNode"),
    "next": node("ForLoopEndNode", paired_start_id="each"),
    "attempt": node("TryNode"),
    "report": node("HttpRequestNode", url="http://x/report", method="PUT", body='{"total": "{{total}}"}'),
    "failed": node("CatchNode", paired_try_id="attempt"),
    "why": node("SetVariableNode", variable_name="problem", default_value="{{failed.error_message}}"),
    "last": node("FinallyNode", paired_try_id="attempt"),
    "shut": node("CloseBrowserNode"),
    "slow": node("WhileLoopStartNode", expression="total < 3"),
    "pause": node("WaitNode", duration=0.5),
    "more": node("IncrementVariableNode", variable_name="total"),
    "again": node("WhileLoopEndNode"),
    "end": node("EndNode"),
}  # fmt: skip
WIRES = """
    start>open open>read read>each read.data>each.items
    each.body>check check.true>fill fill>number number>note note>count count>next check.false>skip
    each.completed>attempt attempt.try_body>report report>failed
    failed.catch_body>why why>last last.finally_body>shut last>slow
    slow.body>pause pause>more more>again slow.completed>end
"""


def test_an_imported_document_compiles_to_a_plan() -> None:
    data = {**flow(WIRES, **NODES), "variables": {"total": 0, "base url": "http://x/"}}

    imported = import_workflow(data, file="f.json")
    compiled = compile_plan(imported.document, SPECS)

    assert [] == [line for line in lines(imported) if not line.startswith("warning:")]
    assert () == compiled.problems
    assert compiled.plan is not None
    assert ["open", "read", "each", "attempt", "slow"] == [step.get("id") for step in steps(imported) if "id" in step]
