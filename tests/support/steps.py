"""Steps done for real, without a server: nodes inside the wrapper that robots use."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.artifacts import LocalArtifactStore
from activities.drivers.files import files_provider
from activities.node import Node
from activities.provider import Provider
from activities.secrets import Mask
from activities.step import Workbench, step_activity
from workflows.call import ErrorValue, FileEntry, SecretSlot, StepCall, StepOutcome
from workflows.errors import UnknownSecretError
from workflows.spec import NodeSpec


@dataclasses.dataclass(frozen=True)
class KnownSecrets:
    """Secrets that are simply there."""

    values: Mapping[str, str] = dataclasses.field(default_factory=dict)

    async def resolve(self, name: str) -> str:
        if name not in self.values:
            raise UnknownSecretError(f"no secret {name!r} is set")
        return self.values[name]


class StepFailedError(Exception):
    """A step failed; this is what its run would see."""

    def __init__(self, error: ErrorValue) -> None:
        super().__init__(f"{error.type}: {error.message}")
        self.error = error


class Steps:
    """A robot's workbench and one run's files; steps are done one after the other, as in a run."""

    def __init__(
        self, directory: Path, *providers: Provider[Any], secrets: Mapping[str, str] | None = None, **bench: Any
    ) -> None:
        self.scratch = directory / "scratch"
        self.scratch.mkdir()
        self.files: dict[str, FileEntry] = {}
        self.store = LocalArtifactStore(directory / "artifacts")
        self.mask = Mask()
        self.environment = ActivityEnvironment()
        self.workbench = Workbench(
            secrets=KnownSecrets(secrets or {}),
            artifacts=self.store,
            mask=self.mask,
            scratch=self.scratch,
            **bench,
        )
        self._providers = (files_provider(), *providers)

    def call(self, node: Node[Any, Any, Any], params: Mapping[str, Any], **facts: Any) -> StepCall:
        """Make what a run would send along."""
        usual: dict[str, Any] = {
            "run": "run-1",
            "document": "test",
            "step": "it",
            "place": "it",
            "attempt": 1,
            "key": "run-1/it",
            "effect": _spec(node).effect_of(params),
            "timeout": 30.0,
            "files": self.files if node.workspace else None,
        }
        return StepCall(**(usual | facts))

    async def do(self, node: Node[Any, Any, Any], params: Mapping[str, Any] | None = None, **facts: Any) -> Any:
        """Do one step and give its output.

        Raises:
            StepFailedError: it failed.
        """
        return (await self.outcome(node, params or {}, **facts)).output

    async def outcome(
        self,
        node: Node[Any, Any, Any],
        params: Mapping[str, Any],
        *,
        slots: Sequence[SecretSlot] = (),
        **facts: Any,
    ) -> StepOutcome:
        """Do one step, keep what it did to the run's files, and give all that it came to."""
        provider = next(each for each in self._providers if each.capability == node.capability)
        activity = step_activity(node, provider, self.workbench)
        call = self.call(node, params, secrets=tuple(slots), **facts)
        try:
            outcome = await self.environment.run(activity, dict(params), call)
        except ApplicationError as failure:
            raise StepFailedError(ErrorValue.model_validate(failure.details[0])) from failure
        for path, entry in outcome.files.items():
            if entry is None:
                del self.files[path]
            else:
                self.files[path] = entry
        return outcome

    async def put(self, path: str, content: bytes | Path) -> None:
        """Have a file in the run's workspace, as an input of type `file` would be."""
        self.files[path] = await self.store.put(content)

    async def content(self, path: str) -> bytes:
        """What a file of the run holds."""
        return self.store.path_of(self.files[path].digest).read_bytes()


@cache
def _spec(node: Node[Any, Any, Any]) -> NodeSpec:
    return node.spec()


async def failure_of(doing: Any) -> ErrorValue:
    """Give the error a step must fail with."""
    try:
        output = await doing
    except StepFailedError as failed:
        return failed.error
    msg = f"expected the step to fail; it gave {output!r}"
    raise AssertionError(msg)
