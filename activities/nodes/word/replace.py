"""Replace text in a Word document."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from activities.formats.word.replacing import replace_in_word
from activities.node import Params, Result, node
from activities.sessions.documents import DOCUMENTS, Workshop
from workflows.spec import Effect


class Replace(Params):
    """What to replace, and where."""

    path: str
    """The document (.docx), relative to the run's workspace."""
    replacements: dict[Annotated[str, StringConstraints(min_length=1)], str] = Field(min_length=1)
    """New texts by the old ones, which are found letter by letter as they are written here."""
    to: str | None = Field(default=None, pattern=r"\.[dD][oO][cC][xX]$")
    """Where to write the changed document; by default it takes the old one's place."""


class Replaced(Result):
    """What was done."""

    path: str
    """The changed document."""
    counts: dict[str, int]
    """How often each old text was found."""


@node("word.replace", needs=DOCUMENTS, effect=Effect.IDEMPOTENT, label="path")
async def replace(workshop: Workshop, params: Replace) -> Replaced:
    """Replace texts in a document, also in tables, headers, footers and text boxes.

    A new text looks as the old one did. All are replaced at once: none is looked for in what has just been put in.

    ```yaml
    - do: word.write
      with: {path: offer.docx, content: ["Valid until the end of 2025."]}
    - id: change
      do: word.replace
      with: {path: offer.docx, replacements: {"2025": "2026"}}
    - assert: "${{ change.counts['2025'] == 1 }}"
    ```
    """
    target = params.to or params.path
    async with workshop.files.reading(params.path) as path, workshop.files.writing(target) as to:
        counts = await workshop.do(replace_in_word, path, to, params.replacements, shown_as=params.path)
    return Replaced(path=target, counts=counts)
