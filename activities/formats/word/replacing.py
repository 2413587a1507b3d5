"""Other text in a Word document, in the looks of the text it replaces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from activities.formats.word.markup import P, T, W
from activities.formats.word.opening import open_word, parts_with_text
from workflows.errors import InvalidParamsError

if TYPE_CHECKING:
    from lxml.etree import _Element

Replace = Callable[[re.Match[str]], str]

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_BREAK = {"\n": f"{W}br", "\t": f"{W}tab"}
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def replace_in_word(path: Path, to: Path, replacements: Mapping[str, str], *, shown_as: str) -> dict[str, int]:
    """Write a copy with other texts, and tell how often each was found.

    Raises:
        InvalidFileError: it is no Word document.
        InvalidParamsError: a new text cannot stand in a document.
    """
    document = open_word(path, shown_as=shown_as)
    counts = dict.fromkeys(replacements, 0)

    def other(found: re.Match[str]) -> str:
        counts[found.group()] += 1
        return replacements[found.group()]

    pattern = re.compile("|".join(re.escape(text) for text in sorted(replacements, key=len, reverse=True)))
    for part in parts_with_text(document):
        for paragraph in paragraphs(part.element):
            replace(paragraph, pattern, other)
    document.save(str(to))
    return counts


def paragraphs(root: _Element) -> Iterator[_Element]:
    """All paragraphs in a part, those in tables and text boxes too."""
    return root.iter(P)


def text_with_places(paragraph: _Element) -> str:
    """The text in which `replace` looks: that of the runs, without what they hold else."""
    return "".join(text.text or "" for text in _texts(paragraph))


def replace(paragraph: _Element, pattern: re.Pattern[str], other: Replace) -> None:
    """Replace what matches in a paragraph's text, however many runs Word has spread it over.

    The new text looks as the first character of the old one did.
    """
    texts = _texts(paragraph)
    matches = list(pattern.finditer("".join(text.text or "" for text in texts)))
    changed = [(found, checked_text(other(found))) for found in matches if found.group()]
    for found, new in reversed(changed):
        _put(texts, found.start(), found.end(), new)
    for text in texts:
        _break_lines(text)


def checked_text(text: str) -> str:
    """A text that can stand in a document.

    Raises:
        InvalidParamsError: it holds a character that cannot.
    """
    found = _NO_TEXT.search(text)
    if found is not None:
        raise InvalidParamsError(f"expected text for a Word document, found {found.group()!r}, which none can hold")
    return text


def _texts(paragraph: _Element) -> list[_Element]:
    """The pieces of text that are a paragraph's own, not those of a text box in it."""
    return [text for text in paragraph.iter(T) if next(text.iterancestors(P)) is paragraph]


def _put(texts: Sequence[_Element], start: int, end: int, new: str) -> None:
    lengths = [len(text.text or "") for text in texts]
    begins = [0, *accumulate(lengths)]
    first = True
    for text, begin, length in zip(texts, begins, lengths, strict=False):
        if begin + length <= start or begin >= end:
            continue
        old = text.text or ""
        _set(text, old[: max(start - begin, 0)] + (new if first else "") + old[end - begin :])
        first = False


def _set(text: _Element, value: str) -> None:
    text.text = value
    text.set(_SPACE, "preserve")


def _break_lines(text: _Element) -> None:
    """Write line breaks and tabs as Word does: as elements beside the text."""
    whole = text.text or ""
    parts = re.split(r"(\n|\t)", whole.replace("\r\n", "\n").replace("\r", "\n"))
    run = text.getparent()
    if len(parts) == 1 or run is None:
        return
    _set(text, parts[0])
    place = run.index(text)
    for part in parts[1:]:
        place += 1
        if part in _BREAK:
            run.insert(place, run.makeelement(_BREAK[part], {}))
        else:
            more = deepcopy(text)
            more.tail = None
            _set(more, part)
            run.insert(place, more)
