"""Write an XML file."""

from __future__ import annotations

import asyncio

from pydantic import JsonValue

from activities.formats.xmls import write_xml
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class Write(Params):
    """What to write."""

    path: str
    """The file, relative to the run's workspace; one that is there is replaced."""
    value: JsonValue
    """The value, as `xml.read` gives it, or a list of records."""
    root: str = "records"
    """The name of the outermost element."""
    record: str = "record"
    """The name of each record, where the value is a list."""


class Written(Result):
    """What was written."""

    path: str
    """The file."""
    size: int
    """How long it is, in bytes."""


@node("xml.write", needs=FILES, effect=Effect.IDEMPOTENT, label="path")
async def write(workspace: Workspace, params: Write) -> Written:
    """Write records or a value to an XML file, in UTF-8.

    Keys are names of elements, those with `@` of attributes, `#text` is text beside elements, and a list is one
    element each.

    ```yaml
    - do: xml.write
      with:
        path: out/orders.xml
        root: orders
        record: order
        value: [{"@id": 7, item: [Pen, Ink]}, {"@id": 8, item: Cap}]
    ```
    """
    async with workspace.writing(params.path) as path:
        await asyncio.to_thread(write_xml, path, params.root, params.value, params.record)
    return Written(path=params.path, size=workspace.entry(params.path).size)
