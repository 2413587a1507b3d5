"""Write a picture in another format."""

from __future__ import annotations

from pydantic import Field

from activities.formats.image.changing import PictureFile
from activities.formats.image.changing import convert as convert_picture
from activities.node import Params, node
from activities.sessions.documents import DOCUMENTS, Workshop, WrittenPicture
from workflows.spec import Effect

_TO = r"\.([pP][nN][gG]|[jJ][pP][eE]?[gG]|[gG][iI][fF]|[bB][mM][pP]|[tT][iI][fF][fF]?|[wW][eE][bB][pP]|[pP][dD][fF])$"


class Convert(Params):
    """Which picture, and in which format."""

    path: str
    """The picture (PNG, JPEG, GIF, BMP, TIFF or WebP), relative to the run's workspace."""
    to: str = Field(pattern=_TO)
    """The file to write; its ending says the format (.png, .jpg, .webp, .bmp, .gif, .tiff or .pdf)."""
    quality: int = Field(default=90, ge=1, le=100)
    """Of JPEG, WebP and PDF: how much is kept."""
    background: str = "white"
    """The colour behind what can be looked through, in formats where nothing can."""


@node("image.convert", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, label="path")
async def convert(workshop: Workshop, params: Convert) -> WrittenPicture:
    """Write a picture in another format, upright and without what the camera has noted.

    A scan of many pages (TIFF) stays one in TIFF and PDF; of others, its first page is written.

    ```yaml
    - do: image.convert
      with: {path: receipt.png, to: out/receipt.pdf}
    ```
    """
    async with workshop.files.reading(params.path) as path, workshop.files.writing(params.to) as to:
        file = PictureFile(path, to, params.path)
        width, height = await workshop.do(convert_picture, file, quality=params.quality, background=params.background)
    return WrittenPicture(path=params.to, width=width, height=height)
