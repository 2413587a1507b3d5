"""Laws of importing the predecessor's automations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.documents import texts, values
from workflows.importing.rules import RULES
from workflows.importing.workflow import import_workflow
from workflows.kind import NodeStep, Steps
from workflows.nesting import blocks_of
from workflows.parse import parse
from workflows.printing import print_document
from workflows.source import DocumentError

CONTROL = (
    *("StartNode", "EndNode", "MergeNode", "IfNode", "SwitchNode", "ForLoopStartNode", "ForLoopEndNode", "BreakNode"),
    *("WhileLoopStartNode", "WhileLoopEndNode", "ContinueNode", "TryNode", "CatchNode", "FinallyNode", "RerouteNode"),
    *("SetVariableNode", "GetVariableNode", "IncrementVariableNode", "WaitNode", "ThrowErrorNode", "AssertNode"),
    *("LogNode", "ForkNode", "ScheduleTriggerNode", "SomethingElseNode"),
)  # fmt: skip
IDS = st.sampled_from(("a", "b", "c", "d", "e", "f", "g", "h", "print", "1-x"))
PORTS = st.sampled_from(
    (
        "exec_out",
        "true",
        "false",
        "body",
        "completed",
        "case_1",
        "default",
        "try_body",
        "catch",
        "catch_body",
        "success",
    )
)
DATA = st.sampled_from(("text", "value", "data", "items", "condition", "out", "current_item", "error_message"))
WORDS = st.one_of(texts, st.sampled_from(("{{a.text}}", "{{x}} y", "%x%", "${x}", "{{f.current_index}}", "{{b}} > 1")))
FIELDS = sorted(
    {field for rule in RULES.values() for field in (*rule.fields, *rule.only, *rule.ignored)}
    | {
        "expression",
        "list_var",
        "item_var",
        "variable_name",
        "default_value",
        "paired_start_id",
        "paired_try_id",
        "timeout",
    }
    | {"mode", "start", "end", "error_types", "retry_count", "max_iterations", "duration", "message", "increment"}
)
CONFIGS = st.dictionaries(st.sampled_from(FIELDS), st.one_of(WORDS, values, IDS), max_size=5)
NODES = st.dictionaries(
    IDS, st.fixed_dictionaries({"node_type": st.sampled_from((*CONTROL, *RULES)), "config": CONFIGS}), min_size=1
)
EXECUTION = st.tuples(IDS, PORTS, IDS, st.just("exec_in"))
VALUE = st.tuples(IDS, DATA, IDS, st.sampled_from(FIELDS))


def connection(ends: tuple[str, str, str, str]) -> dict[str, str]:
    return dict(zip(("source_node", "source_port", "target_node", "target_port"), ends, strict=True))


GRAPHS = st.fixed_dictionaries(
    {"nodes": NODES, "connections": st.lists(st.one_of(EXECUTION, VALUE).map(connection), max_size=25)},
    optional={
        "variables": st.dictionaries(st.sampled_from(("x", "y", "a")), values),
        "metadata": values,
        "name": texts,
    },
)


def calls(steps: Steps) -> Iterator[str | None]:
    for step in steps:
        if isinstance(step, NodeStep):
            yield step.id
        for _, block in blocks_of(step):
            yield from calls(block)


@given(st.one_of(values, GRAPHS))
def test_any_data_is_imported_or_refused_in_our_words(data: Any) -> None:
    with suppress(DocumentError):
        document = import_workflow(data, file="f.json").document

        assert document == parse(print_document(document), file="f.yaml").document


@given(GRAPHS)
def test_no_work_is_lost_unseen(data: dict[str, Any]) -> None:
    with suppress(DocumentError):
        imported = import_workflow(data, file="f.json")

        named = {problem.step for problem in imported.problems}
        done = [step for step in calls(imported.document.steps) if step is not None]
        working = [node for node, facts in data["nodes"].items() if facts["node_type"] in RULES]
        unseen = [node for node in working if node not in named]
        opened = [node for node in unseen if data["nodes"][node]["node_type"] == "LaunchBrowserNode"]
        assert len(unseen) - len(opened) <= len(done)
