"""Protect a PDF file by a password."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from activities.formats.pdf.opening import PdfFile
from activities.formats.pdf.rewriting import encrypt as encrypt_file
from activities.node import Params, Result, node
from activities.sessions.documents import DOCUMENTS, Workshop
from workflows.spec import Effect


class Encrypt(Params):
    """Which file to protect, and how."""

    path: str
    """The PDF file, relative to the run's workspace."""
    password: str = Field(min_length=1)
    """What opens it from now on; best from a secret."""
    owner_password: str | None = Field(default=None, min_length=1)
    """What lifts all restrictions; by default `password` does."""
    allow: tuple[Literal["print", "copy", "change", "fill"], ...] = ("print", "copy", "change", "fill")
    """What may be done by those who open it with `password`, as far as their programs respect that."""
    to: str | None = None
    """Where to write the protected file; by default it takes the old one's place."""


class Encrypted(Result):
    """What was written."""

    path: str
    """The protected file."""


@node("pdf.encrypt", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, label="path")
async def encrypt(workshop: Workshop, params: Encrypt) -> Encrypted:
    """Protect a file by a password (AES, 256 bits).

    ```yaml
    - do: pdf.encrypt
      with: {path: invoice.pdf, password: correct horse, owner_password: battery staple, allow: [print]}
    ```
    """
    target = params.to or params.path
    async with workshop.files.reading(params.path) as path, workshop.files.writing(target) as to:
        await workshop.do(
            encrypt_file,
            PdfFile(path, None, params.path),
            to,
            password=params.password,
            owner=params.owner_password,
            allowed=params.allow,
        )
    return Encrypted(path=target)
