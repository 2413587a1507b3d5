"""What holds for every node type at once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import JsonValue

from activities.catalog import AnyNode, Catalog
from activities.manifest import LINE_BUDGET, compact, fields, manifest, markdown, nodes_markdown, read_compact
from tests.support.repository import ROOT
from workflows.compile import compile_plan
from workflows.parse import parse
from workflows.part import NODE_PATTERN
from workflows.spec import NodeSpec

CATALOG = Catalog.discover()
SPECS = CATALOG.specs()
NODES = list(CATALOG.nodes.values())
SNAPSHOT = Path(__file__).with_name("schemas.json")
PROMPT_BUDGET = 36 * 1024
"""All node types in their compact form, in bytes: a few thousand tokens of a prompt."""

every_node = pytest.mark.parametrize("node", NODES, ids=lambda node: node.name)
every_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.type)


@every_node
def test_the_path_of_a_node_is_its_name(node: AnyNode) -> None:
    assert re.fullmatch(NODE_PATTERN, node.name)
    assert f"activities.nodes.{node.name}" == node.function.__module__


@every_node
def test_each_module_holds_one_node_and_has_its_test_at_the_same_place(node: AnyNode) -> None:
    family, _, name = node.name.partition(".")

    assert (ROOT / "tests" / "nodes" / family / f"test_{name}.py").is_file()
    assert [node.name] == [other.name for other in NODES if other.function.__module__ == node.function.__module__]


@every_spec
def test_a_node_says_in_one_line_what_it_does(spec: NodeSpec) -> None:
    assert re.fullmatch(r"[A-Z][^\n]{9,119}\.", spec.summary)


@every_spec
def test_a_node_keeps_its_time_limit_within_reason(spec: NodeSpec) -> None:
    assert 1 <= spec.timeout.total_seconds() <= 600


@every_node
def test_every_field_is_described(node: AnyNode) -> None:
    schemas = {"with": SPECS[node.name].params, "output": SPECS[node.name].result}

    silent = [f"{title}.{place}" for title, schema in schemas.items() for place in _undescribed(schema)]

    assert [] == silent


def _undescribed(schema: dict[str, Any]) -> list[str]:
    objects = {"": schema, **schema.get("$defs", {})}
    return [
        f"{name}.{field}"
        for name, part in objects.items()
        for field, kind in part.get("properties", {}).items()
        if not kind.get("description", "").strip()
    ]


@every_spec
def test_the_label_is_a_parameter(spec: NodeSpec) -> None:
    assert spec.label is None or spec.label in {field.name for field in fields(spec.params)}


@every_spec
def test_the_rules_of_an_effect_are_about_values_their_parameter_can_have(spec: NodeSpec) -> None:
    for rule in spec.effects:
        properties: Any = spec.params["properties"]
        validator = Draft202012Validator(properties[rule.param])
        assert all(validator.is_valid(value) for value in rule.values)


@every_spec
def test_the_schemas_are_json_schema(spec: NodeSpec) -> None:
    for schema in (spec.params, spec.result):
        Draft202012Validator.check_schema(schema)


@every_spec
def test_the_example_shows_the_node_and_compiles(spec: NodeSpec) -> None:
    text = f"aether: 1\nname: example\nsteps:\n{textwrap.indent(spec.example, '  ')}\n"

    parsed = parse(text, file=spec.type)
    compiled = compile_plan(parsed.document, SPECS, source=parsed.source)

    assert f"do: {spec.type}\n" in f"{spec.example}\n"
    assert () == compiled.problems
    assert compiled.plan is not None


@every_spec
def test_the_compact_form_fits_and_keeps_every_name(spec: NodeSpec) -> None:
    line = compact(spec)

    told = read_compact(line)
    assert len(line.encode()) <= LINE_BUDGET
    assert spec.type == told.type
    assert tuple((field.name, field.required) for field in fields(spec.params)) == told.params
    assert tuple(field.name for field in fields(spec.result)) == told.result


def test_all_nodes_in_their_compact_form_fit_into_a_prompt() -> None:
    text = "\n".join(map(compact, SPECS.values()))

    assert len(text.encode()) <= PROMPT_BUDGET


@every_spec
def test_the_manifest_as_data_is_the_whole_truth(spec: NodeSpec) -> None:
    assert spec == NodeSpec.model_validate_json(json.dumps(manifest(spec)))


@every_spec
def test_the_reference_names_every_field(spec: NodeSpec) -> None:
    chapter = markdown(spec)

    assert chapter in nodes_markdown(SPECS)
    for field in (*fields(spec.params), *fields(spec.result)):
        assert f"| `{field.name}` |" in chapter


def test_schemas_are_what_documents_were_written_against() -> None:
    """A changed schema may break documents that people have.

    A new field needs a default; anything else needs a new node type. To accept a change:
    `python tests/architecture/test_nodes.py` writes the snapshot anew.
    """
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == _schemas()


def _schemas() -> dict[str, JsonValue]:
    """Types and fields without the prose, which may change freely."""
    return {
        spec.type: {
            "params": _without_prose(spec.params),
            "result": _without_prose(spec.result),
            "effect": spec.effect,
            "effects": [rule.model_dump(mode="json") for rule in spec.effects],
        }
        for spec in SPECS.values()
    }


def _without_prose(schema: JsonValue) -> JsonValue:
    match schema:
        case dict():
            return {
                key: _without_prose(value)
                for key, value in schema.items()
                if not (key in {"title", "description", "examples"} and isinstance(value, str | list))
            }
        case list():
            return [_without_prose(value) for value in schema]
        case _:
            return schema


def test_the_catalog_loads_where_there_is_neither_playwright_nor_windows() -> None:
    program = """
        import sys
        optional = "asyncpg asyncssh cryptography cv2 docx httpx lxml pdfplumber PIL playwright pypdf pypdfium2"
        for name in (*optional.split(), 'uiautomation'):
            sys.modules[name] = None
        from activities.catalog import Catalog
        catalog = Catalog.discover()
        print(len(catalog.specs()))
    """

    outcome = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ("", f"{len(SPECS)}\n") == (outcome.stderr, outcome.stdout)


if __name__ == "__main__":
    lines = [f" {json.dumps(name)}: {json.dumps(facts, sort_keys=True)}" for name, facts in sorted(_schemas().items())]
    SNAPSHOT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
