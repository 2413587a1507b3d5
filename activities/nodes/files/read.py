"""Read a file."""

from __future__ import annotations

import asyncio
import base64
from typing import Literal

from activities.encoding import DETECT, EncodingOrAuto, decode
from activities.formats.text import find_encoding
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.errors import ResultTooLargeError
from workflows.spec import Effect

LARGEST = 4 * 1024 * 1024
"""More than any step's output can hold, in bytes."""


class Read(Params):
    """Which file to read, and how."""

    path: str
    """The file, relative to the run's workspace."""
    format: Literal["text", "base64"] = "text"
    """`base64` for content that is not text."""
    encoding: EncodingOrAuto = "utf-8"
    """How the text is written; with `auto` the file tells. A byte-order mark is left out."""


class Content(Result):
    """What a file holds."""

    content: str
    """The text, or the bytes as Base64."""
    size: int
    """How long the file is, in bytes."""


@node("files.read", needs=FILES, effect=Effect.READ, label="path")
async def read(workspace: Workspace, params: Read) -> Content:
    """Read a whole file as text.

    For content of up to a few megabytes: it becomes part of the run. Nodes that take a `path` read files of any
    size.

    ```yaml
    - do: files.write
      with: {path: note.txt, content: Hello}
    - id: note
      do: files.read
      with: {path: note.txt}
    - assert: "${{ note.content == 'Hello' }}"
    ```
    """
    size = workspace.entry(params.path).size
    if size > LARGEST:
        raise ResultTooLargeError(f"{params.path!r} has {size} bytes, too many for the output of a step")
    async with workspace.reading(params.path) as path:
        content = await asyncio.to_thread(path.read_bytes)
        encoding = await asyncio.to_thread(find_encoding, path) if params.encoding == DETECT else params.encoding
    if params.format == "base64":
        return Content(content=base64.b64encode(content).decode(), size=size)
    return Content(content=decode(content, encoding, path=params.path), size=size)
