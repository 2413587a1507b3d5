"""Nothing is too long to be read at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.repository import PACKAGES, files, modules, name

_MODULE = 400
_FUNCTION = 50


def test_no_module_is_over_400_lines() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in _python()}

    assert {} == {path: length for path, length in lengths.items() if length > _MODULE}


def test_no_function_is_over_50_lines() -> None:
    lengths = {
        f"{name(path)}: {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path, tree in modules(*PACKAGES, "tests", "examples", "docs")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {} == {function: length for function, length in lengths.items() if length > _FUNCTION}


def _python() -> Iterator[Path]:
    return files(*PACKAGES, "tests", "examples", "docs", suffix=".py")
