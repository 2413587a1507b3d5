"""Write a YAML file."""

from __future__ import annotations

import asyncio

from pydantic import JsonValue

from activities.formats.yamls import write_yaml
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class Write(Params):
    """What to write."""

    path: str
    """The file, relative to the run's workspace; one that is there is replaced."""
    value: JsonValue
    """The value."""


class Written(Result):
    """What was written."""

    path: str
    """The file."""
    size: int
    """How long it is, in bytes."""


@node("yaml.write", needs=FILES, effect=Effect.IDEMPOTENT, label="path")
async def write(workspace: Workspace, params: Write) -> Written:
    """Write a value to a YAML file, in UTF-8, keys in their order.

    ```yaml
    - do: yaml.write
      with: {path: out/site.yaml, value: {country: "no", ports: [80, 443]}}
    ```
    """
    content = (await asyncio.to_thread(write_yaml, params.value)).encode()
    async with workspace.writing(params.path) as path:
        await asyncio.to_thread(path.write_bytes, content)
    return Written(path=params.path, size=len(content))
