"""Fill in a Word template."""

from __future__ import annotations

from contextlib import AsyncExitStack

from pydantic import Field, JsonValue

from activities.formats.word.filling import PlacedPicture, fill_word
from activities.node import Params, Result, node
from activities.sessions.documents import DOCUMENTS, Workshop
from workflows.spec import Effect


class Picture(Params):
    """A picture in place of a placeholder."""

    path: str
    """The picture (PNG, JPEG, GIF, BMP or TIFF), relative to the run's workspace."""
    width: float | None = Field(default=None, gt=0, le=100)
    """How wide it is, in centimetres; by default as the picture says."""


class Fill(Params):
    """Which template to fill in, and with what."""

    template: str
    """The document (.docx) with placeholders such as `{{ name }}` or `{{ customer.name }}`."""
    to: str = Field(pattern=r"\.[dD][oO][cC][xX]$")
    """The document to write (.docx)."""
    values: dict[str, JsonValue] = Field(default_factory=dict)
    """What stands in place of each placeholder, by name; mappings for names with points, lists for rows."""
    pictures: dict[str, Picture] = Field(default_factory=dict)
    """Pictures by the names of their placeholders."""


class Filled(Result):
    """What was written."""

    path: str
    """The document."""
    unused: tuple[str, ...]
    """Values that the template has no placeholder for."""
    size: int
    """How long the file is, in bytes."""


@node("word.fill", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, label="to")
async def fill(workshop: Workshop, params: Fill) -> Filled:
    """Write a document from a template with placeholders, also in tables, headers, footers and text boxes.

    A row of a table with `{{ items.price }}` is there once for each item if `items` is a list, and so is a paragraph
    outside of tables. What takes a placeholder's place looks as the placeholder did. One without a value is an error.

    ```yaml
    - do: word.write
      with:
        path: letter.docx
        content:
          - "Dear {{ customer.name }},"
          - {table: [{Item: "{{ items.name }}", Price: "{{ items.price }}"}]}
    - do: word.fill
      with:
        template: letter.docx
        to: out/letter.docx
        values:
          customer: {name: Ada}
          items: [{name: Pen, price: 1.1}, {name: Ink, price: 4}]
    ```
    """
    async with AsyncExitStack() as stack:
        template = await stack.enter_async_context(workshop.files.reading(params.template))
        pictures = {
            name: PlacedPicture(
                await stack.enter_async_context(workshop.files.reading(each.path)), each.width, each.path
            )
            for name, each in params.pictures.items()
        }
        to = await stack.enter_async_context(workshop.files.writing(params.to))
        unused = await workshop.do(fill_word, template, to, params.values, pictures, shown_as=params.template)
    return Filled(path=params.to, unused=unused, size=workshop.files.entry(params.to).size)
