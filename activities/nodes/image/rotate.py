"""Turn a picture."""

from __future__ import annotations

from pydantic import Field

from activities.formats.image.changing import PictureFile
from activities.formats.image.changing import rotate as rotate_picture
from activities.node import node
from activities.sessions.documents import DOCUMENTS, OnPicture, Workshop, WrittenPicture
from workflows.spec import Effect


class Rotate(OnPicture):
    """Which picture to turn, and how far."""

    by: float = Field(ge=-360, le=360)
    """How far, in degrees clockwise."""
    background: str = "white"
    """The colour of the corners that come to be, if it is not turned by right angles."""


@node("image.rotate", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, label="path")
async def rotate(workshop: Workshop, params: Rotate) -> WrittenPicture:
    """Write a picture turned; it becomes as large as that takes.

    ```yaml
    - do: image.rotate
      with: {path: receipt.png, to: out/turned.png, by: 90}
    ```
    """
    async with workshop.files.reading(params.path) as path, workshop.files.writing(params.to) as to:
        file = PictureFile(path, to, params.path)
        width, height = await workshop.do(rotate_picture, file, params.by, background=params.background)
    return WrittenPicture(path=params.to, width=width, height=height)
