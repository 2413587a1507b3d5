"""Files of a run: put into the artifact store before it starts, copied out of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from activities.artifacts import LocalArtifactStore
from activities.workspace import safe_path
from cli.output import Output
from workers.settings import Settings
from workflows.call import Files


async def store_files(settings: Settings, files: Mapping[str, Path]) -> Files:
    """Put files into the store: the workspace a run starts with."""
    store = LocalArtifactStore(settings.artifacts)
    return {safe_path(name): await store.put(path) for name, path in files.items()}


async def save_files(settings: Settings, files: Files, directory: Path, output: Output) -> None:
    """Copy a run's workspace into a directory."""
    store = LocalArtifactStore(settings.artifacts)
    for name, entry in files.items():
        target = directory / safe_path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        await store.fetch(entry, target)
        output.note(f"saved {target}")
