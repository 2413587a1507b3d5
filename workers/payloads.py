"""Large payloads kept as files beside Temporal, so that histories stay small."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    StorageDriver,
    StorageDriverActivityInfo,
    StorageDriverClaim,
    StorageDriverRetrieveContext,
    StorageDriverStoreContext,
    StorageDriverWorkflowInfo,
)
from typing_extensions import override

from activities.private import private_directory
from workflows.errors import RobotError

THRESHOLD = 64 * 1024
"""Bytes from which a payload leaves the history."""

_UNOWNED = "none"
_LONGEST_NAME = 150


class PayloadLostError(RobotError):
    """A payload whose file is gone, changed, or in a directory this process does not see."""


class PayloadFiles(StorageDriver):
    """Files by digest under `namespace/workflow id/run id`: one run's payloads can be swept together.

    The same content of the same run is one file. A file appears whole or not at all, and is checked
    against its digest when it is read.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @override
    def name(self) -> str:
        return "aether.files"

    @override
    def type(self) -> str:
        return "aether.files"

    @override
    async def store(self, context: StorageDriverStoreContext, payloads: Sequence[Payload]) -> list[StorageDriverClaim]:
        folder = folder_of(context)
        contents = [payload.SerializeToString() for payload in payloads]
        paths = await asyncio.gather(*(asyncio.to_thread(self._write, folder, content) for content in contents))
        return [StorageDriverClaim({"path": path}) for path in paths]

    @override
    async def retrieve(
        self, context: StorageDriverRetrieveContext, claims: Sequence[StorageDriverClaim]
    ) -> list[Payload]:
        paths = [claim.claim_data["path"] for claim in claims]
        contents = await asyncio.gather(*(asyncio.to_thread(self._read, path) for path in paths))
        return [Payload.FromString(content) for content in contents]

    def _write(self, folder: str, content: bytes) -> str:
        relative = f"{folder}/{hashlib.sha256(content).hexdigest()}"
        path = self._directory / relative
        if not path.exists():
            private_directory(path.parent)
            handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".")
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).replace(path)
        return relative

    def _read(self, relative: str) -> bytes:
        path = (self._directory / relative).resolve()
        if not path.is_relative_to(self._directory.resolve()):
            raise PayloadLostError(f"payload {relative!r} lies outside of the payload directory")
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise PayloadLostError(
                f"no payload file {relative!r} in {str(self._directory)!r}; "
                "all processes of one installation need the same payload directory (setting 'payloads')"
            ) from error
        if hashlib.sha256(content).hexdigest() != path.name:
            raise PayloadLostError(f"payload file {str(path)!r} has been changed; restore it from a backup")
        return content


def folder_of(context: StorageDriverStoreContext) -> str:
    """Name the folder of the run (or the standalone activity) a payload belongs to."""
    match context.target:
        case StorageDriverWorkflowInfo(namespace=namespace, id=owner, run_id=run):
            parts = (namespace, owner or _UNOWNED, run or "start")
        case StorageDriverActivityInfo(namespace=namespace, id=owner, run_id=run):
            parts = (namespace, f"activity {owner or _UNOWNED}", run or "start")
        case _:
            parts = (_UNOWNED, _UNOWNED, _UNOWNED)
    return "/".join(_safe(part) for part in parts)


def _safe(name: str) -> str:
    """Make one path segment of any name; a long one by its digest."""
    segment = quote(name, safe=" +=@,").replace(".", "%2E")
    return segment if len(segment) <= _LONGEST_NAME else hashlib.sha256(name.encode()).hexdigest()
