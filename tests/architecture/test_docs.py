"""The documentation: its documents can run, its generated parts are fresh, its links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from activities.catalog import Catalog
from cli.folder import Folder
from tests.support.blocks import Block, blocks, pages
from tests.support.repository import ROOT
from workflows.compile import compile_plan
from workflows.parse import parse

LINK = re.compile(r"!?\[[^]]*\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
DOCUMENTS = sorted(ROOT.glob("examples/**/*.yaml"))


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.name)
def test_a_document_on_a_page_can_run(block: Block) -> None:
    assert [] == problems(block.text, ROOT / "examples" / "language" / "on_a_page.yaml")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_example_can_run_and_says_first_what_it_shows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert [] == problems(text, path)
    assert text.startswith("# ")


def test_generated_parts_are_fresh() -> None:
    outcome = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, ROOT / "docs" / "generate.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )

    assert "" == outcome.stderr


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = [
        f"{target}#{anchor}" if anchor else target
        for target, anchor in LINK.findall(page.read_text(encoding="utf-8"))
        if not leads_somewhere(page.parent / target if target else page, anchor)
    ]

    assert [] == broken


def problems(text: str, path: Path) -> list[str]:
    parsed = parse(text, file=str(path))
    specs = Catalog.discover().specs()
    compiled = compile_plan(parsed.document, specs, source=parsed.source, library=Folder(str(path)))
    return [str(problem) for problem in compiled.problems]


def leads_somewhere(target: Path, anchor: str) -> bool:
    if not target.exists() or not anchor:
        return target.exists()
    headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
    return anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
