"""Where documents find those they call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from workflows.parse import Reading


@dataclass(frozen=True, slots=True)
class Unfound:
    """Why there is no such document."""

    message: str
    hint: str


class Library(Protocol):
    """A place with documents."""

    def find(self, reference: str, *, caller: str) -> Reading | Unfound:
        """The document that `call: reference` means in the file `caller`; a file always has the same name."""
        ...
