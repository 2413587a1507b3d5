"""What nodes need to work on documents: the run's files, and a place apart where they are opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

from activities.node import Capability, Params
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


class OnPdf(Params):
    """What all steps that open a PDF file share."""

    path: str
    """The PDF file, relative to the run's workspace."""
    password: str | None = None
    """What opens it if it is protected; best from a secret."""


DOCUMENTS: Capability[Workshop] = Capability("documents", workspace=True)
"""Word documents, PDF files and pictures."""

OCR: Capability[Workshop] = Capability("ocr", workspace=True)
"""Reading what is only a picture of text."""
