"""Which pages of a document, as people write it: `1-3, 5, 8-`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, TypeAlias

from pydantic import StringConstraints

from workflows.errors import InvalidFileError, InvalidParamsError

PageRange: TypeAlias = Annotated[str, StringConstraints(pattern=r"^ *\d+( *- *\d*)?( *, *\d+( *- *\d*)?)* *$")]
"""Numbers of pages from 1 and ranges of them, in the order in which they are wanted."""

_PART = re.compile(r" *(\d+) *(- *(\d*))? *")
_MOST = 100_000


def chosen_pages(pages: PageRange | None, count: int, *, shown_as: str) -> list[int]:
    """Give the numbers of pages, from 1; all of them if none are named.

    Raises:
        InvalidFileError: the document does not have one of them.
    """
    if pages is None:
        return list(range(1, count + 1))
    chosen = [number for part in pages.split(",") for number in _numbers(part, count, shown_as)]
    if len(chosen) > _MOST:
        raise InvalidParamsError(f"{len(chosen)} pages of {shown_as!r} are more than the {_MOST} there can be")
    return chosen


def _numbers(part: str, count: int, shown_as: str) -> Iterator[int]:
    found = _PART.fullmatch(part)
    if found is None:
        raise InvalidParamsError(f"expected pages such as '1-3, 5', found {part!r}")
    first = int(found[1])
    last = first if found[2] is None else int(found[3] or count)
    if not 1 <= first <= last <= count:
        has = "1 page" if count == 1 else f"{count} pages"
        raise InvalidFileError(f"{shown_as!r} has {has}; it has no {part.strip()!r}")
    yield from range(first, last + 1)
