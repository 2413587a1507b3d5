"""Take the password off a PDF file."""

from __future__ import annotations

from activities.formats.pdf.opening import PdfFile
from activities.formats.pdf.rewriting import decrypt as decrypt_file
from activities.node import Params, Result, node
from activities.sessions.documents import DOCUMENTS, Workshop
from workflows.spec import Effect


class Decrypt(Params):
    """Which file to open, and with what."""

    path: str
    """The PDF file, relative to the run's workspace."""
    password: str = ""
    """What opens it; best from a secret. A file that is only protected against changes needs none."""
    to: str | None = None
    """Where to write the open file; by default it takes the old one's place."""


class Decrypted(Result):
    """What was written."""

    path: str
    """The open file."""
    encrypted: bool
    """Whether it was protected."""


@node("pdf.decrypt", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, label="path")
async def decrypt(workshop: Workshop, params: Decrypt) -> Decrypted:
    """Write a protected file as one that everybody can open; one that is not protected stays as it is.

    ```yaml
    - do: pdf.encrypt
      with: {path: invoice.pdf, password: correct horse}
    - do: pdf.decrypt
      with: {path: invoice.pdf, password: correct horse}
    ```
    """
    target = params.to or params.path
    async with workshop.files.reading(params.path) as path, workshop.files.writing(target) as to:
        encrypted = await workshop.do(decrypt_file, PdfFile(path, params.password, params.path), to)
    return Decrypted(path=target, encrypted=encrypted)
