"""Whether a field holds what was filled in, however it writes it."""

from __future__ import annotations

import unicodedata
from collections import Counter

from pydantic import BaseModel


class Held(BaseModel):
    """What a field holds, a moment after it was filled."""

    kind: str
    """The type of an input; empty for other fields."""
    rich: bool
    """Whether it is an editor, which may make of a text what it likes."""
    value: str
    at_most: int | None
    """How many characters it takes; None is any number."""
    around: str
    """What is shown close to it: some fields make entries of what is typed and are empty again."""


def keeps(text: str, held: Held) -> bool:
    """Whether nothing of a text is lost.

    Editors make of a text what they like, as long as it is not nothing. Fields may write numbers, dates and names in
    their own way: signs, blanks, capitals, order and leading or closing zeros do not count.
    """
    wanted = _signs(text)
    if held.rich:
        return bool(held.value.strip()) or not wanted
    lost = [wanted - _signs(held.value), _zeroless(text) - _signs(held.value)]
    return not all(lost) or (not held.value.strip() and not wanted - _signs(held.around))


def _signs(text: str) -> Counter[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return Counter(character for character in plain if character.isalnum())


def _zeroless(text: str) -> Counter[str]:
    """Those of a number, without the zeros that may be left out."""
    bare = "".join(filter(str.isalnum, text))
    return _signs(bare.strip("0")) if bare.isdigit() else _signs(text)
