"""`aether nodes` and `aether schema`."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence

from pydantic import JsonValue
from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.syntax import Syntax
from rich.text import Text

from activities.catalog import Catalog
from cli.caller import Caller, Format
from cli.failure import CommandError
from cli.output import Output, table
from cli.views import section
from workflows.duration import format_duration
from workflows.schema import document_schema
from workflows.spec import Effect, NodeSpec

EFFECTS = {
    Effect.READ: "changes nothing",
    Effect.IDEMPOTENT: "may be repeated",
    Effect.ONCE: "must not be repeated",
}
"""What repeating a node would do, in words."""


_PAGE = 100
"""Columns of a page of text that goes to no terminal."""


def show_nodes(caller: Caller, wanted: str | None, *, search: str | None) -> int:
    """Show the node types that are meant."""
    specs = sorted(Catalog.discover().specs().values(), key=lambda spec: spec.type)
    found = _searched(_named(specs, wanted), search)
    output = Output(caller)
    match caller.format:
        case Format.MARKDOWN:
            output.raw("\n\n".join(map(markdown, found)))
        case Format.COMPACT:
            output.raw("\n".join(map(compact, found)))
        case Format.TEXT if wanted is not None and len(found) == 1:
            output.show(_page(found[0]), width=_PAGE)
        case Format.TEXT:
            output.show(_list(found))
        case _:
            output.write_all(spec.model_dump(mode="json") for spec in found)
    return 0


def show_schema(caller: Caller) -> int:
    """Print the JSON Schema of documents."""
    schema = document_schema(Catalog.discover().specs())
    Output(caller).raw(json.dumps(schema, indent=2, ensure_ascii=False))
    return 0


def compact(spec: NodeSpec) -> str:
    """A node type in one line: what it takes, what it gives, what it does."""
    params = ", ".join(f"{name}{'' if required else '?'}: {kind}" for name, kind, required, _ in fields(spec.params))
    results = ", ".join(name for name, *_ in fields(spec.result))
    return f"{spec.type}({params}) -> {{{results}}}  # {spec.summary}"


def markdown(spec: NodeSpec) -> str:
    """A node type as a chapter of a reference."""
    parts = [f"## {spec.type}", spec.summary]
    if spec.description:
        parts.append(spec.description)
    parts.append(
        f"Needs `{spec.capability}`; {EFFECTS[spec.effect]}; up to {format_duration(spec.timeout)} per attempt."
    )
    for title, schema in (("with", spec.params), ("output", spec.result)):
        rows = [
            f"| `{name}` | {kind.replace('|', chr(92) + '|')} | {'yes' if required else ''} | {text} |"
            for name, kind, required, text in fields(schema)
        ]
        if rows:
            parts.append("\n".join([f"| {title} | type | required | |", "|---|---|---|---|", *rows]))
    if spec.example:
        parts.append(f"```yaml\n{spec.example}\n```")
    return "\n\n".join(parts)


def fields(schema: dict[str, JsonValue]) -> Iterable[tuple[str, str, bool, str]]:
    """Name, type, whether it is required, and description of each field of an object's schema."""
    properties = schema.get("properties")
    required = schema.get("required")
    if not isinstance(properties, dict):
        return
    for name, part in properties.items():
        if isinstance(part, dict):
            needed = isinstance(required, list) and name in required
            yield name, kind_of(part), needed, " ".join(str(part.get("description", "")).split())


def kind_of(schema: dict[str, JsonValue]) -> str:
    """A schema in a word or two."""
    words: Iterable[str]
    match schema:
        case {"enum": list() as values}:
            words = map(_constant, values)
        case {"const": value}:
            words = [_constant(value)]
        case {"anyOf": list() as parts} | {"oneOf": list() as parts}:
            words = (kind_of(part) for part in parts if isinstance(part, dict))
        case {"$ref": str() as reference}:
            words = [reference.rpartition("/")[2]]
        case {"type": "array", "items": dict() as items} if items:
            words = [f"[{kind_of(items)}]"]
        case {"type": str() as name}:
            words = [{"array": "list", "object": "mapping"}.get(name, name)]
        case _:
            words = ["any"]
    return "|".join(dict.fromkeys(words))


def _constant(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _named(specs: Sequence[NodeSpec], wanted: str | None) -> list[NodeSpec]:
    if wanted is None:
        return list(specs)
    exact = [spec for spec in specs if spec.type == wanted]
    family = [spec for spec in specs if spec.type.startswith(wanted.rstrip(".") + ".")]
    if not exact and not family:
        close = difflib.get_close_matches(wanted, [spec.type for spec in specs], n=3)
        hint = f"did you mean {' or '.join(map(repr, close))}?" if close else "see `aether nodes`"
        raise CommandError("not-found", f"there is no node type {wanted!r}", hint=hint)
    return exact or family


def _searched(specs: Sequence[NodeSpec], search: str | None) -> list[NodeSpec]:
    words = (search or "").lower().split()
    return [
        spec
        for spec in specs
        if all(word in f"{spec.type} {spec.summary} {spec.description}".lower() for word in words)
    ]


def _list(specs: Sequence[NodeSpec]) -> RenderableType:
    rows = [(Text(spec.type, style="cyan"), Text(spec.summary)) for spec in specs]
    return table(("NODE", "WHAT IT DOES"), rows)


def _page(spec: NodeSpec) -> RenderableType:
    facts = f"needs {spec.capability} · {EFFECTS[spec.effect]} · up to {format_duration(spec.timeout)} per attempt"
    parts: list[RenderableType] = [Text(spec.type, style="bold cyan"), Text(spec.summary), Text(facts, style="dim")]
    if spec.description:
        parts += [Text(), Markdown(spec.description)]
    for title, schema in (("With", spec.params), ("Output", spec.result)):
        rows = [
            (Text(name, style="bold" if required else ""), Text(kind, style="cyan"), Text(text))
            for name, kind, required, text in fields(schema)
        ]
        if rows:
            parts.append(section(title, table(("FIELD", "TYPE", ""), rows)))
    if spec.example:
        parts.append(section("Example", Syntax(spec.example, "yaml", background_color="default")))
    return Group(*parts)
