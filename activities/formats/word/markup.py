"""What the elements of a Word document say, as a person would read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
P, R, T, TBL, TR, TC = (f"{W}{name}" for name in ("p", "r", "t", "tbl", "tr", "tc"))
BOX = f"{W}txbxContent"

_MARKS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_UNSEEN = {
    _FALLBACK,  # says again, for old programs, what stands beside it
    *(f"{W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "instrText")),
}
_AROUND = {f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"


def text_of(paragraph: _Element) -> str:
    """The text of a paragraph: with what was inserted and without what was deleted while changes were tracked."""
    return "".join(_pieces(paragraph))


def _pieces(element: _Element) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag in {T, _MATH}:
            yield child.text or ""
        elif tag in _MARKS:
            yield "" if child.get(f"{W}type") == "page" else _MARKS[tag]
        elif tag not in _UNSEEN and tag != BOX:
            yield from _pieces(child)


def blocks(container: _Element) -> Iterator[_Element]:
    """The paragraphs and tables in a body, cell, header or text box, in order; text boxes after their paragraph."""
    for child in container:
        if child.tag in {P, TBL}:
            yield child
        if child.tag == P:
            for box in _boxes(child):
                yield from blocks(box)
        elif child.tag in _AROUND:
            yield from blocks(child)


def _boxes(element: _Element) -> Iterator[_Element]:
    for child in element:
        if child.tag == BOX:
            yield child
        elif child.tag not in _UNSEEN:
            yield from _boxes(child)


def plain_text(container: _Element) -> str:
    """All text: a line per paragraph, and per row of a table with tabs between its cells."""
    return "\n".join(_lines(container))


def _lines(container: _Element) -> Iterator[str]:
    for block in blocks(container):
        if block.tag == P:
            yield text_of(block)
        else:
            yield from ("\t".join(" ".join(cell.split("\n")) for cell in row) for row in rows_of(block))


def rows_of(table: _Element) -> list[list[str]]:
    """The texts of a table's cells; cells that are merged all have the text they show."""
    rows: list[list[str]] = []
    for row in (each for each in _inside(table, TR)):
        texts = [""] * _number(row, "trPr", "gridBefore", default=0)
        for cell in _inside(row, TC):
            above = rows[-1][len(texts)] if _goes_on(cell) and rows and len(texts) < len(rows[-1]) else None
            text = plain_text(cell) if above is None else above
            texts += [text] * _number(cell, "tcPr", "gridSpan", default=1)
        rows.append(texts)
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _inside(element: _Element, tag: str) -> Iterator[_Element]:
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in _AROUND:
            yield from _inside(child, tag)


def _goes_on(cell: _Element) -> bool:
    """Whether it is merged with the one above."""
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    return merge is not None and merge.get(f"{W}val", "continue") == "continue"


def _number(element: _Element, properties: str, name: str, *, default: int) -> int:
    found = element.find(f"{W}{properties}/{W}{name}")
    value = found.get(f"{W}val", "") if found is not None else ""
    return int(value) if value.isdecimal() else default
