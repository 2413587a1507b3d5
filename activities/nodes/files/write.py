"""Write a file."""

from __future__ import annotations

import asyncio
import base64
import shutil
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

from activities.encoding import Encoding, encode
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.errors import InvalidParamsError
from workflows.spec import Effect


class Write(Params):
    """What to write, and where."""

    path: str
    """The file, relative to the run's workspace; folders need not exist."""
    content: str
    """The text, or bytes as Base64."""
    format: Literal["text", "base64"] = "text"
    """`base64` for content that is not text."""
    encoding: Encoding = "utf-8"
    """How the text is written; `utf-8-sig` for UTF-8 with a byte-order mark."""
    append: bool = False
    """Add to the end of the file instead of replacing it."""


class Written(Result):
    """What was written."""

    path: str
    """The file."""
    size: int
    """How long it is now, in bytes."""


@node("files.write", needs=FILES, effect=Effect.IDEMPOTENT, label="path")
async def write(workspace: Workspace, params: Write) -> Written:
    r"""Write a text or Base64 content to a file, all or nothing.

    ```yaml
    - id: greeting
      do: files.write
      with: {path: out/greeting.txt, content: "Hello\n"}
    - do: files.write
      with: {path: out/greeting.txt, content: "Good-bye\n", append: true}
    ```
    """
    content = _content(params)
    async with AsyncExitStack() as stack:
        before = None
        if params.append and workspace.exists(params.path):
            before = await stack.enter_async_context(workspace.reading(params.path))
        path = await stack.enter_async_context(workspace.writing(params.path))
        await asyncio.to_thread(_write, path, before, content)
    return Written(path=params.path, size=workspace.entry(params.path).size)


def _write(path: Path, before: Path | None, content: bytes) -> None:
    with path.open("wb") as target:
        if before is not None:
            with before.open("rb") as source:
                shutil.copyfileobj(source, target)
        target.write(content)


def _content(params: Write) -> bytes:
    if params.format == "text":
        return encode(params.content, params.encoding, path=params.path)
    try:
        return base64.b64decode(params.content, validate=True)
    except ValueError as error:
        raise InvalidParamsError(f"field 'content': expected Base64, found something else: {error}") from error
