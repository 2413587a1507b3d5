"""Node types described from their specs: as data, as a reference for people, as one line each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pydantic import JsonValue

from workflows.duration import format_duration
from workflows.spec import Effect, NodeSpec

EFFECTS = {
    Effect.READ: "changes nothing",
    Effect.IDEMPOTENT: "may be repeated",
    Effect.ONCE: "must not be repeated",
}
"""What repeating a node would do, in words."""

LINE_BUDGET = 360
"""The longest line of the compact form, in bytes, so that all node types together fit into a prompt."""

_LINE = re.compile(r"(?P<type>[a-z0-9_.]+)\((?P<params>.*)\) -> \{(?P<result>[^{}]*)\}(?:  # (?P<summary>.*))?")
_PARAM = re.compile(r"(?P<name>\w+)(?P<optional>\?)?(?:: (?P<kind>[^,]+))?(?:, |$)")


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one part of an output."""

    name: str
    kind: str
    required: bool
    default: JsonValue
    description: str


@dataclass(frozen=True, slots=True)
class Line:
    """What the compact form tells of a node type."""

    type: str
    params: tuple[tuple[str, bool], ...]
    """The names of the parameters and whether they are required."""
    result: tuple[str, ...]
    summary: str


def manifest(spec: NodeSpec) -> dict[str, JsonValue]:
    """Give all that is known of a node type, as data."""
    return spec.model_dump(mode="json")


def compact(spec: NodeSpec) -> str:
    """Describe a node type in one line: what it takes, what it gives, what it does.

    A line that would be too long leaves out the kinds of values, then shortens the summary.
    """
    params = list(fields(spec.params))
    result = ", ".join(field.name for field in fields(spec.result))
    named = ", ".join(_named(field) for field in params)
    full = ", ".join(f"{_named(field)}: {field.kind}" for field in params)
    for shown in (full, named):
        line = f"{spec.type}({shown}) -> {{{result}}}  # {spec.summary}"
        if len(line.encode()) <= LINE_BUDGET:
            return line
    return f"{spec.type}({named}) -> {{{result}}}"


def read_compact(line: str) -> Line:
    """Read a line of the compact form.

    Raises:
        ValueError: it is none.
    """
    found = _LINE.fullmatch(line)
    if found is None:
        msg = f"expected a line such as 'files.read(path: string) -> {{content, size}}', found {line!r}"
        raise ValueError(msg)
    params = tuple((each["name"], each["optional"] is None) for each in _PARAM.finditer(found["params"]))
    result = tuple(name for name in found["result"].split(", ") if name)
    return Line(found["type"], params, result, found["summary"] or "")


def nodes_markdown(specs: Mapping[str, NodeSpec]) -> str:
    """Write the reference of all node types, by family."""
    ordered = [specs[name] for name in sorted(specs)]
    families = {family: list(each) for family, each in groupby(ordered, key=lambda spec: spec.type.partition(".")[0])}
    contents = [_contents(family, members) for family, members in families.items()]
    return "\n\n".join(["## Find a node", *contents, *map(markdown, ordered)]) + "\n"


def _contents(family: str, members: Sequence[NodeSpec]) -> str:
    """Tell what the nodes of a family are for, a line each."""
    rows = [f"| [{spec.type}](#{spec.type.replace('.', '')}) | {spec.summary} |" for spec in members]
    return "\n".join([f"| {family} | |", "|---|---|", *rows])


def markdown(spec: NodeSpec) -> str:
    """Write the chapter of one node type."""
    parts = [f"## {spec.type}", spec.summary, spec.description, f"{facts(spec)}."]
    parts.append(_params_table("with", fields(spec.params)))
    parts += [_params_table(f"`{name}`", fields(part)) for name, part in definitions(spec.params)]
    parts.append(_result_table("output", fields(spec.result)))
    parts += [_result_table(f"`{name}`", fields(part)) for name, part in definitions(spec.result)]
    if spec.example:
        parts.append(f"```yaml\n{spec.example}\n```")
    return "\n\n".join(part for part in parts if part)


def facts(spec: NodeSpec) -> str:
    """Tell what a node type needs and what repeating it would do, in words."""
    rules = "".join(
        f" (`{rule.param}: {'`, `'.join(map(_constant, rule.values))}`: {EFFECTS[rule.effect]})"
        for rule in spec.effects
    )
    return (
        f"Needs `{spec.capability}`; {EFFECTS[spec.effect]}{rules}; up to {format_duration(spec.timeout)} per attempt"
    )


def fields(schema: Mapping[str, JsonValue]) -> Iterator[Field]:
    """Give each field of an object's schema, those first that must be given."""
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict):
        return
    must = required if isinstance(required, list) else []
    for name, part in sorted(properties.items(), key=lambda field: field[0] not in must):
        if isinstance(part, dict):
            needed = name in must
            description = " ".join(str(part.get("description", "")).split())
            kind = kind_of(part) if needed else kind_of(part).removesuffix("|null")  # null is to leave it out
            yield Field(name, kind, needed, part.get("default"), description)


def definitions(schema: Mapping[str, JsonValue]) -> Iterator[tuple[str, dict[str, JsonValue]]]:
    """Give the objects that fields refer to, by name."""
    defined = schema.get("$defs")
    if isinstance(defined, dict):
        yield from ((name, part) for name, part in defined.items() if isinstance(part, dict) and "properties" in part)


def kind_of(schema: Mapping[str, JsonValue]) -> str:
    """Say in a word or two what a value must be."""
    words: Sequence[str]
    match schema:
        case {"enum": list() as values}:
            words = [_constant(value) for value in values]
        case {"const": value}:
            words = [_constant(value)]
        case {"anyOf": list() as parts} | {"oneOf": list() as parts}:
            words = [kind_of(part) for part in parts if isinstance(part, dict)]
        case {"$ref": str() as reference}:
            words = [reference.rpartition("/")[2].replace("JsonValue", "any")]
        case {"type": "array", "items": dict() as items} if items:
            words = [f"[{kind_of(items)}]"]
        case {"type": str() as name}:
            words = [{"array": "list", "object": "mapping"}.get(name, name)]
        case _:
            words = ["any"]
    return "|".join(dict.fromkeys(words))


def _named(field: Field) -> str:
    return field.name if field.required else f"{field.name}?"


def _constant(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _params_table(title: str, rows: Iterator[Field]) -> str:
    lines = [f"| `{row.name}` | {_cell(row.kind)} | {_default(row)} | {_cell(row.description)} |" for row in rows]
    return "\n".join([f"| {title} | type | default | |", "|---|---|---|---|", *lines]) if lines else ""


def _result_table(title: str, rows: Iterator[Field]) -> str:
    lines = [f"| `{row.name}` | {_cell(row.kind)} | {_cell(row.description)} |" for row in rows]
    return "\n".join([f"| {title} | type | |", "|---|---|---|", *lines]) if lines else ""


def _default(field: Field) -> str:
    if field.required:
        return "required"
    return "" if field.default in (None, {}, []) else f"`{_cell(_constant(field.default))}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
