"""The documentation: its documents can be read, its generated parts are fresh."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.blocks import Block, blocks
from tests.support.repository import ROOT
from workflows.parse import parse

DOCUMENTS = sorted(ROOT.glob("examples/**/*.yaml"))


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.name)
def test_a_document_on_a_page_can_be_read(block: Block) -> None:
    parse(block.text, file=block.name)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_example_can_be_read_and_says_first_what_it_shows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    parse(text, file=path.name)

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
