"""The documentation's links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.repository import ROOT, files, name

_PAGES = list(files(suffix=".md"))
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img [^>]*src=\"([^\"]+)\"")
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", _PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = ["".join(groups) for groups in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8")))]

    assert [] == [link for link in links if "://" not in link and not _leads(page, link)]


def _leads(page: Path, link: str) -> bool:
    place, _, anchor = link.partition("#")
    target = (page.parent / place).resolve() if place else page
    return target.is_relative_to(ROOT) and target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+?) *$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)) for heading in headings]
    return {heading.lower().replace(" ", "-") for heading in plain}
