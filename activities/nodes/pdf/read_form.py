"""Read a form in a PDF file."""

from __future__ import annotations

from activities.formats.pdf.form import Kind, Value
from activities.formats.pdf.form import read_form as read_fields
from activities.formats.pdf.opening import PdfFile
from activities.node import Result, node
from activities.sessions.documents import DOCUMENTS, OnPdf, Workshop
from workflows.spec import Effect


class ReadForm(OnPdf):
    """Which form to read."""


class Field(Result):
    """One field."""

    name: str
    """Its whole name, with points where fields are in groups."""
    kind: Kind
    """What it is."""
    value: Value | None
    """A text, the chosen option or options, and of a check box or signature whether there is one; else null."""
    options: tuple[str, ...]
    """What can be chosen."""
    read_only: bool
    """Whether it is not meant to be filled in."""
    several: bool
    """Whether more than one option can be chosen."""
    longest: int | None
    """How many characters fit; null if that is not said."""


class Form(Result):
    """What a form holds."""

    values: dict[str, Value | None]
    """The values by the names of their fields."""
    fields: tuple[Field, ...]
    """Each field."""


@node("pdf.read_form", needs=DOCUMENTS, effect=Effect.READ, label="path")
async def read_form(workshop: Workshop, params: ReadForm) -> Form:
    """Read the fields of a form: their names, values and options.

    ```yaml
    - id: form
      do: pdf.read_form
      with: {path: form.pdf}
    - assert: "${{ form.values.country == 'Peru' }}"
    ```
    """
    async with workshop.files.reading(params.path) as path:
        found = await workshop.do(read_fields, PdfFile(path, params.password, params.path))
    fields = tuple(
        Field(
            name=each.name,
            kind=each.kind,
            value=each.value,
            options=each.options,
            read_only=each.read_only,
            several=each.several,
            longest=each.longest,
        )
        for each in found
    )
    return Form(values={field.name: field.value for field in fields}, fields=fields)
