"""`aether init`: a project that runs."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

from rich.text import Text

from activities.catalog import Catalog
from cli.caller import Caller
from cli.failure import CommandError
from cli.output import Output
from workflows.part import DOCUMENT_NAME_PATTERN
from workflows.schema import document_schema

PLACEHOLDER = "PROJECT"
_TEMPLATES = files("cli") / "project"
_RENAMED = {"document.yaml": "{name}.yaml", "gitignore": ".gitignore"}
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def make_project(caller: Caller, directory: Path, *, name: str | None) -> int:
    """Write the project's files, if none of them is there yet."""
    name = _checked_name(name) if name else _name_of(directory)
    contents = project_files(name)
    present = [file for file in contents if (directory / file).exists()]
    if present:
        listed = ", ".join(map(repr, present))
        raise CommandError("exists", f"{str(directory)!r} already has {listed}", hint="choose another directory")
    directory.mkdir(parents=True, exist_ok=True)
    for file, content in contents.items():
        (directory / file).write_text(content, encoding="utf-8")
    output = Output(caller)
    if output.text:
        _tell(output, directory, name, list(contents))
    else:
        output.write({"directory": str(directory), "document": f"{name}.yaml", "files": list(contents)})
    return 0


def project_files(name: str) -> dict[str, str]:
    """The files of a new project, by their names."""
    contents = {}
    for template in sorted(_TEMPLATES.iterdir(), key=lambda each: each.name):
        file = _RENAMED.get(template.name, template.name).format(name=name)
        contents[file] = template.read_text(encoding="utf-8").replace(PLACEHOLDER, name)
    schema = document_schema(Catalog.discover().specs())
    return contents | {"document.schema.json": json.dumps(schema, indent=1, ensure_ascii=False) + "\n"}


def _name_of(directory: Path) -> str:
    """Make a document's name of a directory's."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", directory.resolve().name).strip("-._") or "automation"


def _checked_name(name: str) -> str:
    if not (_FILE_NAME.fullmatch(name) and re.match(DOCUMENT_NAME_PATTERN, name)):
        raise CommandError("usage", f"expected a name of letters, digits, '.', '-' and '_', found {name!r}")
    return name


def _tell(output: Output, directory: Path, name: str, made: list[str]) -> None:
    place = "" if directory.resolve() == Path.cwd() else f"{directory}/"
    for file in made:
        output.show(Text.assemble(("✓ ", "green"), f"{place}{file}"))
    lines = [f"cd {directory}"] if place else []
    lines += ["aether dev              # in one terminal", f"aether run {name}.yaml   # in another"]
    output.note(Text.assemble("\nNext:\n", *(f"  {line}\n" for line in lines)))
