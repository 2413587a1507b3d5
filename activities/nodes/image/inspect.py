"""Look at a picture."""

from __future__ import annotations

from activities.formats.image.looking import read_facts
from activities.node import Params, Result, node
from activities.sessions.documents import DOCUMENTS, Workshop
from workflows.spec import Effect


class Inspect(Params):
    """Which picture to look at."""

    path: str
    """The picture (PNG, JPEG, GIF, BMP, TIFF or WebP), relative to the run's workspace."""


class Facts(Result):
    """What is known of a picture."""

    format: str
    """E.g. `PNG` or `JPEG`."""
    width: int
    """As it is shown, in pixels."""
    height: int
    """As it is shown, in pixels."""
    frames: int
    """How many pages or single pictures it has."""
    dpi: float | None
    """How fine it is, in dots per inch; null if it does not say."""
    transparent: bool
    """Whether parts of it can be looked through."""
    taken: str | None
    """When it was taken by the camera's clock, e.g. `2026-01-31T14:05:00`; null if it does not say."""


@node("image.inspect", needs=DOCUMENTS, effect=Effect.READ, label="path")
async def inspect(workshop: Workshop, params: Inspect) -> Facts:
    """Look how large a picture is, and what it says of itself.

    ```yaml
    - id: receipt
      do: image.inspect
      with: {path: receipt.png}
    - assert: "${{ receipt.format == 'PNG' }}"
    ```
    """
    async with workshop.files.reading(params.path) as path:
        facts = await workshop.do(read_facts, path, shown_as=params.path)
    return Facts(
        format=facts.kind,
        width=facts.width,
        height=facts.height,
        frames=facts.frames,
        dpi=facts.dpi,
        transparent=facts.transparent,
        taken=facts.taken,
    )
