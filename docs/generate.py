"""Write the generated parts of the documentation anew: run it as `make docs`.

A page says where a generated part belongs with a pair of comments, `<!-- generated: KIND ARGUMENT -->` and
`<!-- end -->`. All else in it is written by hand and left alone.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import reduce
from pathlib import Path

from activities.catalog import Catalog
from activities.manifest import nodes_markdown
from cli.reference import reference
from workers.filed import ConnectionSettings
from workers.section import Section
from workers.settings import Settings, own_names, variable_of
from workflows.defect import Defect
from workflows.duration import format_duration
from workflows.expressions.function import Function
from workflows.expressions.library import FUNCTIONS, METHODS

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
PART = re.compile(r"(<!-- generated: (\S+)(?: (\S+))? -->\n).*?(<!-- end -->)", re.DOTALL)


def example(path: str) -> str:
    """A document of the examples, as it is."""
    text = (ROOT / "examples" / path).read_text(encoding="utf-8")
    return f"```yaml\n{text}```\n"


def functions(_argument: str) -> str:
    """A table of all that expressions can call, from the functions themselves."""
    groups = {"function": FUNCTIONS, **{f"method ({receiver})": methods for receiver, methods in METHODS.items()}}
    return "\n".join(_table(title, group.values()) for title, group in groups.items())


def _table(title: str, rows: Iterable[Function]) -> str:
    head = f"| {title} | what it gives | example | result |"
    body = [f"| `{row.usage}` | {row.summary} | {_code(row.example)} | {_code(_json(row.result))} |" for row in rows]
    return "\n".join([head, "|---|---|---|---|", *body, ""])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def settings(_argument: str) -> str:
    """A table of Aether's own settings, from the models that read them."""
    return "\n".join(
        ["| setting | what it is | default | variable |", "|---|---|---|---|", *map(_setting, own_names()), ""]
    )


def _setting(name: str) -> str:
    *groups, last = name.split(".")
    section: Section = reduce(getattr, groups, Settings())
    default = _default(getattr(section, last))
    words = " ".join(str(type(section).model_fields[last].description).split())
    return f"| `{name}` | {words} | {default} | `{variable_of(name)}` |"


def connection(_argument: str) -> str:
    """A table of what a file can say of the connection to Temporal."""
    rows = [f"| `temporal.{name}` | {each.description} |" for name, each in ConnectionSettings.model_fields.items()]
    return "\n".join(["| setting | what it is |", "|---|---|", *rows, ""])


def defects(_argument: str) -> str:
    """A table of the kinds of problems a document can have, from the kinds themselves."""
    return "\n".join(
        ["| code | what it means |", "|---|---|", *(f"| `{each}` | {each.summary} |" for each in Defect), ""]
    )


def commands(_argument: str) -> str:
    """Every command, from the command line itself."""
    return reference()


def _default(value: object) -> str:
    """A default as people write it, the same on every machine."""
    match value:
        case None | () | "":
            return ""
        case Path() if value.is_absolute():
            return f"`{value.name}` in the user's configuration directory"
        case timedelta():
            return _code(format_duration(value))
        case tuple():
            return _code(", ".join(value))
        case _:
            return _code(str(value).lower())


def nodes(_argument: str) -> str:
    """A chapter for each node type, from the nodes themselves."""
    return nodes_markdown(Catalog.discover().specs())


PARTS: dict[str, Callable[[str], str]] = {
    "commands": commands,
    "connection": connection,
    "defects": defects,
    "example": example,
    "functions": functions,
    "nodes": nodes,
    "settings": settings,
}


def page(text: str) -> str:
    """A page with its generated parts written anew."""
    return PART.sub(lambda found: found[1] + PARTS[found[2]](found[3]) + found[4], text)


def pages() -> dict[Path, str]:
    """Every page that has generated parts, with the text it should have."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))}
    return {path: page(text) for path, text in texts.items() if PART.search(text)}


def main(arguments: Sequence[str]) -> int:
    """Write all pages; with `--check`, only tell whether any is stale."""
    stale = {path: text for path, text in pages().items() if text != path.read_text(encoding="utf-8")}
    if "--check" in arguments:
        sys.stderr.writelines(f"{path.relative_to(ROOT)} is stale; run 'make docs'\n" for path in stale)
        return 1 if stale else 0
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
