"""Words that do not belong in the repository, and names that say nothing."""

from __future__ import annotations

import ast
import re

from tests.support.repository import PACKAGES, modules, name, texts

# Spelled so that this file does not find itself.
_FOREIGN = re.compile(
    r"[/]work/|[/]root/|[/]tmp/[a-z]|[.][.]/shared|[Ii]ssue #?\d|pypi[.]org|pythonhosted[.]org|npmjs[.]org|debian[.]org"
)
_EMPTY = {"manager", "helper", "helpers", "util", "utils", "common", "shared", "core", "misc", "processor", "info"}


def test_nothing_names_a_machine_a_registry_or_an_issue() -> None:
    found = {
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if _FOREIGN.search(line)
    }

    assert set() == found


def test_no_module_has_an_empty_name() -> None:
    assert [] == [name(path) for path, _ in modules(*PACKAGES) if path.stem in _EMPTY or path.parent.name in _EMPTY]


def test_no_class_has_an_empty_name() -> None:
    """`RunManager` says less than `Run`."""
    classes = {
        f"{name(path)}: {node.name}"
        for path, tree in modules(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and _words(node.name)[-1] in _EMPTY
    }

    assert set() == classes


def _words(camel: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", camel)] or [camel.lower()]
