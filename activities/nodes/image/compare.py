"""Compare two pictures."""

from __future__ import annotations

from contextlib import AsyncExitStack

from pydantic import Field

from activities.formats.image.looking import compare as compare_pictures
from activities.node import Params, Result, node
from activities.sessions.documents import DOCUMENTS, PICTURE, Workshop
from workflows.spec import Effect


class Compare(Params):
    """Which pictures to compare, and how."""

    path: str
    """The picture as it was, relative to the run's workspace."""
    other: str
    """The picture as it is now."""
    tolerance: int = Field(default=10, ge=0, le=255)
    """By how much each colour of a pixel may differ, of 255."""
    to: str | None = Field(default=None, pattern=PICTURE)
    """Where to write a picture of what differs, in red."""


class Box(Result):
    """A part of a picture."""

    left: int
    """Where it begins, in pixels."""
    top: int
    """The same from above."""
    width: int
    """In pixels."""
    height: int
    """In pixels."""


class Comparison(Result):
    """In what they differ."""

    same: bool
    """Whether they do not differ at all."""
    same_size: bool
    """Whether they are as large as each other; if not, nothing more is compared."""
    difference: float
    """The share of pixels that differ, from 0 to 1."""
    box: Box | None
    """Around all that differs; null if nothing does."""


@node("image.compare", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, label="path")
async def compare(workshop: Workshop, params: Compare) -> Comparison:
    """Compare two pictures pixel by pixel, and show what differs.

    ```yaml
    - do: image.rotate
      with: {path: receipt.png, to: turned.png, by: 180}
    - id: change
      do: image.compare
      with: {path: receipt.png, other: turned.png, to: change.png}
    - assert: "${{ change.same_size and not change.same }}"
    ```
    """
    async with AsyncExitStack() as stack:
        path = await stack.enter_async_context(workshop.files.reading(params.path))
        other = await stack.enter_async_context(workshop.files.reading(params.other))
        to = await stack.enter_async_context(workshop.files.writing(params.to)) if params.to is not None else None
        found = await workshop.do(
            compare_pictures, path, other, to, tolerance=params.tolerance, shown_as=(params.path, params.other)
        )
    box = Box(left=found.box[0], top=found.box[1], width=found.box[2], height=found.box[3]) if found.box else None
    return Comparison(same=found.share == 0, same_size=found.same_size, difference=found.share, box=box)
