"""Read a JSON file."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pydantic import JsonValue

from activities.encoding import DETECT, EncodingOrAuto, decode
from activities.formats.jsons import parse_json, parse_json_lines
from activities.formats.text import find_encoding
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.errors import ResultTooLargeError
from workflows.spec import Effect

LARGEST = 16 * 1024 * 1024
"""More than any step's output can hold, in bytes."""


class Read(Params):
    """Which file to read."""

    path: str
    """The file, relative to the run's workspace."""
    lines: bool = False
    """Whether each line is a value of its own (JSON Lines); the value is then the list of them."""
    encoding: EncodingOrAuto = DETECT
    """How the text is written; with `auto` the file tells."""


class Found(Result):
    """What the file holds."""

    value: JsonValue
    """The value."""


@node("json.read", needs=FILES, effect=Effect.READ, label="path")
async def read(workspace: Workspace, params: Read) -> Found:
    r"""Read the value of a JSON file.

    Whole numbers keep all their digits; a decimal number with more digits than computers reckon with becomes text.

    ```yaml
    - do: files.write
      with: {path: order.json, content: "{\"id\": 12345678901234567890, \"items\": [1, 2.5]}"}
    - id: order
      do: json.read
      with: {path: order.json}
    - assert: "${{ order.value['items'][1] == 2.5 }}"
    ```
    """
    size = workspace.entry(params.path).size
    if size > LARGEST:
        raise ResultTooLargeError(f"{params.path!r} has {size} bytes, too many for the output of a step")
    async with workspace.reading(params.path) as path:
        return Found(value=await asyncio.to_thread(_read, path, params))


def _read(path: Path, params: Read) -> JsonValue:
    encoding = find_encoding(path) if params.encoding == DETECT else params.encoding
    text = decode(path.read_bytes(), encoding, path=params.path)
    return [*parse_json_lines(text, shown_as=params.path)] if params.lines else parse_json(text, shown_as=params.path)
