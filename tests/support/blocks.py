"""The documentation's pages and the documents in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.repository import ROOT

BLOCK = re.compile(r"(?:<!-- run: (?P<run>\{.*?\}) -->\n)?```yaml\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A document on a page."""

    page: Path
    line: int
    text: str
    run: dict[str, Any] | None
    """What it is started with and what it gives, where the page says so."""

    @property
    def name(self) -> str:
        """Where it is, for people."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """All pages people read."""
    return sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])


def blocks() -> list[Block]:
    """The documents on all pages, in order."""
    return [block for path in pages() for block in _blocks_of(path)]


def _blocks_of(path: Path) -> Iterator[Block]:
    text = path.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        if "aether: 1" in found["text"]:
            run = json.loads(found["run"]) if found["run"] else None
            yield Block(path, text.count("\n", 0, found.start("text")) + 1, found["text"], run)
