"""Write a document in another format."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from activities.formats.office import export as export_document
from activities.node import Params, Result, node
from activities.sessions.documents import DOCUMENTS, Workshop
from workflows.spec import Effect


class Export(Params):
    """Which document, and in which format."""

    path: str = Field(pattern=r"\.([dD][oO][cC][xX]?|[oO][dD][tT]|[rR][tT][fF])$")
    """The document (.docx, .doc, .odt or .rtf), relative to the run's workspace."""
    to: str = Field(
        pattern=r"\.([pP][dD][fF]|[dD][oO][cC][xX]|[oO][dD][tT]|[rR][tT][fF]|[hH][tT][mM][lL]|[tT][xX][tT])$"
    )
    """The file to write; its ending says the format (.pdf, .docx, .odt, .rtf, .html or .txt)."""


class Exported(Result):
    """What was written."""

    path: str
    """The file."""
    size: int
    """How long it is, in bytes."""


@node("word.export", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=2), label="path")
async def export(workshop: Workshop, params: Export) -> Exported:
    """Write a document in another format, e.g. as PDF, or one of an old format (.doc) as .docx.

    It takes LibreOffice with its Writer on the robot's machine. Fonts that are not there are replaced by others; macros
    do not run, and pictures that are only linked are left out.

    ```yaml
    - do: word.write
      with: {path: letter.docx, content: ["Dear Ada,"]}
    - do: word.export
      with: {path: letter.docx, to: letter.pdf}
    ```
    """
    async with workshop.files.reading(params.path) as path, workshop.files.writing(params.to) as to:
        await workshop.do(export_document, path, to, shown_as=params.path)
    return Exported(path=params.to, size=workshop.files.entry(params.to).size)
