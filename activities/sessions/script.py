"""What nodes need of programs that documents bring along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol, TypeAlias

from pydantic import Field, JsonValue

from activities.node import Capability

Code: TypeAlias = Annotated[str, Field(min_length=1, json_schema_extra={"format": "written-out"})]
"""A program: written out in the document, so that no value can ever become part of it."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and what it gets."""

    language: Literal["python", "shell"]
    code: str
    input: JsonValue
    environment: Mapping[str, str]
    reads: Sequence[str]
    """Files of the run that it finds in its working directory."""
    writes: Sequence[str]
    """Files that it leaves there for the run."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a program that ended well came to."""

    result: JsonValue
    stdout: str
    stderr: str


class Scripts(Protocol):
    """Programs, for one step."""

    async def run(self, program: Program) -> Ended:
        """Run a program to its end.

        Raises:
            ScriptFailedError: it failed, or took more than it may.
        """


SCRIPT: Capability[Scripts] = Capability("script", workspace=True)
"""Programs that documents bring along."""
