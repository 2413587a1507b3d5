"""Which build of Aether this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def _version() -> str:
    try:
        return version("aether-rpa")
    except PackageNotFoundError:
        return "source"


BUILD_ID = f"aether-{_version()}"
"""What workers tell Temporal; without it the SDK hashes all loaded modules, which is slow and says nothing."""
