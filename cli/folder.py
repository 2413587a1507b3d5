"""The documents that may call each other: those in one folder and below it."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath, PureWindowsPath

from typing_extensions import override

from workflows.compose import MAX_BYTES
from workflows.library import Library, Unfound
from workflows.parse import Reading, read
from workflows.part import NODE_PATTERN

SUFFIXES = (".yaml", ".yml", ".json")
"""How names of documents end."""


class Folder(Library):
    """The current folder if it holds the first document, else that document's own.

    Files keep to what is there for all to see: nothing outside, nothing behind a symbolic link.
    """

    def __init__(self, first: str) -> None:
        path = _absolute(first)
        here = Path.cwd()
        self._root = here if path.is_relative_to(here) else path.parent
        self._names = {path: first}
        self._readings: dict[Path, Reading] = {}

    @override
    def find(self, reference: str, *, caller: str) -> Reading | Unfound:
        written = os.path.normpath(Path(caller).parent / reference)
        path = _absolute(written)
        try:
            problem = _unfit(reference) or self._astray(reference, path)
            if problem is not None:
                return problem
            if path not in self._readings:
                content = _content(path)
                self._readings[path] = read(content, file=self._names.setdefault(path, written))
        except OSError as error:
            reason = error.strerror or error
            return Unfound(f"{reference!r} cannot be read: {reason}", "look at its name and permissions")
        return self._readings[path]

    def _astray(self, reference: str, path: Path) -> Unfound | None:
        if not path.is_relative_to(self._root):
            message = f"{reference!r} leads out of the folder {str(self._root)!r}"
            return Unfound(message, "run the command in a folder that holds both documents")
        if not path.is_file():
            meant = re.fullmatch(NODE_PATTERN, reference) and not reference.endswith(SUFFIXES)
            hint = f"write 'do: {reference}' to call a node" if meant else "write the way to it from the calling file"
            return Unfound(f"there is no file {reference!r}", hint)
        if path.resolve() != self._root.resolve() / path.relative_to(self._root):
            return Unfound(f"{reference!r} is a symbolic link or lies behind one", "call the file itself")
        return None


def _unfit(reference: str) -> Unfound | None:
    if "\\" in reference or PurePosixPath(reference).is_absolute() or PureWindowsPath(reference).drive:
        return Unfound(f"{reference!r} is not relative to the calling file", "write it such as './other.yaml'")
    return None


def _content(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _absolute(file: str) -> Path:
    return Path(os.path.abspath(file))  # noqa: PTH100 - resolving would hide symbolic links
