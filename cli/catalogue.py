"""`aether nodes` and `aether schema`."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence

from pydantic import JsonValue
from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.syntax import Syntax
from rich.text import Text

from activities.catalog import Catalog
from activities.manifest import Field, compact, definitions, facts, fields, manifest, markdown, nodes_markdown
from cli.caller import Caller, Format
from cli.failure import CommandError
from cli.output import Output, table
from cli.views import section
from workflows.schema import document_schema
from workflows.spec import NodeSpec

_PAGE = 100
"""Columns of a page of text that goes to no terminal."""


def show_nodes(caller: Caller, wanted: str | None, *, search: str | None) -> int:
    """Show the node types that are meant."""
    specs = sorted(Catalog.discover().specs().values(), key=lambda spec: spec.type)
    found = _searched(_named(specs, wanted), search)
    output = Output(caller)
    match caller.format:
        case Format.MARKDOWN if len(found) == 1:
            output.raw(markdown(found[0]))
        case Format.MARKDOWN:
            output.raw(nodes_markdown({spec.type: spec for spec in found}))
        case Format.COMPACT:
            output.raw("\n".join(map(compact, found)))
        case Format.TEXT if wanted is not None and len(found) == 1:
            output.show(_page(found[0]), width=_PAGE)
        case Format.TEXT:
            output.show(_list(found))
        case _:
            output.write_all(map(manifest, found))
    return 0


def show_schema(caller: Caller) -> int:
    """Print the JSON Schema of documents."""
    schema = document_schema(Catalog.discover().specs())
    Output(caller).raw(json.dumps(schema, indent=2, ensure_ascii=False))
    return 0


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
    parts: list[RenderableType] = [
        Text(spec.type, style="bold cyan"),
        Text(spec.summary),
        Text(facts(spec).replace("`", ""), style="dim"),
    ]
    if spec.description:
        parts += [Text(), Markdown(spec.description)]
    tables = [("With", spec.params), *definitions(spec.params), ("Output", spec.result), *definitions(spec.result)]
    parts += [section(title, _fields(schema)) for title, schema in tables if any(fields(schema))]
    if spec.example:
        parts.append(section("Example", Syntax(spec.example, "yaml", background_color="default")))
    return Group(*parts)


def _fields(schema: dict[str, JsonValue]) -> RenderableType:
    rows = [
        (Text(field.name, style="bold" if field.required else ""), Text(field.kind, style="cyan"), _about(field))
        for field in fields(schema)
    ]
    return table(("FIELD", "TYPE", ""), rows)


def _about(field: Field) -> Text:
    if field.required or field.default in (None, {}, []):
        return Text(field.description)
    return Text.assemble(field.description, (f" (default: {json.dumps(field.default)})", "dim"))
