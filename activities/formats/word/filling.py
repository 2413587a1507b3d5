"""Word documents from a template with placeholders such as `{{ name }}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from activities.formats.looks import looks_like
from activities.formats.word.markup import TR, P, T
from activities.formats.word.opening import open_word, parts_with_text
from activities.formats.word.replacing import paragraphs, replace, text_with_places
from activities.table import text_of
from workflows.errors import InvalidFileError, InvalidParamsError

if TYPE_CHECKING:
    from docx.parts.story import StoryPart
    from lxml.etree import _Element

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_MOST_REPEATED = 10_000
_SHOWN = 60
_MARK = "\ue000"
"""Where a picture goes: a character that nobody writes."""


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture that a placeholder stands for."""

    path: Path
    width: float | None
    """In centimetres; as the picture says by default."""
    shown_as: str


def fill_word(
    template: Path,
    to: Path,
    values: Mapping[str, JsonValue],
    pictures: Mapping[str, PlacedPicture],
    *,
    shown_as: str,
) -> tuple[str, ...]:
    """Write a copy of a template with values in place of its placeholders, and tell which values it has no use for.

    Raises:
        InvalidFileError: the template is no Word document, or a picture none.
        InvalidParamsError: a placeholder has no value, or one that cannot stand there.
    """
    document = open_word(template, shown_as=shown_as)
    filling = _Filling(pictures, shown_as)
    for part in parts_with_text(document):
        filling.repeat(part, values)
        filling.fill(part, part.element, values)
    if filling.broken:
        raise InvalidParamsError(
            f"template {shown_as!r} has a '{{{{' without its '}}}}' in the same paragraph: "
            f"{filling.broken[0][:_SHOWN]!r}"
        )
    if filling.missing:
        names = ", ".join(f"{name!r}" for name in dict.fromkeys(filling.missing))
        raise InvalidParamsError(
            f"template {shown_as!r} has placeholders without a value: {names}; name each under 'values' or 'pictures'"
        )
    document.save(str(to))
    return tuple(name for name in (*values, *pictures) if name not in filling.used)


@dataclass(slots=True)
class _Filling:
    pictures: Mapping[str, PlacedPicture]
    shown_as: str
    missing: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """The texts of paragraphs in which a placeholder begins and does not end."""
    used: set[str] = field(default_factory=set)
    done: set[_Element] = field(default_factory=set)
    """Paragraphs that have their values, which may look like placeholders themselves."""

    def repeat(self, part: StoryPart, values: Mapping[str, JsonValue]) -> None:
        """Have each row of a table, or else each paragraph, that speaks of a list once for each of its items."""
        units: dict[_Element, set[str]] = {}
        for paragraph in paragraphs(part.element):
            lists = set(self._lists(paragraph, values))
            if lists:
                units.setdefault(next(paragraph.iterancestors(TR), paragraph), set()).update(lists)
        for unit, names in units.items():
            if len(names) > 1:
                raise InvalidParamsError(
                    f"template {self.shown_as!r} speaks of several lists in one row: {', '.join(sorted(names))}; a row "
                    "is repeated for one of them"
                )
            self._repeat(part, unit, names.pop(), values)

    def _lists(self, paragraph: _Element, values: Mapping[str, JsonValue]) -> Iterator[str]:
        for found in _PLACEHOLDER.finditer(text_with_places(paragraph)):
            name = found[1] if found[1] in values else found[1].partition(".")[0]
            if isinstance(values.get(name), list):
                yield name

    def _repeat(self, part: StoryPart, unit: _Element, name: str, values: Mapping[str, JsonValue]) -> None:
        items = values[name]
        parent = unit.getparent()
        if not isinstance(items, list) or parent is None:
            return
        if len(items) > _MOST_REPEATED:
            raise InvalidParamsError(
                f"{name!r} has {len(items)} items; a row can be repeated up to {_MOST_REPEATED} times"
            )
        self.used.add(name)
        place = parent.index(unit)
        parent.remove(unit)
        for item in reversed(items):
            copy = deepcopy(unit)
            parent.insert(place, copy)
            self.fill(part, copy, {**values, name: item})
        if not items and unit.tag == P and not any(child.tag == P for child in parent):
            parent.append(parent.makeelement(P, {}))  # a cell without a paragraph is no cell to Word

    def fill(self, part: StoryPart, element: _Element, values: Mapping[str, JsonValue]) -> None:
        """Put values in place of the placeholders in an element."""
        for paragraph in [each for each in paragraphs(element) if each not in self.done]:
            self.done.add(paragraph)
            text = text_with_places(paragraph)
            if "{{" in text:
                self.broken += [text] if "{{" in _PLACEHOLDER.sub("", text) else []
                self._place_pictures(part, paragraph)
                replace(paragraph, _PLACEHOLDER, lambda found: self._value(found[1], values))

    def _value(self, name: str, values: Mapping[str, JsonValue]) -> str:
        scope: JsonValue = dict(values)
        self.used.add(name if name in values else name.partition(".")[0])
        for part in [name] if name in values else name.split("."):
            if not isinstance(scope, dict) or part not in scope:
                self.missing.append(name)
                return ""
            scope = scope[part]
        if isinstance(scope, dict | list):
            raise InvalidParamsError(
                f"placeholder {name!r} of template {self.shown_as!r} stands for a whole "
                f"{'list' if isinstance(scope, list) else 'mapping'}; name what of it to write, as in {name + '.id'!r}"
            )
        return text_of(scope)

    def _place_pictures(self, part: StoryPart, paragraph: _Element) -> None:
        for name in [found[1] for found in _PLACEHOLDER.finditer(text_with_places(paragraph))]:
            if name in self.pictures:
                self.used.add(name)
                exact = re.compile(r"\{\{\s*" + re.escape(name) + r"\s*\}\}")
                replace(paragraph, exact, lambda _: _MARK)
                for text in [text for text in paragraph.iter(T) if _MARK in (text.text or "")]:
                    _place(part, text, self.pictures[name])


def _place(part: StoryPart, text: _Element, picture: PlacedPicture) -> None:
    """Put a picture where a text has its mark, between what stands before and behind."""
    from docx.shared import Cm  # noqa: PLC0415 - optional

    width = Cm(picture.width) if picture.width is not None else None
    before, _, behind = (text.text or "").partition(_MARK)
    try:
        drawing = text.getparent().add_drawing(part.new_pic_inline(str(picture.path), width))  # type: ignore[union-attr]
    except Exception as error:  # whatever is wrong with a picture
        raise InvalidFileError(
            f"{picture.shown_as!r} is no picture that a Word document can show{looks_like(picture.path)}; use PNG or "
            "JPEG"
        ) from error
    rest = deepcopy(text)
    text.text, rest.text = before, behind
    text.addnext(drawing)
    drawing.addnext(rest)
    if _MARK in behind:
        _place(part, rest, picture)
