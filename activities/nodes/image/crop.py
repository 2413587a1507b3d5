"""Cut a part out of a picture."""

from __future__ import annotations

from pydantic import Field

from activities.formats.image.changing import PictureFile
from activities.formats.image.changing import crop as crop_picture
from activities.node import node
from activities.sessions.documents import DOCUMENTS, OnPicture, Workshop, WrittenPicture
from workflows.spec import Effect


class Crop(OnPicture):
    """Which part of which picture."""

    left: int = Field(ge=0)
    """Where the part begins, in pixels."""
    top: int = Field(ge=0)
    """The same from above."""
    width: int = Field(ge=1)
    """In pixels."""
    height: int = Field(ge=1)
    """In pixels."""


@node("image.crop", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, label="path")
async def crop(workshop: Workshop, params: Crop) -> WrittenPicture:
    """Write a part of a picture.

    ```yaml
    - do: image.crop
      with: {path: receipt.png, to: out/head.png, left: 0, top: 0, width: 200, height: 80}
    ```
    """
    async with workshop.files.reading(params.path) as path, workshop.files.writing(params.to) as to:
        file = PictureFile(path, to, params.path)
        width, height = await workshop.do(crop_picture, file, params.left, params.top, (params.width, params.height))
    return WrittenPicture(path=params.to, width=width, height=height)
