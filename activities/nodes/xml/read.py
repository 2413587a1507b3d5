"""Read an XML file."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from pydantic import Field, JsonValue

from activities.formats.xmls import Xml
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.errors import InvalidFileError
from workflows.spec import Effect

LARGEST = 64 * 1024 * 1024
"""In bytes: a document is in memory as a whole, at about ten times that."""


class Read(Params):
    """Which file to read, and what of it."""

    path: str
    """The file, relative to the run's workspace."""
    select: str | None = None
    """What to give as records, as XPath: `//invoice`, `/order/items/item[@id]`; by default the whole document."""
    fields: dict[str, str] = Field(default={})
    """The fields of each record, as XPath that begins at it: `{id: "@id", amount: total/net}`; by default all it
    holds."""
    namespaces: dict[str, str] = Field(default={})
    """Prefixes for namespaces, as names then have them; by default names are without any."""


class Found(Result):
    """What the file holds."""

    name: str
    """The name of the outermost element."""
    value: JsonValue
    """The whole document, where `select` is not given; else null."""
    records: tuple[JsonValue, ...]
    """What `select` has found, in order."""
    count: int
    """How many there are."""


@node("xml.read", needs=FILES, effect=Effect.READ, label="path", timeout=timedelta(minutes=2))
async def read(workspace: Workspace, params: Read) -> Found:
    """Read an XML file as values, or the records in it.

    An element with only text is that text; any other is a mapping of its elements by name, attributes with `@` before
    their names, and `#text`. Elements of the same name are a list. All values are text. Entities are errors.

    ```yaml
    - do: files.write
      with: {path: order.xml, content: "<order id='7'><item n='2'>Pen</item><item n='1'>Ink</item></order>"}
    - id: items
      do: xml.read
      with: {path: order.xml, select: //item, fields: {what: ".", many: "@n"}}
    - assert: "${{ items.records[0] == {'what': {'@n': '2', '#text': 'Pen'}, 'many': '2'} }}"
    ```
    """
    size = workspace.entry(params.path).size
    if size > LARGEST:
        raise InvalidFileError(
            f"{params.path!r} has {size // 2**20} MiB, more than the {LARGEST // 2**20} MiB a robot takes into its "
            "memory; split it"
        )
    async with workspace.reading(params.path) as path:
        return await asyncio.to_thread(_read, path, params)


def _read(path: Path, params: Read) -> Found:
    document = Xml(path, params.namespaces, shown_as=params.path)
    if params.select is None:
        return Found(name=document.name, value=document.value, records=(), count=0)
    if params.fields:
        records: tuple[JsonValue, ...] = tuple(dict(each) for each in document.records(params.select, params.fields))
    else:
        records = tuple(document.select(params.select))
    return Found(name=document.name, value=None, records=records, count=len(records))
