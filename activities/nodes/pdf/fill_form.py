"""Fill in a form in a PDF file."""

from __future__ import annotations

from activities.formats.pdf.form import fill_form as fill_fields
from activities.formats.pdf.opening import PdfFile
from activities.node import Result, node
from activities.sessions.documents import DOCUMENTS, OnPdf, Workshop
from workflows.spec import Effect


class FillForm(OnPdf):
    """Which form to fill in, and with what."""

    values: dict[str, str | bool | int | float | list[str] | None]
    """What to fill in by the names of the fields, as `pdf.read_form` gives them: texts, true or false, options."""
    to: str | None = None
    """Where to write the form; by default it takes the old one's place."""
    flatten: bool = False
    """Whether what is filled in becomes a part of the page that nobody can change."""


class Filled(Result):
    """What was written."""

    path: str
    """The form."""
    size: int
    """How long the file is, in bytes."""


@node("pdf.fill_form", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, label="path")
async def fill_form(workshop: Workshop, params: FillForm) -> Filled:
    """Fill in fields of a form; a name or an option that it does not have is an error.

    A protected file is written without its protection.

    ```yaml
    - do: pdf.fill_form
      with: {path: form.pdf, to: out/form.pdf, values: {name: Ada, news: true, size: M}, flatten: true}
    ```
    """
    target = params.to or params.path
    async with workshop.files.reading(params.path) as path, workshop.files.writing(target) as to:
        await workshop.do(
            fill_fields,
            PdfFile(path, params.password, params.path),
            to,
            params.values,
            flatten=params.flatten,
        )
    return Filled(path=target, size=workshop.files.entry(target).size)
