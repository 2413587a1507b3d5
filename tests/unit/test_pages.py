"""Which pages people mean."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from activities.pages import PageRange, chosen_pages
from workflows.errors import InvalidFileError, InvalidParamsError


@pytest.mark.parametrize(
    ("pages", "chosen"),
    [(None, [1, 2, 3, 4]), ("2", [2]), ("1-2, 4", [1, 2, 4]), ("3-,1", [3, 4, 1]), (" 2 - 3 ,2", [2, 3, 2])],
)
def test_pages_are_chosen_as_they_are_named(pages: str | None, chosen: list[int]) -> None:
    assert chosen == chosen_pages(pages, 4, shown_as="a.pdf")


@pytest.mark.parametrize(
    ("pages", "said"), [("5", "it has no '5'"), ("0", "no '0'"), ("3-2", "no '3-2'"), ("1, 2-9", "no '2-9'")]
)
def test_pages_that_are_not_there_are_an_error(pages: str, said: str) -> None:
    with pytest.raises(InvalidFileError, match=f"'a.pdf' has 4 pages; .*{said}"):
        chosen_pages(pages, 4, shown_as="a.pdf")


def test_nobody_means_a_million_pages() -> None:
    with pytest.raises(InvalidParamsError, match="more than the 100000"):
        chosen_pages(",".join(["1-"] * 30_000), 4, shown_as="a.pdf")


@pytest.mark.parametrize("pages", ["", "a", "1;2", "-3", "1--2", "1,"])
def test_what_names_no_pages_is_refused(pages: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(PageRange).validate_python(pages)
