"""The locks: complete, in agreement, and the same for every machine."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from tests.support.repository import ROOT

_RUNTIME = "requirements.lock"
_DEVELOPMENT = "requirements-dev.lock"
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ \\]+)", re.MULTILINE)


@pytest.mark.parametrize("lock", [_RUNTIME, _DEVELOPMENT])
def test_a_lock_has_no_address(lock: str) -> None:
    """Where packages come from is a machine's own affair."""
    assert [] == re.findall(r"\w+://\S*|--(?:\w*index|find)\S*", _read(lock))


@pytest.mark.parametrize("lock", [_RUNTIME, _DEVELOPMENT])
def test_every_pin_has_a_hash(lock: str) -> None:
    pinned = _PIN.findall(_read(lock))
    hashed = re.findall(r"==[^\n]*\\\n +--hash=sha256:", _read(lock))

    assert pinned
    assert len(pinned) == len(hashed)


def test_the_runtime_lock_has_every_dependency_and_no_tool() -> None:
    project = _project()

    assert (
        _names(project["project"]["dependencies"]) | _names(project["dependency-groups"]["build"])
        <= _pins(_RUNTIME).keys()
    )
    assert set() == {"mypy", "pytest", "ruff"} & _pins(_RUNTIME).keys()


def test_the_development_lock_has_every_tool() -> None:
    assert _names(_project()["dependency-groups"]["dev"]) <= _pins(_DEVELOPMENT).keys()


def test_the_locks_agree() -> None:
    runtime, development = _pins(_RUNTIME), _pins(_DEVELOPMENT)

    shared = runtime.keys() & development.keys()

    assert {package: runtime[package] for package in shared} == {package: development[package] for package in shared}


def _read(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


def _pins(lock: str) -> dict[str, str]:
    return dict(_PIN.findall(_read(lock)))


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower() for requirement in requirements}
