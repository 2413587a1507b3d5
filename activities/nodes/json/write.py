"""Write a JSON file."""

from __future__ import annotations

import asyncio

from pydantic import JsonValue

from activities.formats.jsons import write_json
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.errors import InvalidParamsError
from workflows.spec import Effect


class Write(Params):
    """What to write, and how."""

    path: str
    """The file, relative to the run's workspace; one that is there is replaced."""
    value: JsonValue
    """The value."""
    pretty: bool = True
    """Whether it is written on many lines, for people."""
    lines: bool = False
    """Whether each element of a list goes on a line of its own (JSON Lines)."""


class Written(Result):
    """What was written."""

    path: str
    """The file."""
    size: int
    """How long it is, in bytes."""


@node("json.write", needs=FILES, effect=Effect.IDEMPOTENT, label="path")
async def write(workspace: Workspace, params: Write) -> Written:
    """Write a value to a JSON file, in UTF-8.

    ```yaml
    - do: json.write
      with: {path: out/order.json, value: {id: 7, items: [Pen, Ink]}}
    ```
    """
    content = (await asyncio.to_thread(_text, params)).encode()
    async with workspace.writing(params.path) as path:
        await asyncio.to_thread(path.write_bytes, content)
    return Written(path=params.path, size=len(content))


def _text(params: Write) -> str:
    if not params.lines:
        return write_json(params.value, pretty=params.pretty)
    if not isinstance(params.value, list):
        raise InvalidParamsError("field 'value': expected a list, since 'lines' gives each element a line of its own")
    return "".join(f"{write_json(value, pretty=False)}\n" for value in params.value)
