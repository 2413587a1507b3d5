"""The four packages and nothing else: where they are, what they say of themselves."""

from __future__ import annotations

import ast
import importlib.util
import tomllib

import pytest

from tests.support.repository import PACKAGES, ROOT, modules, name


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_this_repositorys(package: str) -> None:
    """The names are generic: another distribution may bring one of them too."""
    spec = importlib.util.find_spec(package)

    assert spec is not None
    assert str(ROOT / package / "__init__.py") == spec.origin


def test_the_wheel_has_every_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    built = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    linted = project["tool"]["importlinter"]["root_packages"]
    present = {path.parent.name for path in ROOT.glob("*/__init__.py")}

    assert set(PACKAGES) == set(built) == set(linted) == present


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


def test_a_packages_init_is_a_docstring() -> None:
    """An application has no public API to curate: every name is imported from where it is defined."""
    talkative = [
        name(path)
        for path, tree in modules(*PACKAGES)
        if path.name == "__init__.py" and not (len(tree.body) == 1 and ast.get_docstring(tree))
    ]

    assert [] == talkative


def test_every_module_says_in_a_sentence_what_it_is() -> None:
    silent = [name(path) for path, tree in modules(*PACKAGES) if not ast.get_docstring(tree)]

    assert [] == silent
