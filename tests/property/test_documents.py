"""Laws of reading and writing documents."""

from __future__ import annotations

from hypothesis import given

from tests.support.documents import documents
from workflows.document import Document
from workflows.parse import parse
from workflows.printing import print_document


def exactly(document: Document) -> object:
    """All of a document: equality of models ignores which fields were set, and takes 1 for True."""
    return repr(document.model_dump(mode="json", by_alias=True, exclude_unset=True))


@given(documents())
def test_what_is_printed_reads_the_same(document: Document) -> None:
    again = parse(print_document(document), file="printed.yaml").document

    assert document == again
    assert exactly(document) == exactly(again)


@given(documents())
def test_printing_again_changes_nothing(document: Document) -> None:
    text = print_document(document)

    again = print_document(parse(text, file="printed.yaml").document)

    assert text == again
