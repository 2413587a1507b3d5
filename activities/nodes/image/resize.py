"""Scale a picture."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from activities.formats.image.changing import Fit, PictureFile
from activities.formats.image.changing import resize as resize_picture
from activities.node import node
from activities.sessions.documents import DOCUMENTS, OnPicture, Workshop, WrittenPicture
from workflows.spec import Effect


class Resize(OnPicture):
    """Which picture, and how large it becomes."""

    width: int | None = Field(default=None, ge=1, le=50_000)
    """In pixels; without it, `height` decides."""
    height: int | None = Field(default=None, ge=1, le=50_000)
    """In pixels; without it, `width` decides."""
    fit: Fit = "inside"
    """With both: whether the picture keeps its shape inside of them, or becomes exactly as large."""

    @model_validator(mode="after")
    def _some_side(self) -> Self:
        if self.width is None and self.height is None:
            msg = "expected 'width' or 'height' or both, found neither"
            raise ValueError(msg)
        return self


@node("image.resize", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, label="path")
async def resize(workshop: Workshop, params: Resize) -> WrittenPicture:
    """Write a picture larger or smaller.

    ```yaml
    - id: small
      do: image.resize
      with: {path: receipt.png, to: out/small.jpg, width: 200}
    ```
    """
    async with workshop.files.reading(params.path) as path, workshop.files.writing(params.to) as to:
        file = PictureFile(path, to, params.path)
        width, height = await workshop.do(resize_picture, file, params.width, params.height, fit=params.fit)
    return WrittenPicture(path=params.to, width=width, height=height)
