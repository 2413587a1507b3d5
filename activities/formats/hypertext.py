"""What a page of HTML says, as plain text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from typing_extensions import override

_SILENT = frozenset({"head", "script", "style", "template", "title"})
_LINES = frozenset({"address", "blockquote", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "tr"})
_ALONE = frozenset({"br", "hr"})
_CELLS = frozenset({"td", "th"})
_SPACE = re.compile(r"[ \t\r\n\f]+")
_EDGES = re.compile(r" *\n *")
_EMPTY_LINES = re.compile(r"\n{3,}")


def text_of_html(html: str) -> str:
    """Give the text that people see, a line for each block."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = _EDGES.sub("\n", "".join(reader.said))
    return _EMPTY_LINES.sub("\n\n", text).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _LINES:
            self.said.append("\n")
        elif tag in _CELLS:
            self.said.append(" ")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _LINES and tag not in _ALONE:
            self.said.append("\n")

    @override
    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(_SPACE.sub(" ", data))
