"""Read a YAML file."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pydantic import JsonValue

from activities.encoding import DETECT, EncodingOrAuto, decode
from activities.formats.text import find_encoding
from activities.formats.yamls import parse_yaml
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.errors import ResultTooLargeError
from workflows.spec import Effect

LARGEST = 4 * 1024 * 1024
"""As much as any step's output can hold, in bytes."""


class Read(Params):
    """Which file to read."""

    path: str
    """The file, relative to the run's workspace."""
    encoding: EncodingOrAuto = DETECT
    """How the text is written; with `auto` the file tells."""


class Found(Result):
    """What the file holds."""

    value: JsonValue
    """The value of its first document."""
    documents: tuple[JsonValue, ...]
    """The values of all its documents, which `---` separates."""


@node("yaml.read", needs=FILES, effect=Effect.READ, label="path")
async def read(workspace: Workspace, params: Read) -> Found:
    r"""Read the value of a YAML file.

    As in YAML 1.2, `no`, `on` and dates are text. Tags that ask for objects are errors.

    ```yaml
    - do: files.write
      with: {path: site.yaml, content: "country: no\nports: [80, 443]\n"}
    - id: site
      do: yaml.read
      with: {path: site.yaml}
    - assert: "${{ site.value == {'country': 'no', 'ports': [80, 443]} }}"
    ```
    """
    size = workspace.entry(params.path).size
    if size > LARGEST:
        raise ResultTooLargeError(f"{params.path!r} has {size} bytes, too many for the output of a step")
    async with workspace.reading(params.path) as path:
        documents = await asyncio.to_thread(_read, path, params)
    return Found(value=documents[0] if documents else None, documents=tuple(documents))


def _read(path: Path, params: Read) -> list[JsonValue]:
    encoding = find_encoding(path) if params.encoding == DETECT else params.encoding
    return parse_yaml(decode(path.read_bytes(), encoding, path=params.path), shown_as=params.path)
