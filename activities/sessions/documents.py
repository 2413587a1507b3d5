"""What nodes need to work on documents: the run's files, and a place apart where they are opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

from pydantic import Field

from activities.node import Capability, Params, Result
from activities.pages import PageRange
from activities.sessions.files import Workspace

P = ParamSpec("P")
T = TypeVar("T")


class Workshop(Protocol):
    """The files of one run, and a process beside the robot in which they are read and written.

    Documents come from strangers: what reads them can take all memory, never end, or bring down its process. There,
    it ends with the step, and the robot goes on.
    """

    @property
    def files(self) -> Workspace:
        """The files of the run."""

    async def do(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function of a module apart; what it takes and gives is copied.

        Raises:
            InvalidFileError: it needs more memory than a document may.
            NodeFailedError: its process ended in the middle of it.
        """


PICTURE = r"\.([pP][nN][gG]|[jJ][pP][eE]?[gG]|[gG][iI][fF]|[bB][mM][pP]|[tT][iI][fF][fF]?|[wW][eE][bB][pP])$"
"""How the names of pictures end that can be written."""


class OnPicture(Params):
    """What all steps that change a picture share."""

    path: str
    """The picture (PNG, JPEG, GIF, BMP, TIFF or WebP), relative to the run's workspace."""
    to: str = Field(pattern=PICTURE)
    """The picture to write; its ending says the format (.png, .jpg, .webp, .bmp, .gif or .tiff)."""


class WrittenPicture(Result):
    """What was written."""

    path: str
    """The picture."""
    width: int
    """In pixels."""
    height: int
    """In pixels."""


class OnPdf(Params):
    """What all steps that open a PDF file share."""

    path: str
    """The PDF file, relative to the run's workspace."""
    password: str | None = None
    """What opens it if it is protected; best from a secret."""


class OnScan(Params):
    """What all steps that look at pages as pictures share."""

    path: str
    """A picture (PNG, JPEG, GIF, BMP, TIFF, WebP) or a PDF file, relative to the run's workspace."""
    pages: PageRange | None = None
    """Which pages, e.g. `1-3, 5` or `2-`; by default all, up to 50."""
    dpi: int = Field(default=200, ge=50, le=600)
    """How fine the pages of a PDF file are drawn, in dots per inch; small print takes 300."""
    password: str | None = None
    """What opens a PDF file that is protected; best from a secret."""


DOCUMENTS: Capability[Workshop] = Capability("documents", workspace=True)
"""Word documents, PDF files and pictures."""

OCR: Capability[Workshop] = Capability("ocr", workspace=True)
"""Reading what is only a picture of text."""
